{#- Without a policy, what left a tier as it was is of use at the recent dates alone; changes make up the history. -#}
with

reviews as (

    {{ sealed_reviews() }}

),

decisions as (

    select decisions.*
    from {{ source('lake', 'sealed_decisions') }} as decisions
    inner join reviews
        on
            decisions.sequence_number = reviews.sequence_number
            and decisions.scheme_id = reviews.scheme_id
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

policies as (

    select distinct scheme_id from {{ ref('int_scheme_policies') }}

),

recent_dates as (

    select as_of_date from {{ ref('int_as_of_dates') }}
    where is_recent

),

known_again as (

    select
        decisions.*,
        customers.customer_key as known_customer_key,
        first_value(decisions.customer_key) over (
            partition by decisions.sequence_number, decisions.scheme_id, customers.customer_key
            order by
                case when decisions.customer_key = customers.customer_key then 0 else 1 end,
                decisions.customer_key
        ) as followed_customer_key
    from decisions
    inner join customers
        on
            decisions.sequence_number = customers.sequence_number
            and decisions.customer_key = customers.sealed_customer_key
    left join policies
        on decisions.scheme_id = policies.scheme_id
    left join recent_dates
        on decisions.decided_on_date = recent_dates.as_of_date
    where
        policies.scheme_id is not null
        or recent_dates.as_of_date is not null
        or decisions.outcome in ('new', 'upgraded', 'downgraded', 'left')

)

select
    sequence_number,
    known_customer_key as customer_key,
    {{ sealed_columns() }}
from known_again
where customer_key = followed_customer_key
qualify row_number() over (
    partition by known_customer_key, scheme_id, decided_on_date
    order by sequence_number desc
) = 1
