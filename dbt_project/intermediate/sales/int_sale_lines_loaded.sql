{{ config(materialized='view') }}

{{ rows_in_force(ref('int_sale_lines_unioned'), ref('int_sale_line_versions_resolved')) }}
