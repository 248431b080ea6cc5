"""People who may become customers: some already did, under the same phone or e-mail, and some never came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.mishaps import Flaw
from clientele.sample.people import (
    GUEST_PHONE,
    TILL_AND_WEB,
    TILL_PHONE,
    People,
    card_email,
    phone,
    spelled_email,
    spelled_phone,
)
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.records import RecordRows, record_rows
from clientele.sample.rendering import spoil
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline

PROSPECT_HEADER = "prospect_id,name,phone,email,company_name,created_at,expected_close_date,owner,updated_at"
_COLUMNS = PROSPECT_HEADER.split(",")
_FLAWS = (Flaw.BAD_DECIMAL, Flaw.BAD_DATE, Flaw.MISSING_KEY, Flaw.TOO_FEW_FIELDS, Flaw.TOO_MANY_FIELDS)
#: Days from the end of the history to the first purchase hoped for, at the earliest, and how many more.
_EARLIEST_CLOSE, _CLOSE_DAYS = -40, 260
_OWNERS = ("示例顾问甲", "示例顾问乙", "示例顾问丙")
NO_DAY = -1


@dataclass(frozen=True)
class Prospects:
    """One element per prospect; ``is_customer``: the person of the block is a customer by the same contact.

    ``close_day`` counts from day 0 and may lie after the history; ``NO_DAY`` where nobody expects one.
    """

    person: IntArray
    number: IntArray
    is_customer: BoolArray
    shows_phone: BoolArray
    shows_email: BoolArray
    time: IntArray
    close_day: IntArray


def draw_prospects(draws: Draws, timeline: Timeline, people: People) -> Prospects:
    """Prospects among the people of a block, and as many others again, whom a person of it knows."""
    by_phone = people.has_card_phone | (
        ~people.is_member & np.isin(people.without_card, (TILL_PHONE, TILL_AND_WEB, GUEST_PHONE))
    )
    is_known = draws.happens("was_prospect", 25, people.number) & (by_phone | people.has_card_email)
    is_new = draws.happens("knows_prospect", 25, people.number)
    person = np.concatenate([np.flatnonzero(is_known), np.flatnonzero(is_new)])
    is_customer = np.arange(len(person)) < is_known.sum()
    number = people.number[person]
    keys = (number, is_customer.astype(np.int64))
    day = draws.below("prospect_day", timeline.last_day + 1, *keys)
    close_day = np.maximum(
        day + 5, timeline.last_day + _EARLIEST_CLOSE + draws.below("prospect_close", _CLOSE_DAYS, *keys)
    )
    says_email = draws.happens("prospect_email", 400, *keys)
    return Prospects(
        person=person,
        number=number,
        is_customer=is_customer,
        shows_phone=~is_customer | by_phone[person],
        shows_email=np.where(
            is_customer, people.has_card_email[person] & (says_email | ~by_phone[person]), says_email
        ),
        time=day * SECONDS_PER_DAY + 9 * 3600 + draws.below("prospect_clock", 9 * 3600, *keys),
        close_day=np.where(draws.happens("prospect_undated", 100, *keys), NO_DAY, close_day),
    )


def prospect_rows(draws: Draws, timeline: Timeline, prospects: Prospects) -> RecordRows:
    return record_rows(
        draws,
        timeline,
        "prospects",
        timeline.quarter_periods,
        prospects.number,
        prospects.is_customer.astype(np.int64),
        prospects.time,
        _FLAWS,
        is_small=True,
        has_times=True,
    )


def prospect_lines(timeline: Timeline, prospects: Prospects, rows: RecordRows) -> list[str]:
    """One CSV line per row, in the order of ``rows``. A wrong row expects the purchase three days later."""
    record = rows.record
    styles = prospects.number[record] % 2
    created = timeline.time_texts(prospects.time[record], styles)
    updated = timeline.time_texts(rows.updated, styles)
    lines = []
    for row, position in enumerate(record.tolist()):
        number, is_customer = int(prospects.number[position]), bool(prospects.is_customer[position])
        close_day = int(prospects.close_day[position]) + (0 if rows.is_right[row] else 3)
        has_close_day = prospects.close_day[position] != NO_DAY or not rows.is_right[row]
        digits = phone(number) if is_customer else prospect_phone(number)
        address = card_email(number) if is_customer else prospect_email(number)
        fields = (
            prospect_id(number, is_customer),
            f"示例客{number % 97}",
            spelled_phone(digits, number) if prospects.shows_phone[position] else "",
            spelled_email(address, number) if prospects.shows_email[position] else "",
            f"示例商行{number}" if number % 5 == 0 else "",
            created[row],
            timeline.date_of(max(close_day, 0)).isoformat() if has_close_day else "",
            _OWNERS[number % len(_OWNERS)],
            updated[row],
        )
        flaw = int(rows.flaw[row])
        line = ",".join(fields)
        lines.append(
            spoil(
                line,
                flaw,
                _COLUMNS,
                key="prospect_id",
                amount="expected_close_date",
                time="created_at",
                kind="prospect_id",
            )
        )
    return lines


def prospect_id(number: int, is_customer: bool) -> str:
    return f"P{number * 2 + is_customer:09d}"


def prospect_phone(number: int) -> str:
    """Eleven digits, plainly counted up, of somebody who is not a customer."""
    return f"197{number:08d}"


def prospect_email(number: int) -> str:
    return f"prospect.{number}@example.org"
