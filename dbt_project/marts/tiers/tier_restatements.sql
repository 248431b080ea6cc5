with

restatements as (

    select * from {{ source('lake', 'sealed_restatements') }}

),

reviews as (

    select distinct
        sequence_number,
        review_id
    from (
        {{ sealed_reviews() | indent(4) }}
    ) as known_reviews

)

select
    restatements.restated_review_id as review_id,
    reviews.review_id as found_in_review_id,
    restatements.scheme_id,
    restatements.customer_key,
    restatements.tier_code_then,
    restatements.tier_code_now,
    restatements.tier_rank_then,
    restatements.tier_rank_now,
    restatements.cause,
    restatements.rows_count,
    restatements.load_ids,
    restatements.row_numbers
from restatements
inner join reviews
    on restatements.sequence_number = reviews.sequence_number
