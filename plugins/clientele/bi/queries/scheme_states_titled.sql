select
    states.scheme_id,
    states.scheme_version,
    coalesce(titles.scheme_title_zh, states.scheme_id) as scheme_title_zh,
    coalesce(titles.scheme_title_en, states.scheme_id) as scheme_title_en,
    states.state,
    states.missing_needs,
    states.customers_count,
    states.as_of_date
from clientele.scheme_states as states
left join (
    select
        scheme_id,
        max(scheme_title_zh) as scheme_title_zh,
        max(scheme_title_en) as scheme_title_en
    from clientele.tier_sizes
    group by scheme_id
) as titles on states.scheme_id = titles.scheme_id
