with

customer_values as (

    select * from {{ ref('customer_values') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}
    where is_current

),

-- What came after the date is not known yet: neither accounts nor cards, nor what a card says since.
accounts as (

    select accounts.*
    from {{ ref('int_accounts_resolved') }} as accounts
    inner join dates
        on accounts.known_from_date <= dates.as_of_date

),

cards as (

    select
        accounts.customer_key,
        members.account_type,
        members.joined_date
    from {{ ref('int_members_loaded') }} as members
    inner join accounts
        on
            members.source = accounts.source
            and members.account_reference = accounts.account_reference
    inner join dates
        on coalesce(members.joined_date, dates.as_of_date) <= dates.as_of_date

),

card_versions as (

    select
        accounts.customer_key,
        accounts.account_number,
        versions.*
    from {{ ref('int_member_versions_dated') }} as versions
    inner join accounts
        on
            versions.source = accounts.source
            and versions.account_reference = accounts.account_reference
    inner join dates
        on
            versions.valid_from_date <= dates.as_of_date
            and coalesce(versions.valid_to_date > dates.as_of_date, true)
            and coalesce(versions.joined_date <= dates.as_of_date, true)

),

account_counts as (

    select
        customer_key,
        count(*) as accounts_count,
        min_by(source, account_number) as first_seen_source
    from accounts
    group by customer_key

),

-- Of several cards, the one whose record is newest speaks for the customer.
newest_cards as (

    select *
    from card_versions
    qualify row_number() over (
        partition by customer_key
        order by updated_at desc nulls last, account_number
    ) = 1

),

first_joined as (

    select
        customer_key,
        min(joined_date) as joined_date,
        bool_or(account_type = 'member') as is_member
    from cards
    group by customer_key

)

select
    customer_values.customer_key,
    account_counts.first_seen_source,
    cast(account_counts.accounts_count as integer) as accounts_count,
    coalesce(first_joined.is_member, false) as is_member,
    newest_cards.gender,
    newest_cards.birth_year,
    newest_cards.home_store_id,
    first_joined.joined_date,
    newest_cards.member_status,
    newest_cards.card_tier,
    newest_cards.has_contact_consent,
    customer_values.first_purchase_date,
    customer_values.last_purchase_date
from customer_values
inner join account_counts
    on customer_values.customer_key = account_counts.customer_key
left join newest_cards
    on customer_values.customer_key = newest_cards.customer_key
left join first_joined
    on customer_values.customer_key = first_joined.customer_key
