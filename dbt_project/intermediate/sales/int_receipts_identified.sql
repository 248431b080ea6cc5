with

sale_lines as (

    select
        *,
        {{ account_reference() }} as account_reference
    from {{ ref('int_sale_lines_loaded') }}

)

select
    source,
    channel,
    receipt_no,
    currency_code,
    min(business_date) as business_date,
    min(occurred_at) as occurred_at,
    min(load_id) as first_load_id,
    min(store_id) as store_id,
    min(account_reference) as account_reference,
    min(phone_hash) as phone_hash,
    min(email_hash) as email_hash
from sale_lines
group by source, channel, receipt_no, currency_code
