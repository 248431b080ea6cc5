with

reviews as (

    {{ sealed_reviews() }}

),

decisions as (

    select * from {{ source('lake', 'sealed_decisions') }}

),

counted as (

    select
        sequence_number,
        scheme_id,
        count(*) filter (where outcome = 'new') as new_count,
        count(*) filter (where outcome = 'upgraded') as upgraded_count,
        count(*) filter (where outcome = 'downgraded') as downgraded_count,
        count(*) filter (where outcome = 'merged') as merged_count,
        count(*) filter (where outcome = 'left') as left_count,
        count(*) as decisions_count
    from decisions
    group by sequence_number, scheme_id

)

select
    reviews.review_id,
    reviews.sequence_number,
    reviews.as_of_date,
    reviews.scheme_id,
    reviews.scheme_version,
    reviews.scheme_content_hash,
    reviews.known_load_id,

    reviews.decisions_count,
    coalesce(counted.new_count, 0) as new_count,
    coalesce(counted.upgraded_count, 0) as upgraded_count,
    coalesce(
        counted.decisions_count
        - counted.new_count
        - counted.upgraded_count
        - counted.downgraded_count
        - counted.merged_count
        - counted.left_count,
        0
    ) as kept_count,
    coalesce(counted.downgraded_count, 0) as downgraded_count,
    coalesce(counted.merged_count, 0) as merged_count,
    coalesce(counted.left_count, 0) as left_count,

    reviews.decisions_digest,
    reviews.decided_by,
    reviews.decided_at,
    reviews.decision_mode,
    reviews.record_hash,
    reviews.previous_record_hash
from reviews
left join counted
    on
        reviews.sequence_number = counted.sequence_number
        and reviews.scheme_id = counted.scheme_id
