"""What a right pipeline must find in the sample's files, kept while the files are written.

Nothing here reads the files: rows are counted by the outcome they were written for, and values by the
purchases they stand for. See ``README`` for the files of the truth folder.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import dataset

from clientele.sample.catalogue import CURRENCY, STORES
from clientele.sample.files import ExportFile
from clientele.sample.mishaps import Outcome, Rows
from clientele.sample.overrides import KINDS, TIERS, Overrides, override_id
from clientele.sample.people import (
    COUNTER_PHONE_CARDS,
    LINK_ACCOUNT,
    MAXIMUM_RECEIPTS,
    People,
    card_email,
    international,
    member_no,
    person_id,
    phone,
    web_account,
    web_email,
)
from clientele.sample.prospects import NO_DAY, Prospects, prospect_id
from clientele.sample.purchases import ACCOUNT, EMAIL, NOBODY, PHONE, Receipts
from clientele.sample.randomness import BoolArray, IntArray
from clientele.sample.records import RecordRows
from clientele.sample.rendering import money
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline
from clientele.sample.truth_of_service import CardFigures, ServiceFigures

SOURCE: Final = "generic"
#: ISO 4217 for "no currency": rows without money and rows that cannot be split into fields.
NO_CURRENCY: Final = "XXX"
#: Scheme and the shares of sales, in percent, at which tier A and tier B end.
ABC_SCHEMES: Final = (("abc_sales_70_20_10", 70, 90), ("abc_sales_75_20_5", 75, 95))

README: Final = """\
What a right reading of the sample shop's files gives, as of the day `end` in sample.json.

people.parquet
    One row per person: person_id, is_member, joined_date (of the first card), net_sales_12m_amount and
    net_sales_lifetime_amount (CNY), visits_12m_count, visits_lifetime_count. Of the card whose record was
    changed last: points_balance, stored_value_balance_amount (CNY), buyer_type, has_contact_consent. Of the
    events of service that name one of the person's cards: contacts_12m_count, complaints_12m_count,
    surveys_12m_count, service_minutes_12m_count (of all events), open_complaints_count (complaints less their
    ends), personality_tag. Everybody in it is a customer known by that day.
referrals.parquet
    One row per person whose card names who brought it: person_id, referrer_person_id, is_converted (bought at
    least once), is_in_loop (following the names from here leads back here).
prospects.parquet
    One row per prospect of which a record counts: prospect_id, person_id (null: not a customer otherwise),
    created_date, expected_close_date.
overrides.parquet
    One row per override of which a record counts: override_id, person_id, scheme_id, tier_code, kind,
    valid_from_date, valid_until_date (null: open), is_in_force.
accounts.parquet
    One row per account that a loaded row of sales or members shows: person_id, source, account_type (member,
    ecommerce, phone, email), account_id in plain normal form (phones as E.164, addresses in lower case).
expected_tiers.parquet
    One row per person and scheme: person_id, scheme_id, tier_code.
shared_contacts.csv
    Phones on too many cards, which link nobody: source, account_type, account_id, cards_count.
files.csv
    One row per file and currency: source, feed, file_name, status, reason_code, currency_code, then rows and
    amounts in, loaded, duplicate, superseded and quarantined. The rows of a refused file count only in
    rows_refused; those of a file dropped again under another name only as in and duplicate.
totals.csv
    files.csv summed by source, feed and currency. In = loaded + duplicate + superseded + quarantined.

Amounts are the files' own net_amount, as in a ledger: positive on returns, and 0 where they cannot be read.
XXX stands for no currency: the rows of feeds without money, and rows that cannot be split into fields. Nobody
owns accounts that no rule can link, and every phone shared by several people is on more cards than the guard
against shared phones lets pass.
"""

_OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)
_FILE_COLUMNS = ("source", "feed", "file_name", "status", "reason_code", "currency_code")
_TOTAL_COLUMNS = ("source", "feed", "currency_code")
_SHARED_COLUMNS = ("source", "account_type", "account_id", "cards_count")
_MEASURES = (
    "rows_in",
    *(f"rows_{outcome}" for outcome in _OUTCOMES),
    "rows_refused",
    "amount_in",
    *(f"amount_{outcome}" for outcome in _OUTCOMES),
)
_PEOPLE_SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("is_member", pa.bool_()),
        ("joined_date", pa.date32()),
        ("net_sales_12m_amount", pa.decimal128(18, 2)),
        ("net_sales_lifetime_amount", pa.decimal128(18, 2)),
        ("visits_12m_count", pa.int64()),
        ("visits_lifetime_count", pa.int64()),
        ("points_balance", pa.int64()),
        ("stored_value_balance_amount", pa.decimal128(18, 2)),
        ("buyer_type", pa.string()),
        ("has_contact_consent", pa.bool_()),
        ("contacts_12m_count", pa.int64()),
        ("complaints_12m_count", pa.int64()),
        ("surveys_12m_count", pa.int64()),
        ("service_minutes_12m_count", pa.int64()),
        ("open_complaints_count", pa.int64()),
        ("personality_tag", pa.string()),
    ]
)
_ACCOUNTS_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("person_id", "source", "account_type", "account_id")]
)
_REFERRALS_SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("referrer_person_id", pa.string()),
        ("is_converted", pa.bool_()),
        ("is_in_loop", pa.bool_()),
    ]
)
_PROSPECTS_SCHEMA = pa.schema(
    [
        ("prospect_id", pa.string()),
        ("person_id", pa.string()),
        ("created_date", pa.date32()),
        ("expected_close_date", pa.date32()),
    ]
)
_OVERRIDES_SCHEMA = pa.schema(
    [
        ("override_id", pa.string()),
        ("person_id", pa.string()),
        ("scheme_id", pa.string()),
        ("tier_code", pa.string()),
        ("kind", pa.string()),
        ("valid_from_date", pa.date32()),
        ("valid_until_date", pa.date32()),
        ("is_in_force", pa.bool_()),
    ]
)
_SCHEMAS = {
    "people": _PEOPLE_SCHEMA,
    "accounts": _ACCOUNTS_SCHEMA,
    "referrals": _REFERRALS_SCHEMA,
    "prospects": _PROSPECTS_SCHEMA,
    "overrides": _OVERRIDES_SCHEMA,
}


@dataclass(frozen=True)
class FileCount:
    """Rows and amounts (fen) of one file and currency by outcome; a refused file has neither."""

    feed: str
    file_name: str
    status: str
    reason_code: str
    currency_code: str
    rows: list[int]
    amounts: list[int]
    rows_refused: int = 0

    def plus(self, other: FileCount) -> FileCount:
        return replace(
            self,
            rows=[a + b for a, b in zip(self.rows, other.rows, strict=True)],
            amounts=[a + b for a, b in zip(self.amounts, other.amounts, strict=True)],
            rows_refused=self.rows_refused + other.rows_refused,
        )

    def dropped_again(self, file_name: str) -> FileCount:
        """The same file under another name: every row is a duplicate."""
        nothing = [0] * len(Outcome)
        rows, amounts = list(nothing), list(nothing)
        rows[Outcome.DUPLICATE], amounts[Outcome.DUPLICATE] = sum(self.rows), sum(self.amounts)
        return replace(
            self, file_name=file_name, status="duplicate_file", reason_code="", rows=rows, amounts=amounts
        )


@dataclass
class FeedTotals:
    """Rows and amounts of one feed's files by currency (this shop's first, none second) and outcome."""

    files: Sequence[ExportFile]

    def __post_init__(self) -> None:
        shape = (len(self.files), 2, len(Outcome))
        self.rows = np.zeros(shape, dtype=np.int64)
        self.amounts = np.zeros(shape, dtype=np.int64)

    def add(self, file: IntArray, has_currency: BoolArray, outcome: IntArray, amount: IntArray) -> None:
        """Count rows that were written; ``amount`` in fen."""
        position = (file * 2 + ~has_currency) * len(Outcome) + outcome
        self.rows += np.bincount(position, minlength=self.rows.size).reshape(self.rows.shape)
        np.add.at(self.amounts.reshape(-1), position, amount)


def add_sales(totals: FeedTotals, rows: Rows) -> None:
    totals.add(rows.file, ~rows.is_malformed, rows.outcome, rows.readable_amount)


@dataclass(frozen=True)
class PersonSales:
    """Net sales (fen) and visits of each person of a block, over twelve months and over all."""

    net_12m: IntArray
    net_lifetime: IntArray
    visits_12m: IntArray
    visits_lifetime: IntArray

    def plus(self, other: PersonSales) -> PersonSales:
        return PersonSales(**{name: values + getattr(other, name) for name, values in vars(self).items()})


def person_sales(timeline: Timeline, people: People, receipts: Receipts, rows: Rows) -> PersonSales:
    """Values of the people from one channel's loaded rows; nobody's receipts count for nobody."""
    size = len(people.number)
    is_known = receipts.identified_by != NOBODY
    own_day = np.where(rows.counts_on_its_own, rows.time // SECONDS_PER_DAY, receipts.day[rows.receipt])
    whose = receipts.person[rows.receipt]
    amount = np.where(is_known[rows.receipt], rows.net_sales, 0)
    in_window = own_day > timeline.window_start
    receipt_net = np.zeros(len(receipts.person), dtype=np.int64)
    np.add.at(receipt_net, rows.receipt, np.where(rows.counts_on_its_own, 0, rows.net_sales))
    is_visit = is_known & (receipt_net > 0)
    visits = _visits(receipts, is_visit)
    recent_visits = visits & (receipts.day > timeline.window_start)
    return PersonSales(
        net_12m=_summed(whose, np.where(in_window, amount, 0), size),
        net_lifetime=_summed(whose, amount, size),
        visits_12m=np.bincount(receipts.person[recent_visits], minlength=size),
        visits_lifetime=np.bincount(receipts.person[visits], minlength=size),
    )


def _summed(position: IntArray, amount: IntArray, size: int) -> IntArray:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, position, amount)
    return total


def _visits(receipts: Receipts, is_visit: BoolArray) -> BoolArray:
    """One receipt for each visit: of one person, day and store at the till; every order on the web."""
    chosen = np.flatnonzero(is_visit)
    is_web = receipts.store[chosen] < 0
    order_index = np.where(is_web, receipts.index[chosen] + 1, 0)
    place = receipts.store[chosen] + 1 + (len(STORES) + 1) * order_index
    places = (len(STORES) + 1) * (MAXIMUM_RECEIPTS + 1)
    days = int(receipts.day.max(initial=0)) + 1
    person_days = receipts.person[chosen] * days + receipts.day[chosen]
    _, first = np.unique(person_days * places + place, return_index=True)
    visits = np.zeros(len(is_visit), dtype=bool)
    visits[chosen[first]] = True
    return visits


class TruthWriter:
    """Writes what there is per person, account, referral, prospect and override block by block."""

    def __init__(self, folder: Path, timeline: Timeline) -> None:
        self._folder, self._timeline = folder, timeline
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet.part", schema)
            for name, schema in _SCHEMAS.items()
        }

    def _write(self, name: str, columns: Sequence[pa.Array]) -> None:
        self._writers[name].write_table(pa.table(list(columns), schema=_SCHEMAS[name]))

    def _dates(self, day: IntArray, is_known: BoolArray) -> pa.Array:
        days = np.where(is_known, day, 0).astype("timedelta64[D]")
        return pa.array(np.datetime64(self._timeline.first) + days, mask=~is_known)

    def add_people(
        self, people: People, sales: PersonSales, cards: CardFigures, service: ServiceFigures
    ) -> None:
        columns = [
            pa.array([person_id(number) for number in people.number.tolist()]),
            pa.array(people.is_member),
            self._dates(people.joined // SECONDS_PER_DAY, people.is_member),
            _decimals(sales.net_12m),
            _decimals(sales.net_lifetime),
            pa.array(sales.visits_12m),
            pa.array(sales.visits_lifetime),
            pa.array(cards.points, mask=~cards.has_card),
            _decimals(cards.stored_value, is_known=cards.has_stored_value),
            pa.array([kind or None for kind in cards.buyer_type], pa.string(), mask=~cards.has_card),
            pa.array(cards.has_consent, mask=~cards.has_card),
            pa.array(service.contacts_12m),
            pa.array(service.complaints_12m),
            pa.array(service.surveys_12m),
            pa.array(service.minutes_12m),
            pa.array(service.open_complaints),
            pa.array(service.personality_tag, pa.string()),
        ]
        self._write("people", columns)

    def add_accounts(self, people: People, till: Receipts, web: Receipts) -> None:
        """Every account that a readable row shows."""
        accounts = sorted(set(_accounts(people, till, web)))
        rows = [(person_id(number), SOURCE, kind, account) for number, kind, account in accounts]
        self._write("accounts", [pa.array(values, pa.string()) for values in zip(*rows, strict=True)])

    def add_referrals(self, people: People, sales: PersonSales) -> None:
        """Who was brought by whom."""
        chosen = people.referrer >= 0
        number, referrer = people.number[chosen], people.referrer[chosen]
        self._write(
            "referrals",
            [
                pa.array([person_id(one) for one in number.tolist()], pa.string()),
                pa.array([person_id(one) for one in referrer.tolist()], pa.string()),
                pa.array(sales.visits_lifetime[chosen] > 0),
                pa.array(people.is_in_referral_loop[chosen]),
            ],
        )

    def add_prospects(self, prospects: Prospects, rows: RecordRows) -> None:
        """The prospects whose record counts."""
        kept = rows.loaded
        number, is_customer = prospects.number[kept], prospects.is_customer[kept]
        close_day = prospects.close_day[kept]
        whose = zip(number.tolist(), is_customer.tolist(), strict=True)
        self._write(
            "prospects",
            [
                pa.array([prospect_id(one, known) for one, known in whose], pa.string()),
                pa.array([person_id(one) for one in number.tolist()], pa.string(), mask=~is_customer),
                self._dates(prospects.time[kept] // SECONDS_PER_DAY, np.ones(len(kept), dtype=bool)),
                self._dates(close_day, close_day != NO_DAY),
            ],
        )

    def add_overrides(self, overrides: Overrides, rows: RecordRows) -> None:
        """The overrides whose record counts."""
        kept = rows.loaded
        number, until_day = overrides.number[kept].tolist(), overrides.until_day[kept]
        tiers = [TIERS[tier] for tier in overrides.tier[kept].tolist()]
        self._write(
            "overrides",
            [
                pa.array([override_id(one) for one in number], pa.string()),
                pa.array([person_id(one) for one in number], pa.string()),
                pa.array([scheme for scheme, _ in tiers], pa.string()),
                pa.array([tier for _, tier in tiers], pa.string()),
                pa.array([KINDS[kind] for kind in overrides.kind[kept].tolist()], pa.string()),
                self._dates(overrides.from_day[kept], np.ones(len(kept), dtype=bool)),
                self._dates(until_day, until_day != NO_DAY),
                pa.array(overrides.is_in_force(self._timeline.last_day)[kept]),
            ],
        )

    def finish(self, counts: Sequence[FileCount], counter_phones: Iterable[str]) -> None:
        """Rank everybody, write the totals, and give the files their names."""
        for name, writer in self._writers.items():
            writer.close()
            (self._folder / f"{name}.parquet.part").rename(self._folder / f"{name}.parquet")
        _write_tiers(self._folder)
        file_rows = [_file_row(count) for count in counts]
        _write_csv(self._folder / "files.csv", _FILE_COLUMNS + _MEASURES, file_rows)
        _write_csv(self._folder / "totals.csv", _TOTAL_COLUMNS + _MEASURES, _total_rows(counts))
        shared = [(SOURCE, "phone", international(digits), COUNTER_PHONE_CARDS) for digits in counter_phones]
        _write_csv(self._folder / "shared_contacts.csv", _SHARED_COLUMNS, shared)
        _write_text(self._folder / "README", README)


def _decimals(fen: IntArray, is_known: BoolArray | None = None) -> pa.Array:
    """Fen as DECIMAL(18, 2): the same digits with the point moved; null where it is not known."""
    pairs = np.empty((len(fen), 2), dtype="<i8")
    pairs[:, 0], pairs[:, 1] = fen, fen >> 63
    amounts = pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(pairs.tobytes())])
    return amounts if is_known is None else pc.if_else(pa.array(is_known), amounts, None)


def _accounts(people: People, till: Receipts, web: Receipts) -> Iterator[tuple[int, str, str]]:
    """(person's number, account type, account id), some of them more than once."""

    def who(receipts: Receipts, identified_by: int) -> BoolArray:
        shown = np.zeros(len(people.number), dtype=bool)
        shown[receipts.person[receipts.identified_by == identified_by]] = True
        return shown

    has_orders = who(web, ACCOUNT)
    has_account = has_orders | (people.web_link == LINK_ACCOUNT)
    has_phone = (
        people.has_card_phone | who(till, PHONE) | who(web, PHONE) | (has_orders & people.web_shows_phone)
    )
    has_web_email = who(web, EMAIL) | (has_orders & people.web_shows_email)
    for position, number in enumerate(people.number.tolist()):
        if people.is_member[position]:
            yield number, "member", member_no(number)
        if people.has_second_card[position]:
            yield number, "member", member_no(number, 1)
        if has_account[position]:
            yield number, "ecommerce", web_account(number)
        if has_phone[position]:
            yield number, "phone", international(phone(number))
        if people.has_card_email[position]:
            yield number, "email", card_email(number)
        if has_web_email[position]:
            yield number, "email", web_email(number, int(people.web_link[position]))


def _write_tiers(folder: Path) -> None:
    """Rank by net sales of twelve months; equal customers share the tier of the first of them."""
    part = folder / "expected_tiers.parquet.part"
    with duckdb.connect(config={"threads": 1, "temp_directory": str(folder / "spill")}) as connection:
        connection.register("people", dataset.dataset(folder / "people.parquet"))
        connection.execute("create table schemes (scheme_id varchar, a_percent integer, b_percent integer)")
        connection.executemany("insert into schemes values (?, ?, ?)", ABC_SCHEMES)
        batches = connection.execute(_TIERS).to_arrow_reader(100_000)
        with pq.ParquetWriter(part, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    part.rename(folder / "expected_tiers.parquet")


_TIERS: Final = """
with amounts as (
    select net_sales_12m_amount as amount, sum(net_sales_12m_amount) as same_amount
    from people group by net_sales_12m_amount
),
shares as (
    select
        amount,
        sum(same_amount) over () as total,
        coalesce(
            sum(same_amount) over (order by amount desc rows between unbounded preceding and 1 preceding), 0
        ) as amount_before
    from amounts
)
select
    people.person_id,
    schemes.scheme_id,
    case
        when shares.amount_before * 100 < shares.total * schemes.a_percent then 'A'
        when shares.amount_before * 100 < shares.total * schemes.b_percent then 'B'
        else 'C'
    end as tier_code
from people
inner join shares on people.net_sales_12m_amount = shares.amount
cross join schemes
order by schemes.scheme_id, people.person_id
"""


def feed_counts(totals: FeedTotals) -> list[FileCount]:
    """One count per accepted file and currency that has rows."""
    counts = []
    for position, file in enumerate(totals.files):
        for place, currency in enumerate((CURRENCY, NO_CURRENCY)):
            rows, amounts = totals.rows[position, place], totals.amounts[position, place]
            if rows.any():
                counts.append(
                    FileCount(file.feed, file.name, "accepted", "", currency, rows.tolist(), amounts.tolist())
                )
    return counts


def _measures(count: FileCount) -> list[str | int]:
    return [
        sum(count.rows),
        *count.rows,
        count.rows_refused,
        money(sum(count.amounts)),
        *(money(amount) for amount in count.amounts),
    ]


def _file_row(count: FileCount) -> list[str | int]:
    described = [SOURCE, count.feed, count.file_name, count.status, count.reason_code, count.currency_code]
    return [*described, *_measures(count)]


def _total_rows(counts: Sequence[FileCount]) -> list[list[str | int]]:
    sums: dict[tuple[str, str], FileCount] = {}
    for count in counts:
        key = (count.feed, count.currency_code)
        sums[key] = sums[key].plus(count) if key in sums else count
    return [[SOURCE, *key, *_measures(sums[key])] for key in sorted(sums)]


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    _write_text(path, text.getvalue())


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(text.encode())
    part.rename(path)
