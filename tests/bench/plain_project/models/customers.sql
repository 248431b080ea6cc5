with

members as (

    select member_no
    from read_csv('{{ env_var("PLAIN_EXPORTS") }}/members_*.csv', header = true, all_varchar = true)

)

select
    members.member_no,
    count(*) filter (where visits.is_visit and visits.sold_on > as_of.after_24m_date) as visits_24m_count,
    coalesce(sum(visits.net_amount) filter (where visits.sold_on > as_of.after_24m_date), 0) as net_24m_amount,
    coalesce(sum(visits.net_amount) filter (where visits.sold_on > as_of.after_12m_date), 0) as net_12m_amount,
    max(as_of.as_of_date) - max(visits.sold_on) filter (where visits.is_visit) as recency_days
from members
cross join {{ ref('as_of') }} as as_of
left join {{ ref('visits') }} as visits on members.member_no = visits.member_no
group by members.member_no
