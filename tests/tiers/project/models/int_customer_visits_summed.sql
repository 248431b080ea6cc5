select
    cast(null as varchar) as customer_key,
    cast(null as date) as business_date,
    cast(null as boolean) as is_visit,
    cast(null as decimal(18, 4)) as net_sales_amount
where false
