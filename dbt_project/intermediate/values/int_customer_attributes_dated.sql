{{ config(in_parts_of='customers') }}

{%- set card_columns = [
    'gender', 'birth_year', 'member_status', 'card_tier', 'has_contact_consent', 'buyer_type',
    'has_supply_agreement', 'is_platform_account', 'has_social_value', 'has_breached_agreement',
    'points_balance', 'stored_value_balance_amount', 'stored_value_opened_date', 'overdue_days', 'overdue_amount',
] -%}
with

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

dates as (

    select * from {{ ref('int_as_of_dates') }}

),

prospects as (

    select
        accounts.customer_key,
        prospects.created_date,
        prospects.expected_close_date,
        prospects.phone_hash is not null or prospects.email_hash is not null as has_contact
    from {{ ref('int_prospects_loaded') }} as prospects
    inner join accounts
        on
            prospects.source = accounts.source
            and prospects.account_reference = accounts.account_reference

),

card_versions as (

    select
        accounts.customer_key,
        accounts.account_number,
        accounts.known_from_date,
        versions.*,
        versions.phone_hash is not null or versions.email_hash is not null as has_contact
    from {{ ref('int_member_versions_dated') }} as versions
    inner join accounts
        on
            versions.source = accounts.source
            and versions.account_reference = accounts.account_reference

),

cards_counted as (

    select
        customer_key,
        count(distinct account_number) as cards_count
    from card_versions
    group by customer_key

),

dated_versions as (

    select
        card_versions.*,
        dates.as_of_date,
        cards_counted.cards_count
    from card_versions
    inner join cards_counted
        on card_versions.customer_key = cards_counted.customer_key
    inner join dates
        on
            card_versions.valid_from_date <= dates.as_of_date
            and coalesce(card_versions.valid_to_date > dates.as_of_date, true)
            and card_versions.known_from_date <= dates.as_of_date
            and coalesce(card_versions.joined_date <= dates.as_of_date, true)

),

-- Of several cards, the one whose record is newest speaks for the customer. Most customers hold one card only, and
-- are spared the sorting.
newest_versions as (

    select
        customer_key,
        as_of_date,
        has_contact,
        {{ card_columns | join(',\n        ') }}
    from dated_versions
    where cards_count = 1

    union all

    select
        customer_key,
        as_of_date,
        bool_or(has_contact) over (partition by customer_key, as_of_date) as has_contact,
        {{ card_columns | join(',\n        ') }}
    from dated_versions
    where cards_count > 1
    qualify row_number() over (
        partition by customer_key, as_of_date
        order by updated_at desc nulls last, account_number
    ) = 1

),

memberships as (

    select
        accounts.customer_key,
        min(members.joined_date) as joined_date,
        min(coalesce(members.joined_date, date '1900-01-01')) filter (where members.account_type = 'member')
            as member_from_date
    from {{ ref('int_members_loaded') }} as members
    inner join accounts
        on
            members.source = accounts.source
            and members.account_reference = accounts.account_reference
    group by accounts.customer_key

),

contacts_seen as (

    select
        accounts.customer_key,
        min(receipts.business_date) as seen_date
    from {{ ref('int_receipts_identified') }} as receipts
    inner join accounts
        on
            receipts.source = accounts.source
            and receipts.account_reference = accounts.account_reference
    where receipts.phone_hash is not null or receipts.email_hash is not null
    group by accounts.customer_key

    union all

    select
        customer_key,
        min(created_date) as seen_date
    from prospects
    where has_contact
    group by customer_key

),

first_contacts as (

    select
        customer_key,
        min(seen_date) as seen_date
    from contacts_seen
    group by customer_key

),

customers_known as (

    select
        customer_key,
        min(known_from_date) as known_from_date,
        min(known_from_date) filter (where account_type <> 'prospect') as more_than_prospect_from_date
    from accounts
    group by customer_key

),

population as (

    select
        customers_known.*,
        dates.as_of_date
    from customers_known
    inner join dates
        on customers_known.known_from_date <= dates.as_of_date

),

prospect_months as (

    select
        prospects.customer_key,
        prospects.expected_close_date,
        dates.as_of_date,
        12 * (extract(year from prospects.expected_close_date) - extract(year from dates.as_of_date))
        + extract(month from prospects.expected_close_date) - extract(month from dates.as_of_date) as months_apart
    from prospects
    inner join dates
        on prospects.created_date <= dates.as_of_date

),

-- The smallest number of months after which the day of closing is reached; a day of the past is reached already.
next_closings as (

    select
        customer_key,
        as_of_date,
        min(
            case
                when expected_close_date <= as_of_date then 0
                when expected_close_date <= {{ dbt.dateadd('month', 'months_apart', 'as_of_date') }}
                    then months_apart
                else months_apart + 1
            end
        ) as closes_in_months
    from prospect_months
    group by customer_key, as_of_date

)

select
    population.customer_key,
    population.as_of_date,

    coalesce(memberships.member_from_date <= population.as_of_date, false) as is_member,
    coalesce(population.more_than_prospect_from_date > population.as_of_date, true) as is_prospect_only,
    (
        coalesce(newest_versions.has_contact, false)
        or coalesce(first_contacts.seen_date <= population.as_of_date, false)
    )
    and coalesce(newest_versions.has_contact_consent, true) as is_reachable,
    newest_versions.has_contact_consent,
    newest_versions.gender,
    newest_versions.buyer_type,
    newest_versions.member_status,
    newest_versions.card_tier,
    newest_versions.has_supply_agreement,
    newest_versions.is_platform_account,
    newest_versions.has_social_value,
    newest_versions.has_breached_agreement,

    cast(
        case
            when memberships.joined_date <= population.as_of_date
                then population.as_of_date - memberships.joined_date
        end as integer
    ) as membership_days,
    cast(extract(year from population.as_of_date) - newest_versions.birth_year as integer) as age_years,
    newest_versions.points_balance,
    newest_versions.stored_value_balance_amount,
    cast(
        case
            when newest_versions.stored_value_opened_date <= population.as_of_date
                then population.as_of_date - newest_versions.stored_value_opened_date
        end as integer
    ) as stored_value_opened_days,
    newest_versions.overdue_days,
    newest_versions.overdue_amount,
    cast(next_closings.closes_in_months as integer) as prospect_closes_in_months

from population
left join newest_versions
    on
        population.customer_key = newest_versions.customer_key
        and population.as_of_date = newest_versions.as_of_date
left join memberships
    on population.customer_key = memberships.customer_key
left join first_contacts
    on population.customer_key = first_contacts.customer_key
left join next_closings
    on
        population.customer_key = next_closings.customer_key
        and population.as_of_date = next_closings.as_of_date
