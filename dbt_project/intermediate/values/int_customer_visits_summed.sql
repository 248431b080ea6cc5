with

account_days as (

    select * from {{ ref('int_account_days_summed') }}

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

chosen_currency as (

    select * from {{ ref('int_currency_chosen') }}

)

select
    accounts.customer_key,
    account_days.channel,
    account_days.business_date,
    account_days.visit_place,
    sum(account_days.positive_receipts_count) > 0 as is_visit,
    sum(account_days.purchase_receipts_count) > 0 as is_purchase,
    cast(sum(account_days.net_sales_amount) as decimal(18, 4)) as net_sales_amount,
    cast(sum(account_days.gross_sales_amount) as decimal(18, 4)) as gross_sales_amount,
    cast(sum(account_days.returned_amount) as decimal(18, 4)) as returned_amount,
    cast(sum(account_days.discount_amount) as decimal(18, 4)) as discount_amount,
    cast(sum(account_days.cost_amount) as decimal(18, 4)) as cost_amount,
    cast(sum(account_days.cost_known_net_sales_amount) as decimal(18, 4)) as cost_known_net_sales_amount,
    cast(sum(account_days.stored_value_used_amount) as decimal(18, 4)) as stored_value_used_amount,
    max(account_days.largest_unreturned_receipt_amount) as largest_unreturned_receipt_amount,
    cast(sum(account_days.sale_lines_count) as bigint) as sale_lines_count,
    cast(sum(account_days.returned_receipts_count) as bigint) as returned_receipts_count
from account_days
inner join chosen_currency
    on account_days.currency_code = chosen_currency.currency_code
inner join accounts
    on
        account_days.source = accounts.source
        and account_days.account_reference = accounts.account_reference
group by
    accounts.customer_key,
    account_days.channel,
    account_days.business_date,
    account_days.visit_place
