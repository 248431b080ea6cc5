{{ config(in_parts_of='customers') }}

with

visits as (

    select * from {{ ref('int_customer_visits_summed') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_recent

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

chosen_currency as (

    select * from {{ ref('int_currency_chosen') }}

),

store_sums as (

    select
        visits.customer_key,
        dates.as_of_date,
        visits.visit_place as store_id,
        count(*) as visits_count,
        sum(visits.net_sales_amount) as net_sales_amount
    from visits
    inner join dates
        on
            visits.business_date <= dates.as_of_date
            and visits.business_date > dates.after_12m_date
    where
        visits.is_visit
        and visits.channel = 'pos'
        and visits.visit_place <> ''
    group by visits.customer_key, dates.as_of_date, visits.visit_place

),

stores as (

    select
        customer_key,
        as_of_date,
        store_id,
        count(*) over (partition by customer_key, as_of_date) as stores_count
    from store_sums
    qualify row_number() over (
        partition by customer_key, as_of_date
        order by visits_count desc, net_sales_amount desc, store_id
    ) = 1

),

category_days as (

    select
        accounts.customer_key,
        account_categories.business_date,
        account_categories.category,
        sum(account_categories.net_sales_amount) as net_sales_amount
    from {{ ref('int_account_categories_summed') }} as account_categories
    inner join chosen_currency
        on account_categories.currency_code = chosen_currency.currency_code
    inner join accounts
        on
            account_categories.source = accounts.source
            and account_categories.account_reference = accounts.account_reference
    group by accounts.customer_key, account_categories.business_date, account_categories.category

),

first_visits as (

    select
        customer_key,
        min(business_date) as first_purchase_date
    from visits
    where is_visit
    group by customer_key

),

first_purchases as (

    select
        category_days.customer_key,
        category_days.category,
        min(category_days.business_date) as first_date,
        min(first_visits.first_purchase_date) as first_purchase_date
    from category_days
    inner join first_visits
        on category_days.customer_key = first_visits.customer_key
    where category_days.net_sales_amount > 0
    group by category_days.customer_key, category_days.category

),

category_sums as (

    select
        category_days.customer_key,
        dates.as_of_date,
        dates.after_12m_date,
        category_days.category,
        sum(category_days.net_sales_amount) as net_sales_amount
    from category_days
    inner join dates
        on
            category_days.business_date <= dates.as_of_date
            and category_days.business_date > dates.after_12m_date
    group by category_days.customer_key, dates.as_of_date, dates.after_12m_date, category_days.category
    having sum(category_days.net_sales_amount) > 0

),

-- What the very first visit brought is no cross-selling.
categories_described as (

    select
        category_sums.*,
        coalesce(
            first_purchases.first_date > category_sums.after_12m_date
            and first_purchases.first_date > first_purchases.first_purchase_date,
            false
        ) as is_new
    from category_sums
    left join first_purchases
        on
            category_sums.customer_key = first_purchases.customer_key
            and category_sums.category = first_purchases.category

),

categories as (

    select
        customer_key,
        as_of_date,
        category,
        net_sales_amount,
        count(*) over (partition by customer_key, as_of_date) as categories_count,
        count(*) filter (where is_new) over (partition by customer_key, as_of_date) as new_categories_count
    from categories_described
    qualify row_number() over (
        partition by customer_key, as_of_date
        order by net_sales_amount desc, category
    ) = 1

)

select
    coalesce(stores.customer_key, categories.customer_key) as customer_key,
    coalesce(stores.as_of_date, categories.as_of_date) as as_of_date,
    cast(coalesce(stores.stores_count, 0) as integer) as stores_12m_count,
    stores.store_id as preferred_store_id,
    cast(coalesce(categories.categories_count, 0) as integer) as categories_12m_count,
    categories.category as preferred_category,
    cast(categories.net_sales_amount as decimal(18, 4)) as preferred_category_12m_amount,
    cast(coalesce(categories.new_categories_count, 0) as integer) as new_categories_12m_count
from stores
full outer join categories
    on
        stores.customer_key = categories.customer_key
        and stores.as_of_date = categories.as_of_date
