{%- set active_months = var('active_months') -%}
with recursive

-- A month of which only returns are left has no purchase, but takes from what the months beside it brought.
months_valued as (

    select
        customer_key,
        month_number,
        visits_count,
        net_sales_amount,
        sum(net_sales_amount) over (
            partition by customer_key
            order by month_number
            range between {{ active_months - 1 }} preceding and {{ active_months - 1 }} following
        ) as net_sales_active_amount
    from {{ ref('int_customer_months_summed') }}

),

purchase_months as (

    select
        customer_key,
        month_number,
        net_sales_amount,
        net_sales_active_amount,
        min(month_number) over (partition by customer_key) as first_month_number,
        lag(month_number) over (partition by customer_key order by month_number) as previous_month_number,
        lead(month_number) over (partition by customer_key order by month_number) as next_month_number
    from months_valued
    where visits_count > 0

),

dates as (

    select
        as_of_date,
        cast({{ dbt.date_trunc('month', 'as_of_date') }} as date) as current_month_date,
        cast(12 * extract(year from as_of_date) + extract(month from as_of_date) as integer) as current_month_number,
        as_of_date = cast({{ dbt.last_day('as_of_date', 'month') }} as date) as is_month_end
    from {{ ref('int_as_of_dates') }}
    where is_current

),

bounds as (

    select
        min(months.month_date) as first_month_date,
        min(months.month_number) as first_month_number
    from {{ ref('int_customer_months_summed') }} as months
    where months.visits_count > 0
    having count(*) > 0

),

months as (

    select
        first_month_date as month_date,
        first_month_number as month_number
    from bounds

    union all

    select
        cast({{ dbt.dateadd('month', 1, 'months.month_date') }} as date) as month_date,
        months.month_number + 1 as month_number
    from months
    cross join dates
    where months.month_date < dates.current_month_date

),

buyers as (

    select
        month_number,
        count(*) as buyers_count,
        sum(net_sales_amount) as buyers_net_sales_amount,
        {%- for kind, condition in [
            ('new', 'previous_month_number is null'),
            ('kept', 'month_number - previous_month_number <= ' ~ active_months),
            ('won_back', 'month_number - previous_month_number > ' ~ active_months),
        ] %}
        count(*) filter (where {{ condition }}) as {{ kind }}_count,
        sum(net_sales_amount) filter (where {{ condition }}) as {{ kind }}_net_sales_amount,
        coalesce(sum(first_month_number) filter (where {{ condition }}), 0) as {{ kind }}_first_months
        {{- ',' if not loop.last }}
        {%- endfor %}
    from purchase_months
    group by month_number

),

-- Lost at the end of the month that makes the purchases so many months past; a month under way loses nobody yet.
losses as (

    select
        purchase_months.month_number + {{ active_months }} as month_number,
        count(*) as lost_count,
        sum(purchase_months.net_sales_active_amount) as lost_net_sales_amount,
        sum(purchase_months.first_month_number) as lost_first_months
    from purchase_months
    cross join dates
    where
        coalesce(purchase_months.next_month_number - purchase_months.month_number > {{ active_months }}, true)
        and purchase_months.month_number + {{ active_months }}
        <= dates.current_month_number - case when dates.is_month_end then 0 else 1 end
    group by purchase_months.month_number + {{ active_months }}

),

running as (

    select
        months.month_date,
        months.month_number,
        months.month_number < dates.current_month_number or dates.is_month_end as is_complete,
        coalesce(buyers.buyers_count, 0) as buyers_count,
        coalesce(buyers.buyers_net_sales_amount, 0) as buyers_net_sales_amount,
        {%- for kind in ['new', 'kept', 'won_back'] %}
        coalesce(buyers.{{ kind }}_count, 0) as {{ kind }}_count,
        coalesce(buyers.{{ kind }}_net_sales_amount, 0) as {{ kind }}_net_sales_amount,
        {%- endfor %}
        coalesce(losses.lost_count, 0) as lost_count,
        coalesce(losses.lost_net_sales_amount, 0) as lost_net_sales_amount,
        sum(
            coalesce(buyers.new_count + buyers.won_back_count, 0) - coalesce(losses.lost_count, 0)
        ) over up_to_month as active_count,
        sum(
            coalesce(buyers.new_first_months + buyers.won_back_first_months, 0)
            - coalesce(losses.lost_first_months, 0)
        ) over up_to_month as active_first_months
    from months
    cross join dates
    left join buyers
        on months.month_number = buyers.month_number
    left join losses
        on months.month_number = losses.month_number
    window up_to_month as (order by months.month_number rows between unbounded preceding and current row)

),

depths as (

    select
        cast(12 * extract(year from as_of_date) + extract(month from as_of_date) as integer) as month_number,
        count(*) filter (where visits_12m_count > 1) as repeaters_count,
        count(*) as customers_count,
        sum(categories_12m_count) as categories_count,
        count(*) filter (where categories_12m_count > 1) as cross_category_count,
        count(categories_12m_count) as categories_known_count
    from {{ ref('int_customer_values_by_date') }}
    where visits_12m_count > 0
    group by as_of_date

)

select
    running.month_date,
    running.is_complete,
    chosen_currency.currency_code,
    running.buyers_count,
    cast(running.buyers_net_sales_amount as decimal(38, 4)) as buyers_net_sales_amount,
    {%- for kind in ['new', 'kept', 'won_back', 'lost'] %}
    running.{{ kind }}_count,
    cast(running.{{ kind }}_net_sales_amount as decimal(38, 4)) as {{ kind }}_net_sales_amount,
    {%- endfor %}
    cast(running.active_count as bigint) as active_count,
    cast(
        case
            when running.is_complete
                then {{ round_ratio(
                    'running.lost_count',
                    'lag(running.active_count) over (order by running.month_number)',
                    6
                ) }}
        end as decimal(9, 6)
    ) as churn_ratio,
    cast(
        {{ round_ratio(
            'running.month_number * running.active_count - running.active_first_months',
            'running.active_count',
            4
        ) }} as decimal(9, 4)
    ) as average_tenure_months,
    cast({{ round_ratio('depths.repeaters_count', 'depths.customers_count', 6) }} as decimal(9, 6)) as repeat_ratio,
    cast({{ round_ratio('depths.categories_count', 'depths.categories_known_count', 4) }} as decimal(9, 4))
        as average_categories_count,
    cast(
        {{ round_ratio('depths.cross_category_count', 'depths.categories_known_count', 6) }} as decimal(9, 6)
    ) as cross_category_ratio
from running
cross join {{ ref('int_currency_chosen') }} as chosen_currency
left join depths
    on running.month_number = depths.month_number
