with recursive

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

dates as (

    select cast({{ dbt.date_trunc('month', 'as_of_date') }} as date) as current_month_date
    from {{ ref('int_as_of_dates') }}
    where is_current

),

customer_cohorts as (

    select
        customer_key,
        min(month_date) as cohort_month_date
    from customer_months
    where visits_count > 0
    group by customer_key

),

cohorts as (

    select
        cohort_month_date,
        count(*) as customers_count
    from customer_cohorts
    group by cohort_month_date

),

-- Months in which nobody of a cohort came have a row as well.
cohort_months as (

    select
        cohort_month_date,
        customers_count,
        cohort_month_date as month_date,
        0 as months_since_first
    from cohorts

    union all

    select
        cohort_months.cohort_month_date,
        cohort_months.customers_count,
        cast({{ dbt.dateadd('month', 1, 'cohort_months.month_date') }} as date) as month_date,
        cohort_months.months_since_first + 1 as months_since_first
    from cohort_months
    cross join dates
    where cohort_months.month_date < dates.current_month_date

),

summed as (

    select
        customer_cohorts.cohort_month_date,
        customer_months.month_date,
        count(*) filter (where customer_months.visits_count > 0) as active_count,
        sum(customer_months.net_sales_amount) as net_sales_amount
    from customer_months
    inner join customer_cohorts
        on customer_months.customer_key = customer_cohorts.customer_key
    group by customer_cohorts.cohort_month_date, customer_months.month_date

)

select
    cohort_months.cohort_month_date,
    cohort_months.month_date,
    cast(cohort_months.months_since_first as integer) as months_since_first,
    chosen_currency.currency_code,
    cohort_months.customers_count,
    cast(coalesce(summed.active_count, 0) as bigint) as active_count,
    cast(
        {{ round_ratio('coalesce(summed.active_count, 0)', 'cohort_months.customers_count', 6) }} as decimal(9, 6)
    ) as retained_ratio,
    cast(coalesce(summed.net_sales_amount, 0) as decimal(38, 4)) as net_sales_amount
from cohort_months
cross join {{ ref('int_currency_chosen') }} as chosen_currency
left join summed
    on
        cohort_months.cohort_month_date = summed.cohort_month_date
        and cohort_months.month_date = summed.month_date
