with

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

)

select
    accounts.source,
    accounts.account_type,
    accounts.account_id,
    accounts.customer_key,
    accounts.linked_by,
    cast(accounts.first_seen_load_id as bigint) as first_seen_load_id
from accounts
inner join dates
    on accounts.known_from_date <= dates.as_of_date
