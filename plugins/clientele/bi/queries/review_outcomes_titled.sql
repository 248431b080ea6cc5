select
    outcomes.as_of_date,
    outcomes.scheme_id,
    titles.scheme_title_zh,
    titles.scheme_title_en,
    outcomes.customers_count,
    outcomes.previous_customers_count,
    outcomes.upgraded_count,
    outcomes.downgraded_count,
    outcomes.usual_upgraded_ratio,
    outcomes.usual_downgraded_ratio,
    outcomes.downgraded_limit_ratio
from clientele.review_outcomes as outcomes
left join (
    select
        as_of_date,
        scheme_id,
        max(scheme_title_zh) as scheme_title_zh,
        max(scheme_title_en) as scheme_title_en
    from clientele.tier_sizes
    group by as_of_date, scheme_id
) as titles
    on outcomes.as_of_date = titles.as_of_date and outcomes.scheme_id = titles.scheme_id
