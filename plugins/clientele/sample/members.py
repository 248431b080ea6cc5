"""The member lists: one full list at the start of the history, then the changes of each month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.balances import StoredValues
from clientele.sample.catalogue import STORES
from clientele.sample.mishaps import UNLUCKY_PEOPLE, Flaw, Outcome
from clientele.sample.people import (
    LINK_ACCOUNT,
    LINK_EMAIL,
    LINK_PHONE,
    People,
    card_email,
    counter_phone,
    member_no,
    phone,
    spelled_email,
    spelled_phone,
    web_account,
)
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.rendering import money, spoil
from clientele.sample.timeline import NO_TIME, SECONDS_PER_DAY, Timeline

MEMBER_HEADER = (
    "member_no,name,phone,email,gender,birth_date,child_birth_date,joined_at,home_store_id,status,card_tier,"
    "points_balance,stored_value_balance,stored_value_opened_at,referrer_member_no,ecommerce_account_id,"
    "contact_consent,buyer_type,company_name,has_supply_agreement,is_platform_account,has_social_value,"
    "has_breached_agreement,overdue_days,overdue_amount,updated_at"
)
_COLUMNS = MEMBER_HEADER.split(",")
_CHANGES = 3
#: The last: nobody asked.
_BUYER_TYPES = ("personal", "project", "business", "")
_CARD_TIERS = ("普通", "银卡", "金卡", "白金", "钻石")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN_NAMES = ("一一", "小样", "试之", "例文", "虚白", "子虚", "乌有", "某某")
_MEMBER_FLAWS = (
    Flaw.BAD_DATE,
    Flaw.BAD_DECIMAL,
    Flaw.MISSING_KEY,
    Flaw.TOO_FEW_FIELDS,
    Flaw.TOO_MANY_FIELDS,
)


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


def draw_members(draws: Draws, timeline: Timeline, people: People, stored_values: StoredValues) -> MemberRows:
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
    parts.append(_opening_rows(timeline, people, stored_values))
    closing = np.full(len(people.number), timeline.last_day * SECONDS_PER_DAY + 23 * 3600 + 7)
    parts.append(_first_rows(timeline, stored_values.is_used, 0, closing))
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


def _opening_rows(timeline: Timeline, people: People, stored_values: StoredValues) -> MemberRows:
    """Money paid onto a card on a later day than it was issued changes its record."""
    later = stored_values.opened >= people.joined + SECONDS_PER_DAY
    rows = _first_rows(timeline, later, 0, stored_values.opened)
    return rows.take(rows.file > 0)


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


def points_balances(draws: Draws, people: People, rows: MemberRows) -> IntArray:
    """Points on the card at the time of each row."""
    return draws.below("member_balance", 400_000, people.number[rows.person], rows.card, rows.version) // 80


def buyer_types(people: People) -> list[str]:
    unasked = np.where(people.traits // 47 % 40 == 0, 3, 0)
    kinds = np.where(people.is_business, 1 + people.traits % 2, unasked)
    return [_BUYER_TYPES[kind] for kind in kinds.tolist()]


def gives_consent(people: People) -> BoolArray:
    gives: BoolArray = people.traits % 10 < 8
    return gives


def newest_records(people: People, rows: MemberRows) -> IntArray:
    """For every person the position of the loaded row changed last, of either card; -1 without one."""
    loaded = np.flatnonzero(rows.outcome == Outcome.LOADED)
    order = loaded[np.lexsort((rows.card[loaded], rows.updated[loaded], rows.person[loaded]))]
    newest = np.full(len(people.number), -1, dtype=np.int64)
    newest[rows.person[order]] = order
    return newest


def member_lines(
    draws: Draws, timeline: Timeline, people: People, rows: MemberRows, stored_values: StoredValues
) -> list[str]:
    """One CSV line per row, in the order of ``rows``."""
    number = people.number[rows.person]
    is_first = rows.card == 0
    styles = np.where(number % 2 == 0, 0, 1)
    joined = np.where(is_first, people.joined[rows.person], people.second_joined[rows.person])
    is_open, stored_value = stored_values.at(rows.person, rows.card, rows.updated)
    types = buyer_types(people)
    opened = np.where(is_open, stored_values.opened[rows.person], NO_TIME)
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
            people.referrer[rows.person].tolist(),
            [types[person] for person in rows.person.tolist()],
            gives_consent(people)[rows.person].tolist(),
            people.traits[rows.person].tolist(),
            points_balances(draws, people, rows).tolist(),
            stored_value.tolist(),
            timeline.time_texts(opened, styles),
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
            amount="points_balance",
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
    referrer: int,
    buyer_type: str,
    gives_consent: bool,
    traits: int,
    points: int,
    stored_value: int,
    opened_at: str,
    joined_at: str,
    updated_at: str,
) -> str:
    digits = phone(number) if shows_phone else counter_phone(number) if has_counter_phone else ""
    fields = (
        member_no(number, card),
        f"示例{_SURNAMES[traits % 16]}{_GIVEN_NAMES[traits // 16 % 8]}",
        spelled_phone(digits, number + 3 * card) if digits else "",
        spelled_email(card_email(number), number + card) if shows_email else "",
        ("female", "female", "male", "")[traits // 128 % 4],
        _birth_date(1950, 60, traits // 7) if traits % 5 else "",
        _birth_date(2012, 12, traits // 13) if traits % 9 == 0 else "",
        joined_at,
        STORES[home_store],
        "closed" if version > 1 and traits % 23 == 0 else "blocked" if traits % 499 == 0 else "active",
        _CARD_TIERS[version if traits % 3 == 0 else 0],
        str(points),
        money(stored_value) if opened_at else "",
        opened_at,
        member_no(referrer) if referrer >= 0 else "",
        web_account(number) if shows_account else "",
        "true" if gives_consent else "false",
        buyer_type,
        *_business_fields(number, buyer_type, traits),
        updated_at,
    )
    return ",".join(fields)


def _birth_date(first_year: int, years: int, traits: int) -> str:
    return f"{first_year + traits // 336 % years}-{1 + traits % 12:02d}-{1 + traits // 12 % 28:02d}"


def _business_fields(number: int, buyer_type: str, traits: int) -> tuple[str, ...]:
    """``company_name`` to ``overdue_amount``."""
    if buyer_type not in _BUYER_TYPES[1:3]:
        return "", "false", "false", "false", "false", "", ""
    flags = ["true" if traits // divisor % 4 == 0 else "false" for divisor in (3, 19, 23, 31)]
    is_overdue = traits // 37 % 3 == 0
    return (
        f"示例商行{number}",
        *flags,
        str(traits // 43 % 120) if is_overdue else "0",
        money(traits // 41 % 400_000) if is_overdue else "0.00",
    )
