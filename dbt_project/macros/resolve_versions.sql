{#-
  Of the rows that share a key, which one stands. One row per row of `relation` whose key occurs more than
  once and that was not rejected, with its outcome:

  - a version is the rows of one key with one `updated_at`; rows without one form a version per file, in the
    order the files came, older than any with a time;
  - a version whose rows differ is a conflict: all its rows are `quarantined`;
  - the newest version without a conflict stands: the first row that arrived with that content is `loaded`;
  - further rows with the same content as an earlier one without a conflict are `duplicate`, all others `superseded`.

  Keys that occur once, nearly all, never meet a window function: they are found by one aggregation.
-#}
{% macro resolve_versions(relation, key_columns) -%}
{%- set key = key_columns | join(', ') -%}
with

-- Read twice where rows share a key: held for both readings, the rows of all time would have to fit into memory.
valid_rows as not materialized (

    select
        load_id,
        row_number,
        position_id,
        updated_at,
        payload_hash,
        md5(concat_ws(chr(31), {{ key }})) as row_key
    from {{ relation }}
    where rejected_reason_code is null

),

repeated_keys as (

    select row_key
    from valid_rows
    group by row_key
    having count(*) > 1

),

versions as (

    select
        valid_rows.*,
        case when valid_rows.updated_at is null then valid_rows.position_id end as untimed_position_id
    from valid_rows
    inner join repeated_keys
        on valid_rows.row_key = repeated_keys.row_key

),

compared as (

    select
        *,
        min(payload_hash) over version <> max(payload_hash) over version as is_conflicting
    from versions
    window version as (partition by row_key, updated_at, untimed_position_id)

),

-- A row set aside in a conflict stands for nothing: the same content, come again later, is no duplicate of it.
arrived as (

    select
        *,
        row_number() over (
            partition by row_key, payload_hash, is_conflicting
            order by position_id, load_id, row_number
        ) as arrival_number
    from compared

),

newest as (

    select
        row_key,
        payload_hash
    from compared
    where not is_conflicting
    qualify row_number() over (
        partition by row_key
        order by
            updated_at desc nulls last,
            untimed_position_id desc nulls last,
            load_id desc,
            row_number desc
    ) = 1

)

select
    arrived.load_id,
    arrived.row_number,
    case
        when arrived.is_conflicting then 'quarantined'
        when arrived.arrival_number > 1 then 'duplicate'
        when arrived.payload_hash = newest.payload_hash then 'loaded'
        else 'superseded'
    end as outcome
from arrived
left join newest
    on arrived.row_key = newest.row_key
{%- endmacro %}


{#- What became of a staged row, given its row of `resolve_versions`, if it has one. -#}
{% macro outcome_of(staged, resolved) -%}
    case
        when {{ staged }}.rejected_reason_code is not null then 'quarantined'
        else coalesce({{ resolved }}.outcome, 'loaded')
    end
{%- endmacro %}


{#- The rows of `staged` that stand: readable, and set aside by no other version in `resolved`. -#}
{% macro rows_in_force(staged, resolved) -%}
select staged.*
from {{ staged }} as staged
left join {{ resolved }} as resolved
    on
        staged.load_id = resolved.load_id
        and staged.row_number = resolved.row_number
        and resolved.outcome <> 'loaded'
where
    staged.rejected_reason_code is null
    and resolved.load_id is null
{%- endmacro %}
