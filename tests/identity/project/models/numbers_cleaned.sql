select {{ clean_account_id('written') }} as account_id from {{ source('lake', 'numbers_written') }}
