{{ config(in_parts_of='customers') }}

with

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

decisions as (

    select decisions.*
    from {{ ref('int_tier_decisions') }} as decisions
    inner join policies
        on decisions.scheme_id = policies.scheme_id
    where decisions.is_common_date

),

-- Read twice: held for both readings, the tiers at all dates would have to fit into memory.
dated_tiers as not materialized (

    select * from {{ ref('int_dated_tiers_followed') }}

),

rules as (

    select * from {{ ref('int_scheme_rules') }}

),

scheme_changes as (

    select * from {{ ref('int_scheme_changes') }}

),

scheme_limits as (

    select * from {{ ref('int_scheme_limits') }}

),

customer_values_by_date as (

    select
        customer_key,
        as_of_date,
        net_sales_12m_amount
    from {{ ref('int_customer_values_by_date') }}

),

moves as (

    select
        decided_on_date as as_of_date,
        scheme_id,
        customer_key,
        previous_date_tier_rank as from_tier_rank,
        tier_rank as to_tier_rank,
        scheme_version,
        rule_number,
        deciding_value,
        change_number,
        change_value
    from decisions

    union all

    select
        decided_on_date as as_of_date,
        scheme_id,
        customer_key,
        previous_tier_rank as from_tier_rank,
        tier_rank as to_tier_rank,
        scheme_version,
        rule_number,
        deciding_value,
        change_number,
        change_value
    from dated_tiers
    where not is_sealed

    union all

    select
        left_on_date as as_of_date,
        scheme_id,
        customer_key,
        tier_rank as from_tier_rank,
        cast(null as integer) as to_tier_rank,
        scheme_version,
        cast(null as integer) as rule_number,
        cast(null as decimal(28, 6)) as deciding_value,
        cast(null as integer) as change_number,
        cast(null as decimal(28, 6)) as change_value
    from dated_tiers
    where left_on_date is not null

),

-- How far it is to another tier is known where the figure that decided is the one whose change would decide anew.
thresholds as (

    select
        rules.scheme_id,
        rules.scheme_version,
        rules.rule_number,
        scheme_changes.change_number,
        scheme_limits.near_threshold_within_ratio
    from rules
    inner join scheme_changes
        on
            rules.scheme_id = scheme_changes.scheme_id
            and rules.scheme_version = scheme_changes.scheme_version
            and rules.deciding_criterion = scheme_changes.metric
    inner join scheme_limits
        on rules.scheme_id = scheme_limits.scheme_id

),

measured as (

    select
        moves.as_of_date,
        moves.scheme_id,
        moves.from_tier_rank,
        moves.to_tier_rank,
        customer_values_by_date.net_sales_12m_amount,
        case
            when
                abs(moves.change_value)
                <= thresholds.near_threshold_within_ratio * abs(moves.deciding_value + moves.change_value)
                then 1
            else 0
        end as near_threshold_count
    from moves
    left join thresholds
        on
            moves.scheme_id = thresholds.scheme_id
            and moves.scheme_version = thresholds.scheme_version
            and moves.rule_number = thresholds.rule_number
            and moves.change_number = thresholds.change_number
    left join customer_values_by_date
        on
            moves.customer_key = customer_values_by_date.customer_key
            and moves.as_of_date = customer_values_by_date.as_of_date
    -- Who came and left again between two dates was in no tier at either.
    where coalesce(moves.from_tier_rank, moves.to_tier_rank) is not null

)

select
    as_of_date,
    scheme_id,
    from_tier_rank,
    to_tier_rank,
    count(*) as customers_count,
    cast(coalesce(sum(net_sales_12m_amount), 0) as decimal(38, 4)) as net_sales_12m_amount,
    cast(sum(near_threshold_count) as bigint) as near_threshold_count
from measured
group by
    as_of_date,
    scheme_id,
    from_tier_rank,
    to_tier_rank
