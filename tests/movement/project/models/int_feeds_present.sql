select
    cast(null as varchar) as need,
    cast(null as varchar) as feed,
    cast(null as boolean) as is_present
where false
