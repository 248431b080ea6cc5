{{ config(materialized='view') }}

with

sale_lines as (

    select * from {{ ref('int_sale_lines_unioned') }}
    where rejected_reason_code is null

),

set_aside as (

    select
        load_id,
        row_number
    from {{ ref('int_sale_line_versions_resolved') }}
    where outcome <> 'loaded'

)

select sale_lines.*
from sale_lines
left join set_aside
    on
        sale_lines.load_id = set_aside.load_id
        and sale_lines.row_number = set_aside.row_number
where set_aside.load_id is null
