with

account_keys as (

    select * from {{ ref('int_account_keys_collected') }}

),

-- A prospect is an entry in somebody's list: it tells nothing about how many people share a phone.
key_holders as (

    select
        key_type,
        key_value,
        count(*) as accounts_count,
        count(*) filter (where account_type in ('member', 'ecommerce')) as cards_count
    from account_keys
    group by key_type, key_value

)

select
    account_keys.account_number,
    account_keys.key_type,
    account_keys.key_value,
    account_keys.known_from_date,
    account_keys.known_by_load_id,
    key_holders.accounts_count,
    key_holders.cards_count,
    key_holders.cards_count > {{ var('shared_key_maximum_accounts') }} as is_shared
from account_keys
inner join key_holders
    on
        account_keys.key_type = key_holders.key_type
        and account_keys.key_value = key_holders.key_value
