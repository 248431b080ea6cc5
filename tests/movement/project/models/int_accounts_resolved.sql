select
    cast(null as varchar) as source,
    cast(null as varchar) as account_reference,
    cast(null as varchar) as account_type,
    cast(null as varchar) as customer_key,
    cast(null as date) as known_from_date
where false
