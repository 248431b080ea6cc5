select
    cast(null as varchar) as source,
    cast(null as varchar) as override_id,
    cast(null as varchar) as account_reference,
    cast(null as varchar) as scheme_id,
    cast(null as varchar) as tier_code,
    cast(null as varchar) as kind,
    cast(null as varchar) as reason,
    cast(null as varchar) as requested_by,
    cast(null as date) as valid_from_date,
    cast(null as date) as valid_until_date
where false
