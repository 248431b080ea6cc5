"""The member lists: one full list at the start of the history, then the changes of each month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.catalogue import STORES
from clientele.sample.mishaps import UNLUCKY_PEOPLE, Flaw, Outcome
from clientele.sample.people import (
    LINK_ACCOUNT,
    LINK_EMAIL,
    LINK_PHONE,
    People,
    card_email,
    counter_phone,
    is_member_number,
    member_no,
    phone,
    spelled_email,
    spelled_phone,
    web_account,
)
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.rendering import money, spoil
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline

MEMBER_HEADER = (
    "member_no,name,phone,email,gender,birth_date,child_birth_date,joined_at,home_store_id,status,card_tier,"
    "points_balance,stored_value_balance,stored_value_opened_at,referrer_member_no,ecommerce_account_id,"
    "contact_consent,buyer_type,company_name,has_supply_agreement,is_platform_account,has_social_value,"
    "has_breached_agreement,overdue_days,overdue_amount,updated_at"
)
_COLUMNS = MEMBER_HEADER.split(",")
_CHANGES = 3
_CARD_TIERS = ("普通", "银卡", "金卡", "白金", "钻石")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN_NAMES = ("一一", "小样", "试之", "例文", "虚白", "子虚", "乌有", "某某")
_MEMBER_FLAWS = (Flaw.BAD_DATE, Flaw.MISSING_KEY, Flaw.TOO_FEW_FIELDS, Flaw.TOO_MANY_FIELDS)


@dataclass(frozen=True)
class MemberRows:
    """Rows of the member files: ``person`` is a position in the block, ``version`` counts a card's rows."""

    person: IntArray
    card: IntArray
    version: IntArray
    updated: IntArray
    file: IntArray
    outcome: IntArray
    flaw: IntArray

    def take(self, chosen: BoolArray) -> MemberRows:
        return MemberRows(**{name: values[chosen] for name, values in vars(self).items()})

    @staticmethod
    def join(parts: list[MemberRows]) -> MemberRows:
        return MemberRows(
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
        )


def draw_members(draws: Draws, timeline: Timeline, people: People) -> MemberRows:
    """Every card's first row and its changes; file 0 is the full list, file n the changes of month n."""
    first = _first_rows(timeline, people.is_member, 0, people.joined)
    second = _first_rows(timeline, people.has_second_card, 1, people.second_joined)
    start = MemberRows.join([first, second])
    month_ends = np.array([period.last for period in timeline.month_periods])
    months = len(month_ends)
    parts = [start]
    keys = (people.number[start.person], start.card)
    for change in range(1, _CHANGES + 1):
        purpose = f"member_change_{change}"
        # Every tenth of a minute belongs to one change, so no two rows of a card have the same time.
        month = start.file + draws.below(purpose, months * 3, *keys)
        day = np.minimum(month_ends[np.minimum(month, months - 1)], timeline.last_day)
        minute = 21 * 60 + draws.below(f"{purpose}_minute", 50, *keys)
        time = day * SECONDS_PER_DAY + minute * 60 + change * 6
        is_made = (month < months) & (time > start.updated)
        changed = MemberRows(
            person=start.person,
            card=start.card,
            version=np.full_like(start.version, change),
            updated=time,
            file=month + 1,
            outcome=start.outcome,
            flaw=start.flaw,
        )
        parts.append(changed.take(is_made))
    rows = MemberRows.join(parts)
    return _with_mishaps(draws, people, _with_outcomes(rows))


def _first_rows(timeline: Timeline, chosen: BoolArray, card: int, joined: IntArray) -> MemberRows:
    person = np.flatnonzero(chosen)
    day = joined[person] // SECONDS_PER_DAY
    file_of_day = timeline.file_of_day(timeline.month_periods)
    nothing = np.zeros_like(person)
    return MemberRows(
        person=person,
        card=nothing + card,
        version=nothing,
        updated=joined[person] + 5,
        file=np.where(day < 0, 0, file_of_day[np.maximum(day, 0)] + 1),
        outcome=nothing + Outcome.LOADED,
        flaw=nothing + Flaw.NONE,
    )


def _with_outcomes(rows: MemberRows) -> MemberRows:
    """The newest row of each card is loaded, the older ones are superseded."""
    order = np.lexsort((rows.updated, rows.card, rows.person))
    person, card = rows.person[order], rows.card[order]
    is_newest = np.ones(len(order), dtype=bool)
    is_newest[:-1] = (person[1:] != person[:-1]) | (card[1:] != card[:-1])
    outcome = np.empty_like(rows.outcome)
    outcome[order] = np.where(is_newest, Outcome.LOADED, Outcome.SUPERSEDED)
    return MemberRows(**(vars(rows) | {"outcome": outcome}))


def _with_mishaps(draws: Draws, people: People, rows: MemberRows) -> MemberRows:
    """Repeat a few newest rows within their file, and add a few unreadable later ones."""
    keys = (people.number[rows.person], rows.card)
    is_newest = rows.outcome == Outcome.LOADED
    repeated = rows.take(is_newest & draws.happens("member_repeated", 3, *keys))
    per_thousand = np.where(keys[0] < UNLUCKY_PEOPLE, 12, 1)
    unreadable = is_newest & draws.happens("member_unreadable", per_thousand, *keys)
    spoilt = rows.take(unreadable)
    flaws = np.array(_MEMBER_FLAWS)[
        draws.below("member_flaw", len(_MEMBER_FLAWS), *(key[unreadable] for key in keys))
    ]
    return MemberRows.join(
        [
            rows,
            MemberRows(**(vars(repeated) | {"outcome": np.full_like(repeated.outcome, Outcome.DUPLICATE)})),
            MemberRows(
                **(
                    vars(spoilt)
                    | {"outcome": np.full_like(spoilt.outcome, Outcome.QUARANTINED), "flaw": flaws}
                    | {"version": spoilt.version + 1, "updated": spoilt.updated + 3}
                )
            ),
        ]
    )


def member_lines(draws: Draws, timeline: Timeline, people: People, rows: MemberRows) -> list[str]:
    """One CSV line per row, in the order of ``rows``."""
    number = people.number[rows.person]
    is_first = rows.card == 0
    styles = np.where(number % 2 == 0, 0, 1)
    joined = np.where(is_first, people.joined[rows.person], people.second_joined[rows.person])
    referrer = number // 2
    is_referred = (number > 1) & draws.happens("is_referred", 80, number) & is_member_number(draws, referrer)
    lines = [
        _member_line(*values)
        for values in zip(
            number.tolist(),
            rows.card.tolist(),
            rows.version.tolist(),
            people.home_store[rows.person].tolist(),
            people.has_counter_phone[rows.person].tolist(),
            _shows(people.has_card_phone, LINK_PHONE, people, rows).tolist(),
            _shows(people.has_card_email, LINK_EMAIL, people, rows).tolist(),
            _shows(people.web_link == LINK_ACCOUNT, LINK_ACCOUNT, people, rows).tolist(),
            is_referred.tolist(),
            draws.below("member_traits", 1 << 31, number).tolist(),
            draws.below("member_balance", 400_000, number, rows.card, rows.version).tolist(),
            timeline.time_texts(joined, styles),
            timeline.time_texts(rows.updated, styles),
            strict=True,
        )
    ]
    for position in np.flatnonzero(rows.flaw).tolist():
        flaw = int(rows.flaw[position])
        lines[position] = spoil(
            lines[position],
            flaw,
            _COLUMNS,
            key="member_no",
            amount="stored_value_balance",
            time="joined_at",
            kind="status",
        )
    return lines


def _shows(on_first_card: BoolArray, second_link: int, people: People, rows: MemberRows) -> BoolArray:
    """Whether the row's card carries a contact: the second card only what links it to the first."""
    on_second = people.second_link[rows.person] == second_link
    shown: BoolArray = np.where(rows.card == 0, on_first_card[rows.person], on_second)
    return shown


def _member_line(
    number: int,
    card: int,
    version: int,
    home_store: int,
    has_counter_phone: bool,
    shows_phone: bool,
    shows_email: bool,
    shows_account: bool,
    is_referred: bool,
    traits: int,
    balance: int,
    joined_at: str,
    updated_at: str,
) -> str:
    digits = phone(number) if shows_phone else counter_phone(number) if has_counter_phone else ""
    has_stored_value = traits % 4 == 0
    fields = (
        member_no(number, card),
        f"示例{_SURNAMES[traits % 16]}{_GIVEN_NAMES[traits // 16 % 8]}",
        spelled_phone(digits, number + 3 * card) if digits else "",
        spelled_email(card_email(number), number + card) if shows_email else "",
        ("female", "female", "male", "")[traits // 128 % 4],
        _birth_date(1950, 56, traits // 7) if traits % 5 else "",
        _birth_date(2012, 12, traits // 13) if traits % 9 == 0 else "",
        joined_at,
        STORES[home_store],
        "closed" if version > 1 and traits % 23 == 0 else "blocked" if traits % 499 == 0 else "active",
        _CARD_TIERS[version if traits % 3 == 0 else 0],
        str(balance // 80),
        money(balance) if has_stored_value else "",
        joined_at if has_stored_value else "",
        member_no(number // 2) if is_referred else "",
        web_account(number) if shows_account else "",
        "true" if traits % 10 < 8 else "false",
        *_business_fields(number, traits, balance),
        updated_at,
    )
    return ",".join(fields)


def _birth_date(first_year: int, years: int, traits: int) -> str:
    return f"{first_year + traits // 336 % years}-{1 + traits % 12:02d}-{1 + traits // 12 % 28:02d}"


def _business_fields(number: int, traits: int, balance: int) -> tuple[str, ...]:
    """``buyer_type`` to ``overdue_amount``: one card in a hundred belongs to a firm."""
    if traits // 29 % 100:
        return "personal", "", "false", "false", "false", "false", "", ""
    flags = ["true" if traits // divisor % 4 == 0 else "false" for divisor in (3, 19, 23, 31)]
    is_overdue = traits // 37 % 3 == 0
    return (
        "business" if traits % 2 else "project",
        f"示例商行{number}",
        *flags,
        str(balance % 120) if is_overdue else "0",
        money(balance // 3) if is_overdue else "0.00",
    )
