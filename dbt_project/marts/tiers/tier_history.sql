with

decisions as (

    select * from {{ ref('int_tier_decisions') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

changes as (

    select
        customer_key,
        scheme_id,
        scheme_version,
        tier_rank,
        decided_on_date as valid_from_date,
        lead(decided_on_date) over (
            partition by customer_key, scheme_id
            order by decided_on_date
        ) as valid_to_date
    from decisions
    where
        outcome in ('new', 'upgraded', 'downgraded', 'left')
        or (outcome = 'merged' and tier_rank > coalesce(previous_tier_rank, 0))

)

select
    changes.customer_key,
    changes.scheme_id,
    changes.scheme_version,
    scheme_tiers.tier_code,
    scheme_tiers.tier_rank,
    scheme_tiers.tier_name_zh,
    scheme_tiers.tier_name_en,
    changes.valid_from_date,
    changes.valid_to_date
from changes
inner join scheme_tiers
    on
        changes.scheme_id = scheme_tiers.scheme_id
        and changes.scheme_version = scheme_tiers.scheme_version
        and changes.tier_rank = scheme_tiers.tier_rank
