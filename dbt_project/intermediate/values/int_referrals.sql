with

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

members as (

    select * from {{ ref('int_members_loaded') }}
    where referrer_account_id is not null

),

cards_referred as (

    select
        referrers.customer_key,
        referred.customer_key as referred_customer_key,
        referred.account_number as referred_account_number,
        coalesce(members.joined_date, referred.known_from_date) as joined_date
    from members
    inner join accounts as referred
        on
            members.source = referred.source
            and members.account_reference = referred.account_reference
    inner join accounts as referrers
        on
            members.source = referrers.source
            and referrers.account_type = 'member'
            and members.referrer_account_id = referrers.account_id

)

-- Two cards of one customer may name each other, and two cards two referrers: the first other customer counts.
select
    customer_key,
    referred_customer_key,
    joined_date
from cards_referred
where customer_key <> referred_customer_key
qualify row_number() over (
    partition by referred_customer_key
    order by joined_date, referred_account_number
) = 1
