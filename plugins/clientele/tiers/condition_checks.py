"""Conditions: whether they ask something that their metric can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from clientele.tiers.conditions import Bounds, Condition
from clientele.tiers.findings import Finding, Path
from clientele.tiers.metrics import SIGNED_UNITS, Metric


def check_condition(path: Path, condition: Condition, measures: Mapping[str, Metric]) -> Iterator[Finding]:
    """What is wrong with a condition on one of ``measures``; unknown names are found elsewhere."""
    metric = measures.get(condition.metric or "")
    if metric is None:
        return
    if condition.kind == "is_known":
        return
    if problem := _unanswerable(condition, metric):
        yield Finding((*path, condition.kind), problem)
        return
    yield from check_bounds(path, condition, metric)
    for key in ("top_share", "bottom_share"):
        share: Decimal | None = getattr(condition, key)
        if share is not None and not 0 < share < 100:
            yield Finding((*path, key), f"{share}% holds for {'everybody' if share else 'nobody'}")
    if condition.multiple:
        yield from _check_multiple(path, condition, metric, measures)


def _unanswerable(condition: Condition, metric: Metric) -> str | None:
    asks = condition.kind
    if metric.unit == "flag" and not isinstance(condition.is_, bool):
        return f"{metric.name} is true or false: ask is: true, is: false or is_known"
    if metric.unit == "text" and not (isinstance(condition.is_, str) or asks == "in"):
        return f"{metric.name} is a text: ask is, in or is_known"
    if not metric.is_attribute and asks in ("is", "in"):
        return f"{metric.name} is a figure in {metric.unit}: ask at_least, over, at_most or under"
    if condition.is_ranking and not metric.is_better_high:
        return f"{metric.name} is better low, and shares rank from the highest"
    return None


def check_bounds(path: Path, bounds: Bounds, metric: Metric) -> Iterator[Finding]:
    """What is wrong with bounds on a metric: decimals it has not, values it never takes."""
    for key in ("at_least", "over", "at_most", "under"):
        value: Decimal | None = getattr(bounds, key)
        if value is None:
            continue
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > metric.decimals:
            yield Finding((*path, key), f"{value} has more decimals than {metric.name} in {metric.unit}")
        if metric.unit == "ratio" and not 0 <= value <= 1:
            yield Finding((*path, key), f"{metric.name} is a ratio from 0 to 1, not {value}")
        elif metric.unit not in SIGNED_UNITS and value < 0:
            yield Finding((*path, key), f"{metric.name} in {metric.unit} is never under 0")


def _check_multiple(
    path: Path, condition: Condition, metric: Metric, measures: Mapping[str, Metric]
) -> Iterator[Finding]:
    asked = condition.multiple
    if asked is None:
        return
    if asked.times <= 0:
        yield Finding((*path, condition.kind, "times"), f"times should be over 0, not {asked.times}")
    other = measures.get(asked.metric)
    if other and other.unit != metric.unit:
        yield Finding(
            (*path, condition.kind, "metric"),
            f"{metric.name} in {metric.unit} cannot be held against {other.name} in {other.unit}",
        )
