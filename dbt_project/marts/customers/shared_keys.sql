with

shared_keys as (

    select * from {{ ref('int_account_keys_guarded') }}
    where is_shared

),

accounts as (

    select * from {{ ref('int_accounts_seen') }}

)

select
    shared_keys.key_type,
    shared_keys.key_value,
    min(shared_keys.accounts_count) as accounts_count,
    min(shared_keys.cards_count) as cards_count,
    string_agg(distinct accounts.source, ', ' order by accounts.source) as sources
from shared_keys
inner join accounts
    on shared_keys.account_number = accounts.account_number
group by shared_keys.key_type, shared_keys.key_value
