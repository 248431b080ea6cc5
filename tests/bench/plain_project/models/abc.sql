with

shares as (

    select
        member_no,
        sum(net_12m_amount) over () as total,
        -- Customers with equal sales stand together: what is before them is what others have more.
        sum(net_12m_amount) over (order by net_12m_amount desc range unbounded preceding)
        - sum(net_12m_amount) over (partition by net_12m_amount) as sold_before
    from {{ ref('customers') }}

)

select
    member_no,
    case
        when total <= 0 then 'C'
        when 100 * sold_before < 70 * total then 'A'
        when 100 * sold_before < 90 * total then 'B'
        else 'C'
    end as tier_code
from shares
