"""The thresholds of a scheme, and the same scheme with one of them moved. Pure.

A threshold is a value that a figure is held against. Where a scheme holds a figure against the same value in
several places (two bands that meet, rules one after another), they are one threshold and move together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, NamedTuple

from pydantic import ValidationError

from clientele.tiers import Metric, Scheme
from clientele.tiers.checks import check
from clientele.tiers.conditions import Bounds, Condition
from clientele.tiers.findings import Path
from clientele.tiers.reads import conditions_of, measures_of, names_read
from clientele.tiers.scheme import (
    BandsScheme,
    CumulativeShareScheme,
    MatrixScheme,
    RankShareScheme,
    RulesScheme,
    SchemeFile,
)

#: A figure's threshold is moved by this part of it, a share by so many points of a hundred.
PART: Final = Decimal("0.1")
POINTS: Final = Decimal(2)

Direction = Literal["down", "up"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("down", "up")
Kind = Literal["figure", "share", "times"]


@dataclass(frozen=True)
class Words:
    """One thing said in both languages."""

    zh: str
    en: str

    def of(self, language: Literal["zh", "en"]) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Threshold:
    """A value and every place of the scheme where ``metric`` is held against it.

    ``step`` is how far it moves, in the unit of the figure; a ``share`` counts in points of a hundred, and so
    do its steps. ``about`` names whom it is about: tiers, mostly.
    """

    number: int
    kind: Kind
    metric: str
    name: Words
    about: Words
    value: Decimal
    step: Decimal
    places: tuple[Path, ...]


@dataclass(frozen=True)
class Variant:
    """The scheme with one threshold moved; where that is no scheme, there is a ``problem`` and no content."""

    threshold: Threshold
    direction: Direction
    value: Decimal
    content: Mapping[str, Any] | None
    problem: str | None = None


class _Place(NamedTuple):
    """One bound of the file, and the value at which its threshold lies."""

    kind: Kind
    metric: str
    other: str
    value: Decimal
    path: Path


def without_movement(content: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of a scheme alone: no policy, nothing that keeps a tier, and nothing that only these read."""
    rules = deepcopy({key: value for key, value in content.items() if key not in ("policy", "limits")})
    for tier in rules["tiers"]:
        tier.pop("keep", None)
    while True:
        read = {name for _, name in names_read(_shaped(rules))}
        unread = [figure for figure in rules.get("figures", []) if figure["code"] not in read]
        rules["basis"] = [entry for entry in rules["basis"] if entry["metric"] in read]
        if not unread:
            return rules
        rules["figures"] = [figure for figure in rules["figures"] if figure not in unread]


def thresholds_of(content: Mapping[str, Any]) -> list[Threshold]:
    """Every threshold of a scheme, in the order of its file. ``content`` is a valid scheme."""
    rules = _shaped(without_movement(content))
    measures = measures_of(rules)
    grouped: dict[tuple[Kind, str, str, Decimal], list[Path]] = {}
    for place in _places(rules, measures):
        grouped.setdefault(place[:4], []).append(place.path)
    return [
        Threshold(
            number=number,
            kind=kind,
            metric=metric,
            name=_name(rules, metric),
            about=_about(rules, paths),
            value=_trimmed(value),
            step=_step(kind, value, measures[metric]),
            places=tuple(paths),
        )
        for number, ((kind, metric, _, value), paths) in enumerate(grouped.items(), start=1)
    ]


def variants_of(content: Mapping[str, Any]) -> list[Variant]:
    """Each threshold moved down and up, without the policy; what would be no scheme has a problem instead."""
    rules = without_movement(content)
    return [
        _variant(rules, threshold, direction)
        for threshold in thresholds_of(content)
        for direction in DIRECTIONS
    ]


def file_of(content: Mapping[str, Any], scheme_id: str) -> dict[str, Any]:
    """A scheme as a file of that name would hold it."""
    scheme = {**content, "id": scheme_id}
    return {
        "models": [
            {
                "name": scheme_id,
                "description": "One row per customer and date.",
                "config": {"meta": {"scheme": scheme}},
            }
        ]
    }


def _shaped(content: Mapping[str, Any]) -> Scheme:
    return SchemeFile.model_validate(file_of(content, content["id"])).scheme


def _variant(rules: Mapping[str, Any], threshold: Threshold, direction: Direction) -> Variant:
    signed = threshold.step if direction == "up" else -threshold.step
    value = _trimmed(threshold.value + signed)
    if not threshold.step:
        return Variant(threshold, direction, value, None, "a tenth of nothing is nothing")
    if threshold.kind == "share" and not 0 < value < 100:
        return Variant(threshold, direction, value, None, f"a share of {value}% is everybody or nobody")
    moved = deepcopy(dict(rules))
    for path in threshold.places:
        *above, key = path
        owner: Any = moved
        for part in above:
            owner = owner[part]
        owner[key] = _written(owner[key], signed)
    try:
        problem = next((finding.reason for finding in check(_shaped(moved))), None)
    except ValidationError as error:
        problem = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return Variant(threshold, direction, value, None if problem else moved, problem)


def _written(value: object, step: Decimal) -> int | float | str:
    """The value of a file moved by a step, as a file holds it."""
    if isinstance(value, str):
        return f"{_trimmed(Decimal(value.removesuffix('%')) + step)}%"
    moved = _trimmed(Decimal(str(value)) + step)
    return int(moved) if moved == moved.to_integral_value() else float(moved)


def _trimmed(value: Decimal) -> Decimal:
    """The same number without zeros behind the point and without an exponent."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _places(scheme: Scheme, measures: Mapping[str, Metric]) -> Iterator[_Place]:
    for path, condition in conditions_of(scheme):
        if condition.metric:
            yield from _bounds(condition.metric, condition, path, measures)
            yield from _relations(condition.metric, condition, path)
    if isinstance(scheme, BandsScheme):
        for index, band in enumerate(scheme.tiers):
            yield from _bounds(scheme.metric, band, ("tiers", index), measures)
    if isinstance(scheme, CumulativeShareScheme | RankShareScheme):
        for index, tier in enumerate(scheme.tiers):
            if tier.share_under is not None:
                key = "share_under"
                yield _Place("share", scheme.metric, key, tier.share_under, ("tiers", index, key))
    for index, figure in enumerate(scheme.figures):
        if counted := figure.count_visits:
            at: Path = ("figures", index, "count_visits", "amount_over")
            yield _Place("figure", figure.code, "amount_over", counted.amount_over, at)


def _relations(metric: str, condition: Condition, path: Path) -> Iterator[_Place]:
    """What a condition asks of a figure beside others: a place among all customers, a multiple."""
    for key in ("top_share", "bottom_share"):
        share: Decimal | None = getattr(condition, key)
        if share is not None:
            yield _Place("share", metric, key, share, (*path, key))
    if asked := condition.multiple:
        yield _Place("times", metric, asked.metric, asked.times, (*path, condition.kind, "times"))


def _bounds(metric: str, bounds: Bounds, path: Path, measures: Mapping[str, Metric]) -> Iterator[_Place]:
    """The bounds on a figure; of whole things, over 3 and at least 4 lie at the same place."""
    is_whole = metric in measures and measures[metric].is_whole
    for key in ("at_least", "over", "at_most", "under"):
        value: Decimal | None = getattr(bounds, key)
        if value is not None:
            lies_at = value + 1 if is_whole and key in ("over", "at_most") else value
            yield _Place("figure", metric, "", lies_at, (*path, key))


def _step(kind: Kind, value: Decimal, measure: Metric) -> Decimal:
    if kind == "share":
        return POINTS
    if kind == "times":
        return _trimmed((value * PART).quantize(Decimal("0.0001"), ROUND_HALF_UP))
    if measure.unit == "ratio":
        return POINTS / 100
    step = (abs(value) * PART).quantize(Decimal(1).scaleb(-measure.decimals), ROUND_HALF_UP)
    return _trimmed(max(step, Decimal(1)) if measure.is_whole else step)


def _name(scheme: Scheme, metric: str) -> Words:
    names = {entry.metric: entry.name for entry in scheme.basis} | {
        figure.code: figure.name for figure in scheme.figures
    }
    return Words(names[metric].zh, names[metric].en)


def _about(scheme: Scheme, paths: Iterable[Path]) -> Words:
    """Whom a threshold is about: its tiers by name, the population, a level of an axis, a figure."""
    owners = list(dict.fromkeys(_owner(scheme, path) for path in paths))
    return Words("、".join(owner.zh for owner in owners), ", ".join(owner.en for owner in owners))


def _owner(scheme: Scheme, path: Path) -> Words:
    names = {tier.code: Words(tier.name.zh, tier.name.en) for tier in scheme.tiers}
    match path:
        case ("tiers", int(index), *_):
            return names[scheme.tiers[index].code]
        case ("rules", int(index), *_) if isinstance(scheme, RulesScheme):
            return names[scheme.rules[index].tier]
        case ("axes", int(number), "levels", int(index), *_) if isinstance(scheme, MatrixScheme):
            axis = scheme.axes[number]
            return Words(f"{axis.code}：{axis.levels[index].code}", f"{axis.code}: {axis.levels[index].code}")
        case ("figures", int(index), *_):
            return Words(scheme.figures[index].name.zh, scheme.figures[index].name.en)
        case _:
            return Words("适用人群", "who is placed")
