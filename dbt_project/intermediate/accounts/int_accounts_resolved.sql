with

accounts as (

    select * from {{ ref('int_accounts_seen') }}

),

-- Only a key that two or more accounts hold can link anything.
linking_keys as (

    select
        account_number as node,
        key_type || ':' || key_value as hub,
        key_type
    from {{ ref('int_account_keys_guarded') }}
    where accounts_count > 1 and not is_shared

),

{{ connected_components('linking_keys') }},

strongest_keys as (

    select
        node,
        min(case key_type when 'card' then 1 when 'ecommerce_account' then 2 when 'phone' then 3 else 4 end)
            as key_strength
    from linking_keys
    group by node

),

oldest_accounts as (

    select
        account_number,
        'c' || substr(md5(source || ':' || account_reference), 1, 16) as customer_key
    from accounts

),

labelled as (

    select
        accounts.*,
        coalesce(components.component, accounts.account_number) as oldest_account_number,
        strongest_keys.key_strength
    from accounts
    left join components
        on accounts.account_number = components.node
    left join strongest_keys
        on accounts.account_number = strongest_keys.node

)

select
    labelled.source,
    labelled.account_type,
    labelled.account_id,
    labelled.account_reference,
    labelled.account_number,
    labelled.known_from_date,
    labelled.first_seen_load_id,
    oldest_accounts.customer_key,
    case
        when labelled.oldest_account_number = labelled.account_number then 'itself'
        when labelled.key_strength = 1 then 'card'
        when labelled.key_strength = 2 then 'ecommerce_account'
        when labelled.key_strength = 3 then 'phone'
        else 'email'
    end as linked_by
from labelled
inner join oldest_accounts
    on labelled.oldest_account_number = oldest_accounts.account_number
