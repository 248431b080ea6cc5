"""The SQL of every figure against a plain reading of the same worlds that shares no code with it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from values_reference import figures, recent_dates
from world_strategies import few, worlds

PREDICTED = {"predicted_", "heuristic_", "is_heuristically_active"}


def is_same(computed: Any, expected: Any) -> bool:
    """Equal; a ratio up to its last decimal."""
    if isinstance(expected, Fraction) and isinstance(computed, Decimal):
        last_decimal = Fraction(1, 10 ** -int(computed.as_tuple().exponent))
        return abs(Fraction(computed) - expected) <= last_decimal
    return computed == expected


def differences(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (row[name], value) for name, value in expected.items() if not is_same(row[name], value)}


@few(8)
@given(world=worlds())
def test_every_figure_at_every_recent_date_is_what_a_plain_reading_says(measure, world):
    by_date: dict[Any, dict[str, dict[str, Any]]] = {}
    for row in measure(world):
        by_date.setdefault(row["as_of_date"], {})[row["customer_key"]] = row
    for day in recent_dates(world.as_of_date):
        found, expected = by_date.get(day, {}), figures(world, day)
        first_day = min(line["business_date"] for line in world.lines)
        if day != world.as_of_date and day < first_day:
            assert found == {}
            continue
        assert found.keys() == expected.keys()
        for key, row in found.items():
            assert differences(row, expected[key]) == {}, (key, day)


def test_the_reference_knows_every_column(measure, hand_world):
    row = measure(hand_world, "customer_values")[0]
    known = {"customer_key", "as_of_date", "currency_code", *figures(hand_world)["c1"]}
    unknown = {name for name in row if name not in known and not name.startswith(tuple(PREDICTED))}
    assert unknown == set()
