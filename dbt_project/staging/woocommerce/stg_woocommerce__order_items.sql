{#- name:…|sku:…|quantity:…|total:… and anything after it; a name may hold bars and semicolons. -#}
{%- set item = 'name:(.*)[|]sku:([^|]*)[|]quantity:([^|]*)[|]total:([^|]*)([|].*)?' -%}

with

orders as (

    select * from {{ source('woocommerce', 'orders') }}

),

-- A semicolon separates two items only where the next begins: names and choices may hold semicolons of their own.
packed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        string_split(
            regexp_replace(trim(line_items), ';\s*name:', chr(30) || 'name:', 'g'),
            chr(30)
        ) as packed_items
    from orders

),

unpacked as (

    select
        load_id,
        row_number,
        unnest(packed_items) as packed_item,
        generate_subscripts(packed_items, 1) as part_number
    from packed

),

split as (

    select
        load_id,
        row_number,
        part_number,
        regexp_full_match(packed_item, '{{ item }}', 's') as is_item,
        regexp_extract(packed_item, '^{{ item }}$', 1, 's') as item_name,
        regexp_extract(packed_item, '^{{ item }}$', 2, 's') as sku,
        regexp_extract(packed_item, '^{{ item }}$', 3, 's') as quantity_text,
        regexp_extract(packed_item, '^{{ item }}$', 4, 's') as total_text
    from unpacked

)

select
    load_id,
    row_number,
    cast(part_number as bigint) as part_number,
    coalesce({{ clean_identifier('sku') }}, {{ clean_text('item_name') }}) as product_id,
    {{ to_money('quantity_text') }} as quantity,
    {{ to_money('total_text') }} as amount,
    is_item and {{ to_money('quantity_text') }} is not null and {{ to_money('total_text') }} is not null
        as is_readable
from split
