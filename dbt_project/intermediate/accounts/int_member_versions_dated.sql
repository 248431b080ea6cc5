{#-
  What a card said at a day. A record without a time of change says nothing about since when: the newest of them holds
  from the beginning, until the first that has a time.
-#}
with

members as (

    select * from {{ ref('int_members_unioned') }}
    where rejected_reason_code is null

),

in_conflict as (

    select
        load_id,
        row_number
    from {{ ref('int_member_versions_resolved') }}
    where outcome = 'quarantined'

),

accepted as (

    select
        members.*,
        {{ account_reference() }} as account_reference,
        coalesce({{ to_business_date('members.updated_at') }}, date '1900-01-01') as changed_date
    from members
    left join in_conflict
        on
            members.load_id = in_conflict.load_id
            and members.row_number = in_conflict.row_number
    where in_conflict.load_id is null

),

-- Of several changes in a day the last is what the day ends with.
days as (

    select *
    from accepted
    qualify row_number() over (
        partition by source, account_reference, changed_date
        order by
            updated_at desc nulls last,
            position_id desc,
            load_id desc,
            row_number desc
    ) = 1

),

dated as (

    select
        *,
        lag(changed_date) over card as previous_changed_date,
        lead(changed_date) over card as valid_to_date
    from days
    window card as (partition by source, account_reference order by changed_date)

)

select
    source,
    account_reference,
    -- Before the first change that was exported, the card said what it says there, as far as anybody knows.
    case when previous_changed_date is null then date '1900-01-01' else changed_date end as valid_from_date,
    valid_to_date,

    load_id,
    row_number,
    account_type,
    account_id,
    phone_hash,
    email_hash,
    ecommerce_account_id,
    gender,
    birth_year,
    joined_date,
    home_store_id,
    member_status,
    card_tier,
    has_contact_consent,
    points_balance,
    stored_value_balance_amount,
    stored_value_opened_date,
    referrer_account_id,
    buyer_type,
    has_supply_agreement,
    is_platform_account,
    has_social_value,
    has_breached_agreement,
    overdue_days,
    overdue_amount,
    child_birth_year,
    updated_at

from dated
