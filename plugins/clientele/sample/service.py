"""What the staff noted about members: contacts, complaints, surveys, notes, service and benefits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.mishaps import Flaw
from clientele.sample.people import People, member_no, phone
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.records import RecordRows, record_rows
from clientele.sample.rendering import spoil
from clientele.sample.timeline import SECONDS_PER_DAY, Timeline

EVENT_HEADER = (
    "event_id,member_no,happened_at,event_type,department,channel,minutes,score_expected,score_perceived,"
    "recommend_score,tag,text,updated_at"
)
_COLUMNS = EVENT_HEADER.split(",")
CONTACT, COMPLAINT, COMPLAINT_CLOSED, SURVEY, NOTE, SERVICE, BENEFIT = range(7)
EVENT_TYPES = ("contact", "complaint", "complaint_closed", "survey", "note", "service", "benefit")
PERSONALITY_TAGS = (
    "沉默型",
    "唠叨型",
    "和气型",
    "骄傲型",
    "刁酸型",
    "吹毛求疵型",
    "暴躁型",
    "完全拒绝型",
    "杀价型",
    "经济困难型",
)
_COMPLAINT_TAGS = ("质量", "服务", "价格", "送货")
_DEPARTMENTS = ("顾问部", "服务部", "客服部")
_CHANNELS = ("phone", "visit", "store", "wechat")

#: How many of each a member has over the history: weights of 0, 1, 2, … and the first number of its events.
_COUNTS = {
    CONTACT: ((560, 140, 90, 60, 40, 25, 20, 15, 12, 10, 8, 6, 5, 4, 3, 2), 0),
    COMPLAINT: ((925, 52, 15, 8), 20),
    SURVEY: ((800, 150, 50), 28),
    NOTE: ((860, 140), 32),
    SERVICE: ((820, 140, 40), 36),
    BENEFIT: ((860, 110, 30), 40),
}
#: The end of a complaint is numbered this much above it.
_CLOSED_ABOVE = 4
_EVENTS_PER_PERSON = 64
#: Fewest minutes and how many more, by type of event; none where nobody counts them.
_MINUTES = ((5, 40), (10, 80), (5, 20), (3, 6), (0, 0), (30, 150), (0, 0))
_FLAWS = tuple(flaw for flaw in Flaw if flaw != Flaw.NONE)


@dataclass(frozen=True)
class Events:
    """One element per event: position of the person, card, number within the person, type and time.

    Scores are in halves, -1 where there is none; ``is_named`` false where the staff noted no card.
    """

    person: IntArray
    number: IntArray
    card: IntArray
    slot: IntArray
    kind: IntArray
    time: IntArray
    minutes: IntArray
    expected: IntArray
    perceived: IntArray
    is_named: BoolArray

    @property
    def day(self) -> IntArray:
        return self.time // SECONDS_PER_DAY


def draw_events(draws: Draws, timeline: Timeline, people: People) -> Events:
    """Events of the members from the day they joined on."""
    persons, kinds, slots = [], [], []
    for event_type, (weights, first_slot) in _COUNTS.items():
        count = np.where(people.is_member, draws.choose(f"events_{event_type}", weights, people.number), 0)
        whose = np.repeat(np.arange(len(count)), count)
        persons.append(whose)
        kinds.append(np.full_like(whose, event_type))
        slots.append(first_slot + np.arange(len(whose)) - (np.cumsum(count) - count)[whose])
    person, kind, slot = (np.concatenate(parts) for parts in (persons, kinds, slots))
    keys = (people.number[person], slot)
    start = np.maximum(people.joined[person] // SECONDS_PER_DAY, 0)
    day = start + draws.below("event_day", timeline.last_day - start + 1, *keys)
    closed_day = day + 1 + draws.below("closed_after", 30, *keys)
    is_closed = (
        (kind == COMPLAINT) & draws.happens("is_closed", 720, *keys) & (closed_day <= timeline.last_day)
    )

    person = np.concatenate([person, person[is_closed]])
    kind = np.concatenate([kind, np.full(is_closed.sum(), COMPLAINT_CLOSED)])
    slot = np.concatenate([slot, slot[is_closed] + _CLOSED_ABOVE])
    day = np.concatenate([day, closed_day[is_closed]])
    number = people.number[person]
    keys = (number, slot)
    time = day * SECONDS_PER_DAY + 9 * 3600 + draws.below("event_clock", 9 * 3600, *keys)
    fewest, more = np.array(_MINUTES)[kind].T
    is_survey = kind == SURVEY
    uses_second = people.has_second_card[person] & (people.second_joined[person] < time)
    return Events(
        person=person,
        number=number,
        card=(uses_second & draws.happens("event_second_card", 400, *keys)).astype(np.int64),
        slot=slot,
        kind=kind,
        time=time,
        minutes=fewest + draws.below("event_minutes", np.maximum(more, 1), *keys),
        expected=np.where(is_survey, 6 + draws.below("score_expected", 5, *keys), -1),
        perceived=np.where(is_survey, 2 + draws.below("score_perceived", 9, *keys), -1),
        is_named=(kind != CONTACT) | ~draws.happens("event_of_nobody", 10, *keys),
    )


def event_rows(draws: Draws, timeline: Timeline, events: Events) -> RecordRows:
    """The rows of the files. Complaints and their ends always stand, so that what is open is beyond doubt."""
    return record_rows(
        draws,
        timeline,
        "service_events",
        timeline.month_periods,
        events.number,
        events.slot,
        events.time,
        _FLAWS,
        is_small=False,
        has_times=True,
        must_stand=np.isin(events.kind, (COMPLAINT, COMPLAINT_CLOSED)),
    )


def event_lines(draws: Draws, timeline: Timeline, events: Events, rows: RecordRows) -> list[str]:
    """One CSV line per row, in the order of ``rows``. A wrong row tells seven minutes more."""
    record = rows.record
    keys = (events.number[record], events.slot[record])
    styles = events.slot[record] % 3
    traits = draws.below("event_traits", 1 << 31, *keys)
    minutes = np.where(rows.is_right, events.minutes[record], events.minutes[record] + 7)
    lines = [
        _event_line(*values)
        for values in zip(
            keys[0].tolist(),
            keys[1].tolist(),
            events.card[record].tolist(),
            events.kind[record].tolist(),
            events.is_named[record].tolist(),
            minutes.tolist(),
            events.expected[record].tolist(),
            events.perceived[record].tolist(),
            personality(draws, events.number[record]).tolist(),
            traits.tolist(),
            timeline.time_texts(events.time[record], styles),
            timeline.time_texts(rows.updated, styles),
            strict=True,
        )
    ]
    for position in np.flatnonzero(rows.flaw).tolist():
        lines[position] = spoil(
            lines[position],
            int(rows.flaw[position]),
            _COLUMNS,
            key="event_id",
            amount="minutes",
            time="happened_at",
            kind="event_type",
        )
    return lines


def personality(draws: Draws, number: IntArray) -> IntArray:
    """The position of the person's type among ``PERSONALITY_TAGS``."""
    return draws.below("personality", len(PERSONALITY_TAGS), number)


def _event_line(
    number: int,
    slot: int,
    card: int,
    kind: int,
    is_named: bool,
    minutes: int,
    expected: int,
    perceived: int,
    tag: int,
    traits: int,
    happened_at: str,
    updated_at: str,
) -> str:
    tags = {NOTE: PERSONALITY_TAGS[tag], COMPLAINT: _COMPLAINT_TAGS[traits % len(_COMPLAINT_TAGS)]}
    is_survey = kind == SURVEY
    fields = (
        f"E{number * _EVENTS_PER_PERSON + slot:011d}",
        member_no(number, card) if is_named else "",
        happened_at,
        EVENT_TYPES[kind],
        _DEPARTMENTS[traits // 4 % len(_DEPARTMENTS)],
        _CHANNELS[traits // 16 % len(_CHANNELS)],
        str(minutes) if minutes else "",
        f"{expected / 2:g}" if is_survey else "",
        f"{perceived / 2:g}" if is_survey else "",
        str(max(min(perceived - traits // 64 % 3, 10), 0)) if is_survey else "",
        tags.get(kind, ""),
        f"请回电 {phone(number)}" if kind in (NOTE, COMPLAINT) else "",
        updated_at,
    )
    return ",".join(fields)
