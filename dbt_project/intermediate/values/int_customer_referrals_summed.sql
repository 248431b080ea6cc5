with recursive

referrals as (

    select * from {{ ref('int_referrals') }}

),

-- Set semantics end the descent where customers referred each other in a circle.
descents as (

    select
        customer_key,
        referred_customer_key,
        joined_date as complete_date
    from referrals

    union

    select
        descents.customer_key,
        referrals.referred_customer_key,
        greatest(descents.complete_date, referrals.joined_date) as complete_date
    from descents
    inner join referrals
        on descents.referred_customer_key = referrals.customer_key
    where descents.customer_key <> descents.referred_customer_key

),

networks as (

    select
        customer_key,
        referred_customer_key,
        min(complete_date) as complete_date
    from descents
    where customer_key <> referred_customer_key
    group by customer_key, referred_customer_key

),

described as (

    select
        networks.customer_key,
        networks.referred_customer_key,
        networks.complete_date,
        referrals.customer_key is not null as is_direct
    from networks
    left join referrals
        on
            networks.customer_key = referrals.customer_key
            and networks.referred_customer_key = referrals.referred_customer_key

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

windows as (

    select * from {{ ref('int_customer_windows_summed') }}

)

select
    described.customer_key,
    dates.as_of_date,
    count(*) filter (where described.is_direct) as referrals_made_count,
    count(*) filter (where described.is_direct and windows.first_purchase_date is not null)
        as referrals_converted_count,
    cast(
        coalesce(sum(windows.net_sales_12m_amount) filter (where described.is_direct), 0) as decimal(18, 4)
    ) as referred_net_sales_12m_amount,
    count(*) as referral_network_count,
    cast(coalesce(sum(windows.net_sales_12m_amount), 0) as decimal(18, 4)) as referral_network_net_sales_12m_amount
from described
inner join dates
    on described.complete_date <= dates.as_of_date
left join windows
    on
        described.referred_customer_key = windows.customer_key
        and dates.as_of_date = windows.as_of_date
group by described.customer_key, dates.as_of_date
