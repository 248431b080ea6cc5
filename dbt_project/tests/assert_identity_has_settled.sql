-- A key that links leads to one customer, through however many accounts.
select
    account_keys.key_type,
    account_keys.key_value
from {{ ref('int_account_keys_guarded') }} as account_keys
inner join {{ ref('int_accounts_resolved') }} as accounts
    on account_keys.account_number = accounts.account_number
where not account_keys.is_shared
group by account_keys.key_type, account_keys.key_value
having count(distinct accounts.customer_key) > 1
