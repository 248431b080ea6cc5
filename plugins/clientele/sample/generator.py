"""The sample shop: exports for the landing folder, and the truth about them beside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from clientele.errors import ConfigurationError, UnavailableError
from clientele.sample.balances import pay_from_balances
from clientele.sample.catalogue import CURRENCY
from clientele.sample.files import (
    ExportFile,
    ExportWriter,
    event_names,
    member_names,
    override_names,
    prospect_names,
    till_names,
    web_names,
)
from clientele.sample.members import MEMBER_HEADER, MemberRows, draw_members, member_lines
from clientele.sample.mishaps import Outcome, till_rows, web_rows
from clientele.sample.overrides import OVERRIDE_HEADER, draw_overrides, override_lines, override_rows
from clientele.sample.people import (
    COUNTER_PHONE_CARDS,
    COUNTER_PHONE_EVERY,
    MAXIMUM_CUSTOMERS,
    counter_phone,
    draw_people,
)
from clientele.sample.prospects import PROSPECT_HEADER, draw_prospects, prospect_lines, prospect_rows
from clientele.sample.purchases import draw_lines, draw_receipts
from clientele.sample.randomness import Draws, IntArray
from clientele.sample.records import RecordRows
from clientele.sample.rendering import TILL_HEADER, WEB_HEADER, till_lines, web_lines
from clientele.sample.service import EVENT_HEADER, draw_events, event_lines, event_rows
from clientele.sample.timeline import Timeline
from clientele.sample.truth import (
    FeedTotals,
    FileCount,
    TruthWriter,
    add_sales,
    feed_counts,
    person_sales,
)
from clientele.sample.truth_of_service import card_figures, service_figures

#: People made at a time; memory depends on this and not on the size of the shop.
_BLOCK = 2_000
_MAXIMUM_MONTHS = 120
_MAXIMUM_SEED = (1 << 63) - 1
#: The shop's time zone has one fixed offset from some years before the first of these days.
_EARLIEST_END, _LATEST_END = date(2015, 1, 1), date(2100, 1, 1)
_MARKER = "sample.json"
_Bounded = TypeVar("_Bounded", int, date)


@dataclass(frozen=True)
class SampleSummary:
    """What was written.

    ``rows`` counts the data rows of each feed; files dropped again or refused are left out of it.
    """

    customers: int
    first_date: date
    end_date: date
    files: int
    rows: dict[str, int]
    landing: Path
    truth: Path


def generate(
    landing: Path,
    truth: Path,
    *,
    customers: int = 20_000,
    months: int = 24,
    end: date = date(2026, 6, 30),
    seed: int = 1,
    progress: Callable[[str], None] = lambda _line: None,
) -> SampleSummary:
    """Write the exports of a shop with ``customers`` people into ``landing`` and the truth into ``truth``.

    The same arguments give the same bytes, and memory does not grow with ``customers``. The history is the
    ``months`` calendar months up to and including the day ``end``. Rows of a file are in no particular order.

    Raises ConfigurationError for arguments out of range or when the folders hold another sample, and
    UnavailableError when they cannot be written.
    """
    _require_between("customers", customers, 1, MAXIMUM_CUSTOMERS)
    _require_between("months", months, 1, _MAXIMUM_MONTHS)
    _require_between("end", end, _EARLIEST_END, _LATEST_END)
    _require_between("seed", seed, 0, _MAXIMUM_SEED)
    timeline = Timeline(end=end, months=months)
    arguments: dict[str, int | str] = {"customers": customers, "months": months, "end": end.isoformat()}
    arguments["seed"] = seed
    try:
        landing.mkdir(parents=True, exist_ok=True)
        truth.mkdir(parents=True, exist_ok=True)
        _claim(truth, arguments)
        shop = _Shop(landing, truth, timeline, Draws(seed), customers)
        for first in range(0, customers, _BLOCK):
            shop.add(np.arange(first, min(first + _BLOCK, customers)))
            progress(f"sample: {min(first + _BLOCK, customers):,} of {customers:,} customers")
        return shop.finish()
    except OSError as error:
        raise UnavailableError(
            f"cannot write the sample: {error.strerror}: {error.filename}",
            remedy="check the folder's rights and the free space",
        ) from error


def _require_between(name: str, value: _Bounded, lowest: _Bounded, highest: _Bounded) -> None:
    if not lowest <= value <= highest:
        raise ConfigurationError(
            f"{name}={value} cannot be used", remedy=f"choose a value from {lowest} to {highest}"
        )


def _claim(truth: Path, arguments: dict[str, int | str]) -> None:
    """Files of two different shops in one folder would make neither's truth true."""
    marker = truth / _MARKER
    text = json.dumps(arguments, sort_keys=True) + "\n"
    if marker.exists() and marker.read_text(encoding="utf-8") != text:
        raise ConfigurationError(
            f"{truth} belongs to a sample made with other arguments",
            remedy="use another CLIENTELE_HOME, or remove its landing/generic and truth folders",
        )
    marker.write_text(text, encoding="utf-8")


class _Shop:
    """The open files of a sample and the totals kept while they grow."""

    def __init__(self, landing: Path, truth: Path, timeline: Timeline, draws: Draws, customers: int) -> None:
        self._landing, self._truth, self._timeline, self._draws = landing, truth, timeline, draws
        self._customers = customers
        self._till = self._open("pos_sales", till_names(timeline), TILL_HEADER)
        self._web = self._open("ecommerce_orders", web_names(timeline), WEB_HEADER)
        self._members = self._open("members", member_names(timeline), MEMBER_HEADER)
        self._events = self._open("service_events", event_names(timeline), EVENT_HEADER)
        self._prospects = self._open("prospects", prospect_names(timeline), PROSPECT_HEADER)
        self._overrides = self._open("tier_overrides", override_names(timeline), OVERRIDE_HEADER)
        self._truth_writer = TruthWriter(truth, timeline)

    def _open(self, feed: str, names: Sequence[str], header: str) -> tuple[ExportWriter, FeedTotals]:
        files = [ExportFile(feed, name, header) for name in names]
        return ExportWriter(self._landing, files), FeedTotals(files)

    def add(self, number: IntArray) -> None:
        """Write everything about the people with these numbers."""
        draws, timeline = self._draws, self._timeline
        people = draw_people(draws, timeline, number, self._customers)
        till, web = draw_receipts(draws, timeline, people)
        till_sold = draw_lines(draws, till)
        till, stored_values = pay_from_balances(draws, timeline, people, till, till_sold)
        till_result = till_rows(draws, timeline, till, till_sold)
        web_result = web_rows(draws, timeline, web, draw_lines(draws, web))
        member_rows = draw_members(draws, timeline, people, stored_values)
        events = draw_events(draws, timeline, people)
        event_result = event_rows(draws, timeline, events)
        prospects = draw_prospects(draws, timeline, people)
        prospect_result = prospect_rows(draws, timeline, prospects)
        overrides = draw_overrides(draws, timeline, people)
        override_result = override_rows(draws, timeline, overrides)

        writer, totals = self._till
        _append(writer, till_result.file, till_lines(timeline, people, till, till_result))
        add_sales(totals, till_result)
        writer, totals = self._web
        _append(writer, web_result.file, web_lines(timeline, people, web, web_result))
        add_sales(totals, web_result)
        lines = member_lines(draws, timeline, people, member_rows, stored_values)
        _add_without_money(self._members, member_rows, lines)
        _add_without_money(self._events, event_result, event_lines(draws, timeline, events, event_result))
        _add_without_money(
            self._prospects, prospect_result, prospect_lines(timeline, prospects, prospect_result)
        )
        _add_without_money(
            self._overrides, override_result, override_lines(timeline, overrides, override_result)
        )
        till_sales = person_sales(timeline, people, till, till_result)
        web_sales = person_sales(timeline, people, web, web_result)
        sales = till_sales.plus(web_sales)
        truth = self._truth_writer
        truth.add_people(
            people,
            sales,
            card_figures(draws, people, member_rows, stored_values),
            service_figures(draws, timeline, people, events, event_result),
        )
        truth.add_accounts(people, till, web)
        truth.add_referrals(people, sales)
        truth.add_prospects(prospects, prospect_result)
        truth.add_overrides(overrides, override_result)

    def finish(self) -> SampleSummary:
        feeds = (self._till, self._web, self._members, self._events, self._prospects, self._overrides)
        for writer, _ in feeds:
            writer.finish()
        counts = [count for _, totals in feeds for count in feed_counts(totals)]
        counts += self._drop_again(counts)
        counts.append(self._drop_unusable())
        groups = (self._customers + COUNTER_PHONE_EVERY - COUNTER_PHONE_CARDS) // COUNTER_PHONE_EVERY
        shared = (counter_phone(group * COUNTER_PHONE_EVERY) for group in range(groups))
        self._truth_writer.finish(counts, shared)
        return SampleSummary(
            customers=self._customers,
            first_date=self._timeline.first,
            end_date=self._timeline.end,
            files=len({count.file_name for count in counts}),
            rows={totals.files[0].feed: int(totals.rows.sum()) for _, totals in feeds},
            landing=self._landing,
            truth=self._truth,
        )

    def _drop_again(self, counts: Sequence[FileCount]) -> list[FileCount]:
        """A copy of one of the last days' POS files under another name."""
        names = sorted({count.file_name for count in counts if count.feed == "pos_sales"})
        if not names:
            return []
        name = names[-3 % len(names)]
        copy = name.replace(".csv", "_again.csv")
        part = self._landing / f"{copy}.part"
        shutil.copyfile(self._landing / name, part)
        part.rename(self._landing / copy)
        return [count.dropped_again(copy) for count in counts if count.file_name == name]

    def _drop_unusable(self) -> FileCount:
        """A POS file of a till that forgot the column of amounts; its rows are in no other file."""
        name = f"pos_sales_{self._timeline.end.isoformat()}_till_9.csv"
        columns = TILL_HEADER.split(",")
        missing = columns.index("net_amount")
        lines = [
            f"S09-{number:013d},1,S09,{self._timeline.end.isoformat()}T10:0{number}:00,,,FR-001,苹果,生鲜,1,14.00,"
            f"0.00,14.00,9.00,{CURRENCY},sale,,cash,"
            for number in range(1, 6)
        ]
        rows = [line.split(",") for line in (TILL_HEADER, *lines)]
        kept = [",".join(fields[:missing] + fields[missing + 1 :]) for fields in rows]
        part = self._landing / f"{name}.part"
        part.write_bytes("".join(f"{line}\n" for line in kept).encode())
        part.rename(self._landing / name)
        nothing = [0] * len(Outcome)
        return FileCount(
            feed="pos_sales",
            file_name=name,
            status="refused",
            reason_code="missing_required_column",
            currency_code=CURRENCY,
            rows=nothing,
            amounts=nothing,
            rows_refused=len(lines),
        )


def _add_without_money(
    feed: tuple[ExportWriter, FeedTotals], rows: MemberRows | RecordRows, lines: Sequence[str]
) -> None:
    """Write and count the rows of a feed without amounts."""
    writer, totals = feed
    _append(writer, rows.file, lines)
    has_currency = np.zeros(len(rows.file), dtype=bool)
    totals.add(rows.file, has_currency, rows.outcome, np.zeros_like(rows.file))


def _append(writer: ExportWriter, file: IntArray, lines: Sequence[str]) -> None:
    """Append each line to its file."""
    order = np.argsort(file, kind="stable")
    edges = np.searchsorted(file[order], np.arange(len(writer.files) + 1))
    for position, (start, stop) in enumerate(pairwise(edges.tolist())):
        writer.append(position, (lines[index] for index in order[start:stop].tolist()))
