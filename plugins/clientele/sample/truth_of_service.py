"""What is true of the people of a block by their cards' newest records and the events of service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientele.sample.balances import StoredValues
from clientele.sample.members import MemberRows, buyer_types, gives_consent, newest_records, points_balances
from clientele.sample.people import People
from clientele.sample.randomness import BoolArray, Draws, IntArray
from clientele.sample.records import RecordRows
from clientele.sample.service import (
    COMPLAINT,
    COMPLAINT_CLOSED,
    CONTACT,
    NOTE,
    PERSONALITY_TAGS,
    SURVEY,
    Events,
    personality,
)
from clientele.sample.timeline import Timeline


@dataclass(frozen=True)
class CardFigures:
    """By person, of the card whose record was changed last; ``stored_value`` in fen."""

    has_card: BoolArray
    points: IntArray
    has_stored_value: BoolArray
    stored_value: IntArray
    buyer_type: list[str]
    has_consent: BoolArray


@dataclass(frozen=True)
class ServiceFigures:
    """By person, of the events that count and name a card; ``personality_tag`` is that of the one note."""

    contacts_12m: IntArray
    complaints_12m: IntArray
    surveys_12m: IntArray
    minutes_12m: IntArray
    open_complaints: IntArray
    personality_tag: list[str | None]


def card_figures(draws: Draws, people: People, rows: MemberRows, stored_values: StoredValues) -> CardFigures:
    newest = newest_records(people, rows)
    has_card = newest >= 0
    if not has_card.any():
        nothing = np.zeros_like(newest)
        return CardFigures(has_card, nothing, has_card, nothing, [""] * len(newest), has_card)
    person = np.arange(len(newest))
    is_open, stored_value = stored_values.at(person, rows.card[newest], rows.updated[newest])
    return CardFigures(
        has_card=has_card,
        points=points_balances(draws, people, rows)[newest],
        has_stored_value=is_open & has_card,
        stored_value=stored_value,
        buyer_type=buyer_types(people),
        has_consent=gives_consent(people),
    )


def service_figures(
    draws: Draws, timeline: Timeline, people: People, events: Events, rows: RecordRows
) -> ServiceFigures:
    size = len(people.number)
    counted = np.zeros(len(events.person), dtype=bool)
    counted[rows.loaded] = True
    counted &= events.is_named
    is_recent = counted & (events.day > timeline.window_start)

    def count(chosen: BoolArray) -> IntArray:
        return np.bincount(events.person[chosen], minlength=size)

    minutes = np.zeros(size, dtype=np.int64)
    np.add.at(minutes, events.person, np.where(is_recent, events.minutes, 0))
    is_noted = count(counted & (events.kind == NOTE)) > 0
    tags = personality(draws, people.number).tolist()
    return ServiceFigures(
        contacts_12m=count(is_recent & (events.kind == CONTACT)),
        complaints_12m=count(is_recent & (events.kind == COMPLAINT)),
        surveys_12m=count(is_recent & (events.kind == SURVEY)),
        minutes_12m=minutes,
        open_complaints=count(counted & (events.kind == COMPLAINT))
        - count(counted & (events.kind == COMPLAINT_CLOSED)),
        personality_tag=[
            PERSONALITY_TAGS[tag] if noted else None
            for tag, noted in zip(tags, is_noted.tolist(), strict=True)
        ],
    )
