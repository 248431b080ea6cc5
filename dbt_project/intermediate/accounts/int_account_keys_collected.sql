with

accounts as (

    select * from {{ ref('int_accounts_seen') }}

),

members as (

    select * from {{ ref('int_members_loaded') }}

),

receipts as (

    select * from {{ ref('int_receipts_identified') }}
    where account_reference is not null

),

-- The newest contact seen with an account is its contact: a corrected phone undoes what the wrong one linked.
{% for contact in ['phone', 'email'] -%}
newest_{{ contact }}s as (

    select
        source,
        account_reference,
        {{ contact }}_hash
    from receipts
    where {{ contact }}_hash is not null
    qualify row_number() over (
        partition by source, account_reference
        order by occurred_at desc, channel, receipt_no
    ) = 1

),

{% endfor -%}
described as (

    select
        accounts.account_number,
        accounts.source,
        accounts.account_type,
        accounts.account_id,
        members.ecommerce_account_id,
        coalesce(members.phone_hash, newest_phones.phone_hash) as phone_hash,
        coalesce(members.email_hash, newest_emails.email_hash) as email_hash
    from accounts
    left join members
        on
            accounts.source = members.source
            and accounts.account_reference = members.account_reference
    left join newest_phones
        on
            accounts.source = newest_phones.source
            and accounts.account_reference = newest_phones.account_reference
    left join newest_emails
        on
            accounts.source = newest_emails.source
            and accounts.account_reference = newest_emails.account_reference

),

-- Numbers mean something within one system only: customer 12 of two shops is two people.
keys as (

    select
        account_number,
        account_type,
        'card' as key_type,
        source || ':' || account_id as key_value
    from described
    where account_type = 'member'

    union all

    select
        account_number,
        account_type,
        'ecommerce_account' as key_type,
        source || ':' || account_id as key_value
    from described
    where account_type = 'ecommerce'

    union all

    select
        account_number,
        account_type,
        'ecommerce_account' as key_type,
        source || ':' || ecommerce_account_id as key_value
    from described
    where account_type = 'member'

    union all

    select
        account_number,
        account_type,
        'phone' as key_type,
        phone_hash as key_value
    from described

    union all

    select
        account_number,
        account_type,
        'email' as key_type,
        email_hash as key_value
    from described

)

select distinct
    account_number,
    account_type,
    key_type,
    key_value
from keys
where key_value is not null
