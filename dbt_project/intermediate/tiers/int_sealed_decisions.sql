{#-
  Without a policy, the changes make up the history. What left a tier as it was is of use at the newest dates and at the
  last review alone; what reviews counted at the dates before is sealed as counts.
-#}
with

reviews as (

    {{ sealed_reviews() }}

),

sealed_schemes as (

    {{ sealed_through() }}

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}

),

-- Read twice: held for both readings, the decisions of all reviews would have to fit into memory.
known_again as not materialized (

    select
        decisions.*,
        customers.customer_key as known_customer_key,
        customers.is_merged
    from {{ source('lake', 'sealed_decisions') }} as decisions
    inner join reviews
        on
            decisions.sequence_number = reviews.sequence_number
            and decisions.scheme_id = reviews.scheme_id
    inner join {{ ref('int_sealed_customers') }} as customers
        on
            decisions.sequence_number = customers.sequence_number
            and decisions.customer_key = customers.sealed_customer_key
    where
        customers.is_one_customer
        and decisions.scheme_id in (
            {% for scheme_id in var('schemes') %}
            {{ sql_text(scheme_id) }}{{ "," if not loop.last }}
            {% endfor %}
        )

),

known_alone as (

    select known_again.*
    from known_again
    inner join sealed_schemes
        on known_again.scheme_id = sealed_schemes.scheme_id
    left join policies
        on known_again.scheme_id = policies.scheme_id
    left join scheme_dates
        on
            known_again.scheme_id = scheme_dates.scheme_id
            and known_again.decided_on_date = scheme_dates.as_of_date
    where
        not known_again.is_merged
        and (
            policies.scheme_id is not null
            or known_again.outcome in ('new', 'upgraded', 'downgraded', 'left')
            or known_again.decided_on_date = sealed_schemes.sealed_through_date
            or scheme_dates.is_newest
        )

),

-- Few customers turn out to be one: only their rows are compared with each other.
known_as_one as (

    select *
    from known_again
    where is_merged
    qualify customer_key = first_value(customer_key) over (
        partition by sequence_number, scheme_id, known_customer_key
        order by
            case when customer_key = known_customer_key then 0 else 1 end,
            customer_key
    )

),

followed as (

    select * from known_alone
    union all
    -- Whom they follow may change from review to review, so that a row without a change of its own may be one.
    select * from known_as_one

)

select
    sequence_number,
    known_customer_key as customer_key,
    {{ sealed_columns() }}
from followed
qualify row_number() over (
    partition by known_customer_key, scheme_id, decided_on_date
    order by sequence_number desc
) = 1
