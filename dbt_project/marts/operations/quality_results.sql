{#- Made empty, so that its contract is enforced here; the checks fill it after the build. -#}
select
    cast(null as varchar) as boundary,
    cast(null as varchar) as suite_name,
    cast(null as varchar) as check_id,
    cast(null as varchar) as check_name,
    cast(null as varchar) as table_name,
    cast(null as varchar) as column_name,
    cast(null as varchar) as severity,
    cast(null as boolean) as is_successful,
    cast(null as bigint) as checked_count,
    cast(null as bigint) as failed_count,
    cast(null as varchar) as details
where false
