{#-
  Without a policy, the changes make up the history. What left a tier as it was is of use at the newest dates and at the
  last review alone; what reviews counted at the dates before is sealed as counts. Nothing here is held in memory to be
  read twice: the decisions of all reviews would have to fit into it.
-#}
with

reviews as (

    {{ sealed_reviews() }}

),

-- What a review decides lies after the reviews before it, but where a customer is told apart from then on.
reviewed_schemes as (

    select
        scheme_id,
        sequence_number,
        max(as_of_date) over (partition by scheme_id) as sealed_through_date,
        max(as_of_date) over (
            partition by scheme_id
            order by sequence_number
            rows between unbounded preceding and 1 preceding
        ) as sealed_before_date
    from reviews
    where
        scheme_id in (
            {% for scheme_id in var('schemes') %}
            {{ sql_text(scheme_id) }}{{ "," if not loop.last }}
            {% endfor %}
        )

),

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

scheme_dates as (

    select * from {{ ref('int_scheme_dates') }}

),

customers as (

    select * from {{ ref('int_sealed_customers') }}
    where is_one_customer

),

sealed_decisions as not materialized (

    select
        decisions.*,
        reviewed_schemes.sealed_through_date,
        coalesce(decisions.decided_on_date <= reviewed_schemes.sealed_before_date, false) as is_decided_again
    from {{ source('lake', 'sealed_decisions') }} as decisions
    inner join reviewed_schemes
        on
            decisions.sequence_number = reviewed_schemes.sequence_number
            and decisions.scheme_id = reviewed_schemes.scheme_id

),

of_use as not materialized (

    select sealed_decisions.*
    from sealed_decisions
    left join policies
        on sealed_decisions.scheme_id = policies.scheme_id
    left join scheme_dates
        on
            sealed_decisions.scheme_id = scheme_dates.scheme_id
            and sealed_decisions.decided_on_date = scheme_dates.as_of_date
    where
        policies.scheme_id is not null
        or sealed_decisions.outcome in ('new', 'upgraded', 'downgraded', 'left')
        or sealed_decisions.decided_on_date = sealed_decisions.sealed_through_date
        or scheme_dates.is_newest

),

known_alone as not materialized (

    select
        of_use.*,
        customers.customer_key as known_customer_key
    from of_use
    inner join customers
        on
            of_use.sequence_number = customers.sequence_number
            and of_use.customer_key = customers.sealed_customer_key
    where not customers.is_merged

),

-- Few customers turn out to be one: only their rows are compared with each other. Whom they follow may change from
-- review to review, so that a row without a change of its own may be one.
known_as_one as not materialized (

    select
        sealed_decisions.*,
        customers.customer_key as known_customer_key
    from sealed_decisions
    inner join customers
        on
            sealed_decisions.sequence_number = customers.sequence_number
            and sealed_decisions.customer_key = customers.sealed_customer_key
    where customers.is_merged
    qualify sealed_decisions.customer_key = first_value(sealed_decisions.customer_key) over (
        partition by sealed_decisions.sequence_number, sealed_decisions.scheme_id, customers.customer_key
        order by
            case when sealed_decisions.customer_key = customers.customer_key then 0 else 1 end,
            sealed_decisions.customer_key
    )

),

followed as not materialized (

    select * from known_alone
    union all
    select * from known_as_one

),

decided_again as (

    select
        known_customer_key,
        scheme_id,
        decided_on_date,
        max(sequence_number) as last_sequence_number
    from followed
    where is_decided_again
    group by
        known_customer_key,
        scheme_id,
        decided_on_date

),

decided_last as (

    select followed.*
    from followed
    left join decided_again
        on
            followed.known_customer_key = decided_again.known_customer_key
            and followed.scheme_id = decided_again.scheme_id
            and followed.decided_on_date = decided_again.decided_on_date
    where followed.sequence_number >= coalesce(decided_again.last_sequence_number, 0)

)

select
    sequence_number,
    known_customer_key as customer_key,
    {{ decision_columns() }}
from decided_last
