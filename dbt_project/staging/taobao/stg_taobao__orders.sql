with

orders as (

    select * from {{ source('taobao', 'orders') }}

),

statuses as (

    select * from {{ ref('taobao_order_statuses') }}

),

cleaned as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ without_spreadsheet_guard(clean_wide_text('"订单编号"')) }} as receipt_no,
        {{ clean_account_id('"买家会员名"') }} as account_id,
        -- The mobile is a person's; the other number may be a landline, and counts where there is no mobile.
        coalesce(联系手机_hash, 联系电话_hash) as phone_hash,
        {{ to_narrow(clean_wide_text('"订单状态"')) }} as order_status,

        {{ to_control_amount('"买家实际支付金额"') }} as control_amount,
        {{ to_narrow(clean_wide_text('"买家实际支付金额"')) }} as paid_amount_text,
        {{ to_decimal('"宝贝总数量"') }} as quantity,
        {{ clean_wide_text('"宝贝总数量"') }} as quantity_text,

        {{ chinese_moment_to_iso('"订单创建时间"') }} as created_text,
        nullif({{ chinese_moment_to_iso('"订单付款时间"') }}, '') as paid_text,

        {{ payload_hash([
            '"订单编号"', '"买家会员名"', '"买家应付货款"', '"买家应付邮费"', '"买家支付积分"', '"总金额"', '"返点积分"',
            '"买家实际支付金额"', '"买家实际支付积分"', '"订单状态"', '"运送方式"', '"联系电话_hash"', '"联系手机_hash"',
            '"订单创建时间"', '"订单付款时间"', '"宝贝标题"', '"宝贝种类"', '"物流公司"', '"宝贝总数量"', '"分销商Id"',
            '"分销商店铺名称"', '"订单关闭原因"', '"卖家服务费"', '"买家服务费"', '"定金排名"', '"修改后的sku"', '"卡券抵扣"',
            '"积分抵扣"', '"是否是O2O交易"', '"退款金额"',
        ]) }} as payload_hash

    from orders

),

typed as (

    select
        *,
        {{ to_utc('created_text', "'Asia/Shanghai'") }} as occurred_at,
        {{ to_utc('paid_text', "'Asia/Shanghai'") }} as paid_at,
        cast({{ to_money('paid_amount_text') }} as decimal(18, 4)) as paid_amount
    from cleaned

),

dated as (

    select
        *,
        {{ to_business_date('occurred_at') }} as business_date
    from typed

),

-- A report without the column of the status says by the time of payment alone whether an order was paid.
judged as (

    select
        dated.*,
        case
            when dated.order_status is not null then statuses.line_kind
            when dated.paid_at is not null then 'sale'
            else 'pending'
        end as line_kind
    from dated
    left join statuses
        on dated.order_status = statuses.order_status

)

select
    'taobao' as source,
    'orders' as feed,
    load_id,
    row_number,
    position_id,
    'ecommerce' as channel,

    receipt_no,
    -- The report has one row per order.
    '1' as line_no,
    cast(null as varchar) as original_receipt_no,
    case when account_id is not null then 'ecommerce' end as account_type,
    account_id,
    phone_hash,
    cast(null as varchar) as email_hash,
    cast(null as varchar) as store_id,
    occurred_at,
    business_date,
    cast(null as varchar) as product_id,
    cast(null as varchar) as category,

    quantity,
    'piece' as quantity_unit,
    cast(coalesce(control_amount, 0) as decimal(18, 4)) as amount,
    cast(case when line_kind = 'sale' then paid_amount else 0 end as decimal(18, 4)) as net_sales_amount,
    cast(null as decimal(18, 4)) as discount_amount,
    cast(null as decimal(18, 4)) as cost_amount,
    'CNY' as currency_code,
    line_kind,
    'product' as line_type,
    cast(null as varchar) as payment_method,
    cast(null as timestamp) as updated_at,
    payload_hash,

    {{ first_rejection([
        ['订单编号', 'receipt_no is null', 'missing_value'],
        ['订单创建时间', 'business_date is null', 'not_a_timestamp'],
        ['订单付款时间', 'paid_at is null and paid_text is not null', 'not_a_timestamp'],
        ['订单状态', 'line_kind is null', 'unknown_status'],
        ['买家实际支付金额', 'paid_amount is null', 'not_a_decimal'],
        ['买家实际支付金额', 'paid_amount < 0', 'negative_value'],
        ['买家实际支付金额', is_out_of_range('paid_amount'), 'amount_out_of_range'],
        ['宝贝总数量', 'quantity is null and quantity_text is not null', 'not_a_decimal'],
    ]) }}

from judged
