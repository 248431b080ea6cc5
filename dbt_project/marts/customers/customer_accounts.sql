with

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

current_population as (

    select customer_key from {{ ref('customer_values') }}

)

select
    accounts.source,
    accounts.account_type,
    accounts.account_id,
    accounts.customer_key,
    accounts.linked_by,
    cast(accounts.first_seen_load_id as bigint) as first_seen_load_id
from accounts
inner join current_population
    on accounts.customer_key = current_population.customer_key
