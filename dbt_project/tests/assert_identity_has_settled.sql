-- Linking spreads in a fixed number of rounds; a chain longer than they reach would leave one key in two customers.
select
    account_keys.key_type,
    account_keys.key_value
from {{ ref('int_account_keys_guarded') }} as account_keys
inner join {{ ref('int_accounts_resolved') }} as accounts
    on account_keys.account_number = accounts.account_number
where not account_keys.is_shared
group by account_keys.key_type, account_keys.key_value
having count(distinct accounts.customer_key) > 1
