select
    cast(null as varchar) as source,
    cast(null as varchar) as account_reference,
    cast(null as date) as joined_date
where false
