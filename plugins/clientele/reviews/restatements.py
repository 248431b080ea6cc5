"""Restatements: who would have another tier at a past review with what is known now, and why.

Two sides are compared, each a schema of one DuckDB connection, ``known_then`` and ``known_now``, with

``accounts``  one row per account: source, account_reference, customer_key
``tiers``     one row per customer and scheme at the date: customer_key, scheme_id, tier_code, tier_rank
``figures``   one row per customer and scheme whose tiers follow from figures of the date alone:
              customer_key, scheme_id, figures (the customer's own, as text)
``records``   one row per record in force: kind (line, member, service_event, prospect, override), source,
              record_key, account_reference, scheme_id (of an override), is_return, content, load_id,
              row_number, is_in_time: whether it is of the date or before; others only say whose an account is

and ``known_now.links``, one row per account that was linked to another: source, account_reference, load_id.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import duckdb

#: What may be the cause; where several are, the first is named: what became of the customer, then what came
#: in about the customer, then what happened to others.
CAUSES: Final = (
    "merge",
    "unmerge",
    "correction",
    "return",
    "late_line",
    "override",
    "late_record",
    "erasure",
    "scheme_edit",
    "place_among_others",
)
#: Rows that a restatement names; all of them are counted.
ROWS_NAMED: Final = 20

_SCHEMES_EDITED = "create or replace temp table schemes_edited (scheme_id varchar)"

_RESTATEMENTS = """
create or replace temp table restatements as
with

accounts as (
    select
        source,
        account_reference,
        known_then.accounts.customer_key as key_then,
        known_now.accounts.customer_key as key_now
    from known_then.accounts
    full join known_now.accounts using (source, account_reference)
),

-- A customer of then is who has the key now, or else whoever has the accounts now.
customers_then as (
    select
        key_then as customer_key,
        key_then,
        coalesce(max(key_now) filter (where key_now = key_then), min(key_now)) as key_now,
        count(distinct key_now) > 1 as is_unmerged
    from accounts
    where key_then is not null
    group by key_then
),

customers_now as (
    select
        key_now,
        min(key_then) as key_then,
        count(distinct key_then) > 1 as is_merged
    from accounts
    where key_now is not null
    group by key_now
),

customers as (
    select customer_key, key_then, key_now from customers_then
    union all
    select customers_now.key_now as customer_key, customers_now.key_then, customers_now.key_now
    from customers_now
    anti join customers_then on customers_now.key_now = customers_then.customer_key
),

tiers_then as (
    select customers.customer_key, tiers.scheme_id, tiers.tier_code, tiers.tier_rank
    from customers
    inner join known_then.tiers on customers.key_then = tiers.customer_key
),

tiers_now as (
    select customers.customer_key, tiers.scheme_id, tiers.tier_code, tiers.tier_rank
    from customers
    inner join known_now.tiers on customers.key_now = tiers.customer_key
),

differing as (
    select
        customer_key,
        scheme_id,
        tiers_then.tier_code as tier_code_then,
        tiers_now.tier_code as tier_code_now,
        tiers_then.tier_rank as tier_rank_then,
        tiers_now.tier_rank as tier_rank_now
    from tiers_then
    full join tiers_now using (customer_key, scheme_id)
    where tiers_then.tier_code is distinct from tiers_now.tier_code
),

-- Nothing that came in about a customer is the cause where the figures that decide are the same.
with_same_figures as (
    select customers.customer_key, scheme_id
    from customers
    inner join known_then.figures as figures_then on customers.key_then = figures_then.customer_key
    inner join known_now.figures as figures_now using (scheme_id)
    where customers.key_now = figures_now.customer_key and figures_then.figures = figures_now.figures
),

records_then as (
    select records.* from known_then.records
    anti join known_now.records as kept using (kind, source, record_key, content)
),

records_now as (
    select records.* from known_now.records
    anti join known_then.records as known using (kind, source, record_key, content)
),

-- Of a record that replaced another the row that did it is named, of one that is gone its own.
changed as (
    select
        coalesce(records_now.kind, records_then.kind) as kind,
        coalesce(records_now.source, records_then.source) as source,
        records_then.account_reference as reference_then,
        records_now.account_reference as reference_now,
        coalesce(records_now.scheme_id, records_then.scheme_id) as scheme_id,
        records_then.record_key is not null as was_known,
        coalesce(records_now.is_return, false) as is_return,
        coalesce(records_now.is_in_time, false) or coalesce(records_then.is_in_time, false) as is_in_time,
        coalesce(records_now.load_id, records_then.load_id) as load_id,
        coalesce(records_now.row_number, records_then.row_number) as row_number
    from records_then
    full join records_now
        on
            records_then.kind = records_now.kind
            and records_then.source = records_now.source
            and records_then.record_key = records_now.record_key
),

evidence as (
    select
        case
            when not is_in_time then null
            when kind = 'override' then 'override'
            when kind <> 'line' then 'late_record'
            when was_known then 'correction'
            when is_return then 'return'
            else 'late_line'
        end as cause,
        kind in ('member', 'prospect') as is_of_identity,
        source,
        unnest([reference_then, reference_now]) as account_reference,
        scheme_id,
        load_id,
        row_number
    from changed

    union all

    select
        null as cause, true as is_of_identity, source, account_reference, null as scheme_id, load_id,
        null as row_number
    from known_now.links
    where load_id > $known_load_id
),

of_accounts as (
    select evidence.* exclude (source, account_reference), accounts.key_then, accounts.key_now
    from evidence
    inner join accounts using (source, account_reference)
),

customer_evidence as (
    select customers.customer_key, of_accounts.* exclude (key_then, key_now)
    from of_accounts
    inner join customers using (key_then)

    union

    select customers.customer_key, of_accounts.* exclude (key_then, key_now)
    from of_accounts
    inner join customers using (key_now)
),

candidates as (
    select differing.customer_key, differing.scheme_id, customer_evidence.cause
    from differing
    inner join customer_evidence using (customer_key)
    left join with_same_figures
        on
            differing.customer_key = with_same_figures.customer_key
            and differing.scheme_id = with_same_figures.scheme_id
    where
        customer_evidence.cause is not null
        and coalesce(customer_evidence.scheme_id, differing.scheme_id) = differing.scheme_id
        and (with_same_figures.scheme_id is null or customer_evidence.cause = 'override')

    union

    select differing.customer_key, differing.scheme_id, 'merge' as cause
    from differing
    inner join customers using (customer_key)
    inner join customers_now using (key_now)
    where customers_now.is_merged

    union

    select differing.customer_key, differing.scheme_id, 'unmerge' as cause
    from differing
    inner join customers using (customer_key)
    inner join customers_then using (key_then)
    where customers_then.is_unmerged

    union

    select differing.customer_key, differing.scheme_id, 'erasure' as cause
    from differing
    inner join customers using (customer_key)
    where customers.key_now is null

    union

    select differing.customer_key, differing.scheme_id, 'scheme_edit' as cause
    from differing
    semi join schemes_edited using (scheme_id)
),

explained as (
    select
        differing.*,
        coalesce(
            arg_min(candidates.cause, list_position($causes, candidates.cause)), 'place_among_others'
        ) as cause
    from differing
    left join candidates using (customer_key, scheme_id)
    group by all
),

responsible as (
    select distinct
        explained.customer_key,
        explained.scheme_id,
        customer_evidence.load_id,
        customer_evidence.row_number
    from explained
    inner join customer_evidence using (customer_key)
    where
        coalesce(customer_evidence.scheme_id, explained.scheme_id) = explained.scheme_id
        and case
            when explained.cause in ('merge', 'unmerge') then customer_evidence.is_of_identity
            else customer_evidence.cause = explained.cause
        end
),

counted as (
    select
        customer_key,
        scheme_id,
        count(row_number) as rows_count,
        array_to_string(list_sort(list(distinct load_id)), ',') as load_ids,
        array_to_string(
            (list(load_id || ':' || row_number order by load_id, row_number)
                filter (where row_number is not null))[1:$rows_named],
            ','
        ) as row_numbers
    from responsible
    group by customer_key, scheme_id
)

select
    explained.scheme_id,
    explained.customer_key,
    explained.tier_code_then,
    explained.tier_code_now,
    explained.tier_rank_then,
    explained.tier_rank_now,
    explained.cause,
    coalesce(counted.rows_count, 0) as rows_count,
    counted.load_ids,
    counted.row_numbers
from explained
left join counted using (customer_key, scheme_id)
order by explained.scheme_id, explained.customer_key
"""


def find_restatements(
    connection: duckdb.DuckDBPyConnection, known_load_id: int, edited_schemes: Collection[str]
) -> str:
    """Compare the two sides in ``connection``; returns the name of the temporary table of restatements.

    One row per customer and scheme whose tier code differs: tiers and ranks of then and now (null: none),
    the cause, and the rows responsible: their count, their loads (``3,5``) and their places (``3:17,5:2``).
    A customer is named by the key of then where there was one. Links of loads up to ``known_load_id`` are no
    news; ``edited_schemes`` are those whose file says something else now.
    """
    connection.execute(_SCHEMES_EDITED)
    for scheme_id in sorted(edited_schemes):
        connection.execute("insert into schemes_edited values (?)", [scheme_id])
    connection.execute(
        _RESTATEMENTS, {"known_load_id": known_load_id, "causes": list(CAUSES), "rows_named": ROWS_NAMED}
    )
    return "restatements"
