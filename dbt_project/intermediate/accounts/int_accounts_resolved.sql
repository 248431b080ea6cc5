with

accounts as (

    select * from {{ ref('int_accounts_seen') }}

),

links as (

    select * from {{ ref('int_account_links') }}

),

linked as (

    select
        links.account_number,
        oldest.source || ':' || oldest.account_reference as oldest_account,
        links.linked_by,
        linked_to.source as linked_to_source,
        linked_to.account_type as linked_to_account_type,
        linked_to.account_id as linked_to_account_id,
        links.linked_on_date,
        links.linked_by_load_id
    from links
    inner join accounts as oldest
        on links.oldest_account_number = oldest.account_number
    inner join accounts as linked_to
        on links.linked_to_account_number = linked_to.account_number

)

select
    accounts.source,
    accounts.account_type,
    accounts.account_id,
    accounts.account_reference,
    accounts.account_number,
    accounts.known_from_date,
    accounts.first_seen_load_id,
    'c' || substr(
        md5(coalesce(linked.oldest_account, accounts.source || ':' || accounts.account_reference)), 1, 16
    ) as customer_key,
    coalesce(linked.linked_by, 'itself') as linked_by,
    linked.linked_to_source,
    linked.linked_to_account_type,
    linked.linked_to_account_id,
    linked.linked_on_date,
    linked.linked_by_load_id
from accounts
left join linked
    on accounts.account_number = linked.account_number
