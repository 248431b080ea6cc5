{{ config(in_parts_of='schemes') }}

with

decisions as (

    select * from {{ ref('int_tier_decisions') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

merged_customers as (

    select distinct customer_key
    from {{ ref('int_sealed_customers') }}
    where is_merged

),

-- Of customers who turned out to be one, one past is followed up to one review and maybe another after it.
considered as (

    select
        decisions.customer_key,
        decisions.scheme_id,
        decisions.scheme_version,
        decisions.decided_on_date,
        scheme_tiers.tier_code,
        scheme_tiers.tier_rank,
        scheme_tiers.tier_name_zh,
        scheme_tiers.tier_name_en
    from decisions
    left join scheme_tiers
        on
            decisions.scheme_id = scheme_tiers.scheme_id
            and decisions.scheme_version = scheme_tiers.scheme_version
            and decisions.tier_rank = scheme_tiers.tier_rank
    left join merged_customers
        on decisions.customer_key = merged_customers.customer_key
    where
        decisions.outcome in ('new', 'upgraded', 'downgraded', 'left')
        or merged_customers.customer_key is not null

),

compared as (

    select
        *,
        lag(tier_code) over (
            partition by customer_key, scheme_id
            order by decided_on_date
        ) as previous_tier_code
    from considered

),

changes as (

    select
        *,
        decided_on_date as valid_from_date,
        lead(decided_on_date) over (
            partition by customer_key, scheme_id
            order by decided_on_date
        ) as valid_to_date
    from compared
    where tier_code is distinct from previous_tier_code

)

select
    customer_key,
    scheme_id,
    scheme_version,
    tier_code,
    tier_rank,
    tier_name_zh,
    tier_name_en,
    valid_from_date,
    valid_to_date
from changes
where tier_code is not null
