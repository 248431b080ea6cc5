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
    nullif(accounts.known_from_date, date '1900-01-01') as known_from_date,
    cast(accounts.first_seen_load_id as bigint) as first_seen_load_id,
    accounts.linked_by,
    accounts.linked_to_source,
    accounts.linked_to_account_type,
    accounts.linked_to_account_id,
    accounts.linked_on_date,
    cast(accounts.linked_by_load_id as bigint) as linked_by_load_id
from accounts
inner join dates
    on accounts.known_from_date <= dates.as_of_date
