select
    cast(null as varchar) as customer_key,
    cast(null as varchar) as referred_customer_key,
    cast(null as date) as joined_date
where false
