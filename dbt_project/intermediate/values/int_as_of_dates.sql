with

loaded_days as (

    select * from {{ ref('int_sale_days_bounded') }}

),

current_date_chosen as (

    select
        loaded_days.first_date,
        coalesce(run_parameters.as_of_date, loaded_days.last_date) as as_of_date
    from loaded_days
    cross join {{ source('lake', 'run_parameters') }} as run_parameters
    where coalesce(run_parameters.as_of_date, loaded_days.last_date) is not null

),

dates as (

    select
        first_date,
        as_of_date,
        true as is_current,
        true as is_recent
    from current_date_chosen
{% for months in range(1, var('review_months') + 1) %}
    union all

    select
        first_date,
        cast({{ dbt.last_day(dbt.dateadd('month', -months, 'as_of_date'), 'month') }} as date) as as_of_date,
        false as is_current,
        {{ 'true' if months <= var('recent_months') else 'false' }} as is_recent
    from current_date_chosen
{% endfor %}
)

select
    as_of_date,
    is_current,
    is_recent,
{%- for months in [1, 2, 3, 6, 9, 12, 24] %}
    cast({{ dbt.dateadd('month', -months, 'as_of_date') }} as date)
        as after_{{ months }}m_date{{ "," if not loop.last }}
{%- endfor %}
from dates
where is_current or as_of_date >= first_date
