with

events as (

    select * from {{ source('generic', 'service_events') }}

),

typed as (

    select
        _load_id as load_id,
        _row_number as row_number,
        _position_id as position_id,

        {{ clean_text('event_id') }} as event_id,
        {{ clean_account_id('member_no') }} as account_id,
        lower({{ clean_text('event_type') }}) as event_type,
        {{ clean_text('department') }} as department,
        lower({{ clean_text('channel') }}) as channel,
        {{ clean_text('tag') }} as tag,

        {{ to_integer('minutes') }} as minutes,
        {{ to_decimal('score_expected') }} as score_expected,
        {{ to_decimal('score_perceived') }} as score_perceived,
        {{ to_integer('recommend_score') }} as recommend_score,

        {{ to_business_date(to_utc('happened_at')) }} as business_date,
        {{ to_utc('updated_at') }} as updated_at,

        {{ clean_text('minutes') }} as minutes_text,
        {{ clean_text('score_expected') }} as score_expected_text,
        {{ clean_text('score_perceived') }} as score_perceived_text,
        {{ clean_text('recommend_score') }} as recommend_score_text,
        {{ clean_text('updated_at') }} as updated_text,

        {{ payload_hash([
            'event_id', 'member_no', 'happened_at', 'event_type', 'department', 'channel', 'minutes',
            'score_expected', 'score_perceived', 'recommend_score', 'tag', 'updated_at',
        ]) }} as payload_hash

    from events

),

judged as (

    select
        *,
        {{ first_rejection([
            ['event_id', 'event_id is null', 'missing_value'],
            ['happened_at', 'business_date is null', 'not_a_timestamp'],
            [
                'event_type',
                "coalesce(event_type, '') not in ('contact', 'complaint', 'complaint_closed', 'survey', 'note', 'service', 'benefit')",
                'unknown_kind',
            ],
            ['minutes', 'minutes is null and minutes_text is not null', 'not_a_whole_number'],
            ['minutes', 'minutes < 0', 'negative_value'],
            ['score_expected', 'score_expected is null and score_expected_text is not null', 'not_a_decimal'],
            ['score_expected', is_no_score('score_expected'), 'score_out_of_range'],
            ['score_perceived', 'score_perceived is null and score_perceived_text is not null', 'not_a_decimal'],
            ['score_perceived', is_no_score('score_perceived'), 'score_out_of_range'],
            ['recommend_score', 'recommend_score is null and recommend_score_text is not null', 'not_a_whole_number'],
            ['recommend_score', 'recommend_score not between 0 and 10', 'score_out_of_range'],
            ['updated_at', 'updated_at is null and updated_text is not null', 'not_a_timestamp'],
        ]) }}
    from typed

)

select
    'generic' as source,
    'service_events' as feed,
    load_id,
    row_number,
    position_id,

    event_id,
    case when account_id is not null then 'member' end as account_type,
    account_id,
    business_date,
    event_type,
    department,
    channel,
    minutes,
    case when rejected_reason_code is null then cast(score_expected as decimal(9, 2)) end as score_expected,
    case when rejected_reason_code is null then cast(score_perceived as decimal(9, 2)) end as score_perceived,
    recommend_score,
    tag,
    updated_at,
    payload_hash,
    rejected_column,
    rejected_reason_code

from judged
