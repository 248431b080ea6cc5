with

sealed_accounts as (

    select * from {{ source('lake', 'sealed_accounts') }}

),

accounts as (

    select * from {{ ref('int_accounts_resolved') }}

),

known_again as (

    select distinct
        sealed_accounts.sequence_number,
        sealed_accounts.customer_key as sealed_customer_key,
        accounts.customer_key
    from sealed_accounts
    inner join accounts
        on
            sealed_accounts.source = accounts.source
            and sealed_accounts.account_reference = accounts.account_reference

),

followed as (

    select
        *,
        count(*) over (partition by sequence_number, sealed_customer_key) = 1 as is_one_customer
    from known_again

)

select
    sequence_number,
    sealed_customer_key,
    customer_key,
    is_one_customer,
    count(*) filter (where is_one_customer) over (partition by sequence_number, customer_key) > 1 as is_merged
from followed
