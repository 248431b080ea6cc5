with

decisions as (

    select * from {{ source('lake', 'sealed_decisions') }}

),

reviews as (

    {{ sealed_reviews() }}

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

scheme_tiers as (

    select * from {{ ref('int_scheme_tiers') }}

),

customers as (

    select * from {{ ref('int_sealed_customers') }}

),

sealed_schemes as (

    select
        reviews.scheme_id,
        reviews.sequence_number,
        reviews.as_of_date,
        max(reviews.sequence_number) over (partition by reviews.scheme_id) as last_sequence_number
    from reviews
    inner join policies
        on reviews.scheme_id = policies.scheme_id

),

-- The last review that knew exactly this customer, or all of several who are now one.
followed_reviews as (

    select
        customers.customer_key,
        sealed_schemes.scheme_id,
        max(sealed_schemes.sequence_number) filter (where customers.is_one_customer) as sequence_number
    from customers
    inner join sealed_schemes
        on customers.sequence_number = sealed_schemes.sequence_number
    group by customers.customer_key, sealed_schemes.scheme_id

),

states as (

    select
        followed_reviews.customer_key,
        followed_reviews.scheme_id,
        sealed_schemes.as_of_date as sealed_as_of_date,
        customers.sealed_customer_key = followed_reviews.customer_key as is_own_key,
        customers.sealed_customer_key,
        tiers_in_use.tier_rank,
        coalesce(policy_tiers_in_use.tier_rank, tiers_in_use.tier_rank) as policy_tier_rank,
        decisions.tier_since_date,
        decisions.below_since_date,
        decisions.held_until_date
        {%- for number in range(1, 7) %},
        decisions.downgraded_{{ number }}_date
        {%- endfor %}
    from followed_reviews
    inner join sealed_schemes
        on
            followed_reviews.scheme_id = sealed_schemes.scheme_id
            and followed_reviews.sequence_number = sealed_schemes.sequence_number
    inner join customers
        on
            followed_reviews.customer_key = customers.customer_key
            and followed_reviews.sequence_number = customers.sequence_number
            and customers.is_one_customer
    left join decisions
        on
            followed_reviews.sequence_number = decisions.sequence_number
            and followed_reviews.scheme_id = decisions.scheme_id
            and customers.sealed_customer_key = decisions.customer_key
            and sealed_schemes.as_of_date = decisions.decided_on_date
    -- A tier of then is the one of the same code now; ranks may have moved with a new version.
    left join scheme_tiers as tiers_then
        on
            decisions.scheme_id = tiers_then.scheme_id
            and decisions.scheme_version = tiers_then.scheme_version
            and decisions.tier_rank = tiers_then.tier_rank
    left join scheme_tiers as tiers_in_use
        on
            tiers_then.scheme_id = tiers_in_use.scheme_id
            and tiers_then.tier_code = tiers_in_use.tier_code
            and tiers_in_use.is_version_in_use
    left join scheme_tiers as policy_tiers_then
        on
            decisions.scheme_id = policy_tiers_then.scheme_id
            and decisions.scheme_version = policy_tiers_then.scheme_version
            and decisions.policy_tier_rank = policy_tiers_then.tier_rank
    left join scheme_tiers as policy_tiers_in_use
        on
            policy_tiers_then.scheme_id = policy_tiers_in_use.scheme_id
            and policy_tiers_then.tier_code = policy_tiers_in_use.tier_code
            and policy_tiers_in_use.is_version_in_use

),

-- Of several customers who are now one, the highest tier and the latest expiry count, and the clocks of the highest.
merged as (

    select
        *,
        count(tier_rank) over customer_states as states_count,
        max(tier_rank) over customer_states as highest_tier_rank,
        max(held_until_date) over customer_states as latest_held_until_date,
        first_value(tier_rank) over (
            partition by customer_key, scheme_id
            order by
                case when tier_rank is null then 1 else 0 end,
                case when is_own_key then 0 else 1 end,
                sealed_customer_key
        ) as followed_tier_rank
    from states
    window customer_states as (partition by customer_key, scheme_id)
    qualify row_number() over (
        partition by customer_key, scheme_id
        order by
            policy_tier_rank desc nulls last,
            tier_rank desc nulls last,
            held_until_date desc nulls last,
            below_since_date desc nulls first,
            sealed_customer_key
    ) = 1

)

select
    followed_reviews.customer_key,
    followed_reviews.scheme_id,
    coalesce(merged.sealed_as_of_date, date '0001-01-01') as sealed_as_of_date,
    merged.highest_tier_rank as tier_rank,
    merged.policy_tier_rank,
    merged.followed_tier_rank,
    coalesce(merged.states_count, 0) > 1 as is_merged,
    coalesce(merged.tier_since_date, merged.sealed_as_of_date) as tier_since_date,
    merged.below_since_date,
    merged.latest_held_until_date as held_until_date
    {%- for number in range(1, 7) %},
    merged.downgraded_{{ number }}_date
    {%- endfor %}
from followed_reviews
left join merged
    on
        followed_reviews.customer_key = merged.customer_key
        and followed_reviews.scheme_id = merged.scheme_id
