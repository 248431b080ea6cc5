with

accounts as (

    select * from {{ ref('int_accounts_seen') }}

),

members as (

    select * from {{ ref('int_members_loaded') }}

),

member_versions as (

    select * from {{ ref('int_member_versions_dated') }}

),

prospects as (

    select * from {{ ref('int_prospects_loaded') }}

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
        order by occurred_at desc, channel, receipt_no, currency_code
    ) = 1

),

{% endfor -%}
described as (

    select
        accounts.account_number,
        accounts.source,
        accounts.account_reference,
        accounts.account_type,
        accounts.account_id,
        accounts.known_from_date,
        accounts.first_seen_load_id,
        {{ number_space('accounts.source') }} as number_space,
        members.ecommerce_account_id,
        coalesce(members.phone_hash, prospects.phone_hash, newest_phones.phone_hash) as phone_hash,
        coalesce(members.email_hash, prospects.email_hash, newest_emails.email_hash) as email_hash
    from accounts
    left join members
        on
            accounts.source = members.source
            and accounts.account_reference = members.account_reference
    left join prospects
        on
            accounts.source = prospects.source
            and accounts.account_reference = prospects.account_reference
    left join newest_phones
        on
            accounts.source = newest_phones.source
            and accounts.account_reference = newest_phones.account_reference
    left join newest_emails
        on
            accounts.source = newest_emails.source
            and accounts.account_reference = newest_emails.account_reference

),

-- What an account is called by itself it is called since it is known.
own_keys as (

    select
        account_number,
        account_type,
        case account_type when 'member' then 'card' else 'ecommerce_account' end as key_type,
        number_space || ':' || account_id as key_value,
        known_from_date,
        first_seen_load_id as known_by_load_id
    from described
    where account_type in ('member', 'ecommerce')

),

-- Numbers mean something within one system only: customer 12 of two shops is two people.
told_keys as (

    select
        account_number,
        source,
        account_reference,
        account_type,
        known_from_date,
        first_seen_load_id,
        'ecommerce_account' as key_type,
        ecommerce_account_id as told,
        number_space || ':' || ecommerce_account_id as key_value
    from described
    where ecommerce_account_id is not null
{% for contact in ['phone', 'email'] %}
    union all

    select
        account_number,
        source,
        account_reference,
        account_type,
        known_from_date,
        first_seen_load_id,
        '{{ contact }}' as key_type,
        {{ contact }}_hash as told,
        {{ contact }}_hash as key_value
    from described
    where {{ contact }}_hash is not null
{% endfor %}
),

-- When a card, a receipt or a prospect first told the key. A record without a time has told it as long as it is known.
tellings as (
{% for column, key_type in [
    ('ecommerce_account_id', 'ecommerce_account'),
    ('phone_hash', 'phone'),
    ('email_hash', 'email'),
] %}
    select
        source,
        account_reference,
        '{{ key_type }}' as key_type,
        {{ column }} as told,
        {{ to_business_date('updated_at') }} as told_on_date,
        load_id as told_by_load_id
    from member_versions
    where {{ column }} is not null

    union all
{% endfor %}
{%- for contact in ['phone', 'email'] %}
    select
        source,
        account_reference,
        '{{ contact }}' as key_type,
        {{ contact }}_hash as told,
        created_date as told_on_date,
        load_id as told_by_load_id
    from prospects
    where {{ contact }}_hash is not null

    union all

    select
        source,
        account_reference,
        '{{ contact }}' as key_type,
        {{ contact }}_hash as told,
        business_date as told_on_date,
        first_load_id as told_by_load_id
    from receipts
    where {{ contact }}_hash is not null
{{ "\n    union all\n" if not loop.last }}
{%- endfor %}
),

first_tellings as (

    select
        source,
        account_reference,
        key_type,
        told,
        min(coalesce(told_on_date, date '1900-01-01')) as told_on_date,
        min(told_by_load_id) as told_by_load_id
    from tellings
    group by source, account_reference, key_type, told

)

select
    account_number,
    account_type,
    key_type,
    key_value,
    known_from_date,
    known_by_load_id
from own_keys

union all

select
    told_keys.account_number,
    told_keys.account_type,
    told_keys.key_type,
    told_keys.key_value,
    greatest(told_keys.known_from_date, first_tellings.told_on_date) as known_from_date,
    greatest(told_keys.first_seen_load_id, first_tellings.told_by_load_id) as known_by_load_id
from told_keys
left join first_tellings
    on
        told_keys.source = first_tellings.source
        and told_keys.account_reference = first_tellings.account_reference
        and told_keys.key_type = first_tellings.key_type
        and told_keys.told = first_tellings.told
