with

overrides as (

    select * from {{ ref('int_tier_overrides_loaded') }}

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}
    where is_version_in_use

)

select
    accounts.customer_key,
    overrides.scheme_id,
    overrides.source,
    overrides.override_id,
    overrides.kind,
    overrides.reason,
    overrides.requested_by,
    scheme_tiers.tier_rank,
    overrides.valid_from_date,
    coalesce(
        cast({{ dbt.dateadd('day', 1, 'overrides.valid_until_date') }} as date),
        date '9999-12-31'
    ) as valid_to_date
from overrides
inner join accounts
    on
        overrides.source = accounts.source
        and overrides.account_reference = accounts.account_reference
inner join scheme_tiers
    on
        overrides.scheme_id = scheme_tiers.scheme_id
        and overrides.tier_code = scheme_tiers.tier_code
