{{ config(materialized='view') }}

with

in_force as (

    {{ rows_in_force(ref('int_members_unioned'), ref('int_member_versions_resolved')) | indent(4) }}

)

select
    *,
    {{ account_reference() }} as account_reference
from in_force
