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

decisions as (

    select
        decisions.*,
        policies.scheme_id is not null
        or decisions.outcome in ('new', 'upgraded', 'downgraded', 'left')
        or decisions.decided_on_date = sealed_schemes.sealed_through_date
        or coalesce(scheme_dates.is_newest, false) as is_of_use
    from {{ source('lake', 'sealed_decisions') }} as decisions
    inner join reviews
        on
            decisions.sequence_number = reviews.sequence_number
            and decisions.scheme_id = reviews.scheme_id
    inner join sealed_schemes
        on decisions.scheme_id = sealed_schemes.scheme_id
    left join policies
        on decisions.scheme_id = policies.scheme_id
    left join scheme_dates
        on
            decisions.scheme_id = scheme_dates.scheme_id
            and decisions.decided_on_date = scheme_dates.as_of_date
    where
        decisions.scheme_id in (
            {% for scheme_id in var('schemes') %}
            {{ sql_text(scheme_id) }}{{ "," if not loop.last }}
            {% endfor %}
        )

),

customers as (

    select * from {{ ref('int_sealed_customers') }}
    where is_one_customer

),

known_alone as (

    select
        decisions.*,
        customers.customer_key as known_customer_key
    from decisions
    inner join customers
        on
            decisions.sequence_number = customers.sequence_number
            and decisions.customer_key = customers.sealed_customer_key
    where decisions.is_of_use and not customers.is_merged

),

-- Few customers turn out to be one: only their rows are compared with each other.
known_as_one as (

    select
        decisions.*,
        customers.customer_key as known_customer_key
    from decisions
    inner join customers
        on
            decisions.sequence_number = customers.sequence_number
            and decisions.customer_key = customers.sealed_customer_key
    where customers.is_merged
    qualify decisions.customer_key = first_value(decisions.customer_key) over (
        partition by decisions.sequence_number, decisions.scheme_id, customers.customer_key
        order by
            case when decisions.customer_key = customers.customer_key then 0 else 1 end,
            decisions.customer_key
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
