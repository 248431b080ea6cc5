with

scored as (

    select
        member_no,
        1 + 5 * (rank() over (order by recency_days desc) - 1) // count(*) over () as r,
        1 + 5 * (rank() over (order by visits_24m_count) - 1) // count(*) over () as f,
        1 + 5 * (rank() over (order by net_24m_amount) - 1) // count(*) over () as m
    from {{ ref('customers') }}
    where visits_24m_count >= 1

)

select
    member_no,
    case
        when r >= 4 and f >= 4 and m >= 4 then 'champions'
        when r >= 3 and (f >= 4 or (f = 3 and m >= 3)) then 'loyal'
        when r >= 4 and f between 2 and 3 then 'potential_loyalists'
        when r = 5 and f = 1 then 'new_customers'
        when r = 4 and f = 1 then 'promising'
        when r = 3 and f between 2 and 3 then 'need_attention'
        when r = 3 and f = 1 then 'about_to_sleep'
        when r = 1 and f >= 4 and m >= 4 then 'cant_lose_them'
        when r <= 2 and f >= 3 then 'at_risk'
        when r = 2 and f = 2 then 'about_to_sleep'
        when r = 1 and f = 1 and m <= 2 then 'lost'
        else 'hibernating'
    end as tier_code
from scored
