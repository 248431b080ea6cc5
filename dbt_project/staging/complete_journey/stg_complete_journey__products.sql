with

products as (

    select * from {{ source('complete_journey', 'products') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('manufacturer_id') }} as manufacturer_id,
        {{ clean_text('department') }} as department,
        {{ clean_text('product_category') }} as product_category,
        {{ clean_text('product_type') }} as product_type,
        {{ clean_text('brand') }} as brand,
        {{ clean_text('package_size') }} as package_size,

        {{ payload_hash([
            'product_id', 'manufacturer_id', 'department', 'brand', 'product_category', 'product_type',
            'package_size',
        ]) }} as payload_hash

    from products

)

select
    'complete_journey' as source,
    'products' as feed,
    load_id,
    row_number,
    position_id,

    product_id,
    manufacturer_id,
    department,
    product_category,
    product_type,
    brand,
    package_size,
    -- Fuel stands in several departments and categories; only its type tells it.
    case when product_type like 'GASOLINE%' then 'other' else 'piece' end as quantity_unit,
    payload_hash,

    {{ first_rejection([
        ['product_id', 'product_id is null', 'missing_value'],
    ]) }}

from typed
