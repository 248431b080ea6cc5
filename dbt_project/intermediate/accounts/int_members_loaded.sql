{{ config(materialized='view') }}

with

members as (

    select * from {{ ref('int_members_unioned') }}
    where rejected_reason_code is null

),

set_aside as (

    select
        load_id,
        row_number
    from {{ ref('int_member_versions_resolved') }}
    where outcome <> 'loaded'

)

select
    members.*,
    {{ account_reference() }} as account_reference
from members
left join set_aside
    on
        members.load_id = set_aside.load_id
        and members.row_number = set_aside.row_number
where set_aside.load_id is null
