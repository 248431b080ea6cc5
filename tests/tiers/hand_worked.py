"""Examples worked out by hand: tables of figures and the tier that they must get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Assign = Callable[..., dict[Any, dict[str, Any]]]
#: A tier and one figure per column; no tier where the customer is outside the population.
Example = tuple[Any, ...]


def codes(tiers: Mapping[Any, Mapping[str, Any]]) -> dict[Any, str]:
    """The tier's code by customer key."""
    return {key: tier["tier_code"] for key, tier in tiers.items()}


def rows_of(columns: str, examples: Sequence[Example]) -> list[dict[str, Any]]:
    """A row of figures per example, keyed by its place; ``columns`` are the metrics, between spaces."""
    names = columns.split()
    return [
        {"customer_key": str(place), **dict(zip(names, figures, strict=True))}
        for place, (_, *figures) in enumerate(examples)
    ]


def assert_examples(assign: Assign, scheme_id: str, columns: str, examples: Sequence[Example]) -> None:
    """Every example gets its tier, in one table of customers who do not touch each other."""
    found = codes(assign(scheme_id, rows_of(columns, examples)))
    got = [(found.get(str(place)), *figures) for place, (_, *figures) in enumerate(examples)]
    assert got == list(examples)
