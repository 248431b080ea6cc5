select
    cast(null as date) as as_of_date,
    cast(null as boolean) as is_current,
    cast(null as boolean) as is_recent
where false
