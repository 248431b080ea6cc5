"""What a scheme reads: its conditions, its metrics and the figures it makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clientele.tiers.conditions import AtLeastOf, Condition
from clientele.tiers.findings import Path
from clientele.tiers.metrics import METRICS, Metric, visit_counts_that_imply
from clientele.tiers.scheme import (
    AttributeMapScheme,
    BandsScheme,
    CriteriaScheme,
    CumulativeShareScheme,
    Figure,
    MatrixScheme,
    QuantileScoresScheme,
    RankShareScheme,
    RulesScheme,
    Scheme,
)


def measures_of(scheme: Scheme) -> Mapping[str, Metric]:
    """Everything a condition of the scheme may be about, by name: every metric, and the scheme's figures."""
    return {**METRICS, **{figure.code: _measure(figure) for figure in scheme.figures}}


def _measure(figure: Figure) -> Metric:
    return Metric(figure.code, figure.unit, is_additive=True)


def keeps_of(scheme: Scheme) -> Iterator[tuple[int, AtLeastOf]]:
    """What keeps customers in a tier, with the tier's place in the list."""
    if isinstance(scheme, BandsScheme | CriteriaScheme | RulesScheme):
        for index, tier in enumerate(scheme.tiers):
            if tier.keep:
                yield index, tier.keep


def conditions_of(scheme: Scheme) -> Iterator[tuple[Path, Condition]]:
    """Every condition with its place, those of the population first."""
    for path, conditions in _condition_lists(scheme):
        for index, condition in enumerate(conditions):
            yield (*path, index), condition
    if isinstance(scheme, MatrixScheme):
        for number, axis in enumerate(scheme.axes):
            for index, level in enumerate(axis.levels):
                if asked := level.condition(axis.metric):
                    yield ("axes", number, "levels", index), asked


def _condition_lists(scheme: Scheme) -> Iterator[tuple[Path, Sequence[Condition]]]:
    yield ("population",), scheme.population
    if isinstance(scheme, QuantileScoresScheme):
        yield ("scored",), scheme.scored or ()
    if isinstance(scheme, CriteriaScheme):
        for number, tier in enumerate(scheme.tiers):
            yield ("tiers", number, "when", "of"), tier.when.of if tier.when else ()
    if isinstance(scheme, RulesScheme):
        for number, rule in enumerate(scheme.rules):
            yield ("rules", number, rule.key), rule.when.of if rule.when else ()
    for number, keep in keeps_of(scheme):
        yield ("tiers", number, "keep", "of"), keep.of


def names_read(scheme: Scheme) -> Iterator[tuple[Path, str]]:
    """Every metric and figure that is read, with the place where."""
    for number, figure in enumerate(scheme.figures):
        for index, term in enumerate(figure.sum or ()):
            yield ("figures", number, "sum", index, "metric"), term.metric
    for path, condition in conditions_of(scheme):
        if condition.metric:
            yield (*path, "metric"), condition.metric
        if condition.multiple:
            yield (*path, condition.kind, "metric"), condition.multiple.metric
    yield from _names_of_method(scheme)


def _names_of_method(scheme: Scheme) -> Iterator[tuple[Path, str]]:
    match scheme:
        case CumulativeShareScheme() | RankShareScheme() | BandsScheme() | AttributeMapScheme():
            yield ("metric",), scheme.metric
        case QuantileScoresScheme():
            for index, score in enumerate(scheme.scores):
                yield ("scores", index, "metric"), score.metric
        case MatrixScheme():
            for index, axis in enumerate(scheme.axes):
                yield ("axes", index, "metric"), axis.metric
        case CriteriaScheme() | RulesScheme():
            return


def is_ranked(scheme: Scheme) -> bool:
    """Whether a customer's tier hangs on the figures of others."""
    return isinstance(scheme, CumulativeShareScheme | RankShareScheme | QuantileScoresScheme) or any(
        condition.is_ranking for _, condition in conditions_of(scheme)
    )


def missing_figures(scheme: Scheme, name: str) -> str | None:
    """Why some of those whom the method must place may have no such figure; None when all have it."""
    for figure in scheme.figures:
        if figure.code == name:
            parts = (missing_figures(scheme, term.metric) for term in figure.sum or () if term.metric != name)
            return next((reason for reason in parts if reason), None)
    metric = METRICS.get(name)
    chosen = [*scheme.population, *((isinstance(scheme, QuantileScoresScheme) and scheme.scored) or ())]
    if metric is None or any(
        condition.metric == name and condition.is_known is not False for condition in chosen
    ):
        return None
    if window := metric.known_after_visit_in:
        counts = visit_counts_that_imply(window)
        if any(condition.metric in counts and _is_positive(condition) for condition in chosen):
            return None
        return (
            f"{name} is unknown for customers without a visit: "
            f"the population needs visits_{window}_count at_least 1"
        )
    if not metric.is_always_known:
        return f"{name} is unknown for some customers: the population needs {name} is_known: true"
    return None


def _is_positive(condition: Condition) -> bool:
    low = condition.interval.of_whole_numbers().low
    return low is not None and low >= 1
