{#- Made empty, so that its contract is enforced here; the release fills it as it is published. -#}
select
    cast(null as varchar) as release_id,
    cast(null as integer) as sequence_number,
    cast(null as varchar) as run_id,
    cast(null as date) as as_of_date,
    cast(null as bigint) as known_load_id,
    cast(null as varchar) as previous_release_id,
    cast(null as varchar) as content_digest,
    cast(null as timestamp) as published_at
where false
