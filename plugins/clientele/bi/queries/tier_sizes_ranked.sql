select
    as_of_date,
    scheme_id,
    scheme_title_zh,
    scheme_title_en,
    tier_code,
    tier_rank,
    lpad(
        cast(tier_rank as varchar),
        cast(length(cast(max(tier_rank) over (partition by scheme_id) as varchar)) as integer),
        '0'
    ) || ' ' || tier_name_zh as ranked_tier_zh,
    lpad(
        cast(tier_rank as varchar),
        cast(length(cast(max(tier_rank) over (partition by scheme_id) as varchar)) as integer),
        '0'
    ) || ' ' || tier_name_en as ranked_tier_en,
    customers_count,
    net_sales_12m_amount,
    cast(sum(customers_count) over (partition by scheme_id, as_of_date) as bigint) as scheme_customers_count,
    sum(net_sales_12m_amount) over (partition by scheme_id, as_of_date) as scheme_net_sales_12m_amount,
    as_of_date = max(as_of_date) over () as is_current,
    tier_rank = max(tier_rank) over (partition by scheme_id, as_of_date) as is_top_tier
from clientele.tier_sizes
