"""What a scheme must keep beyond its shape: units, order, and no customer between or beyond the rules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise, product
from typing import NamedTuple

from clientele.tiers.intervals import seam_problem
from clientele.tiers.metrics import DECIMALS, METRICS, WHOLE_UNITS, Metric, visit_counts_that_imply
from clientele.tiers.scheme import (
    AtLeastOf,
    BandsScheme,
    Bounds,
    Condition,
    CriteriaScheme,
    CumulativeShareScheme,
    QuantileScoresScheme,
    RankShareScheme,
    Scheme,
    ScoreRule,
)

Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """What is wrong at a place within the scheme."""

    path: Path
    reason: str


def check(scheme: Scheme) -> Iterator[Finding]:
    """Yield everything that is wrong with a scheme of the right shape."""
    yield from _check_basis(scheme)
    yield from _check_tiers(scheme)
    yield from _check_population(scheme)
    match scheme:
        case CumulativeShareScheme() | RankShareScheme():
            yield from _check_shares(scheme)
        case BandsScheme():
            yield from _check_bands(scheme)
        case CriteriaScheme():
            yield from _check_criteria(scheme)
        case QuantileScoresScheme():
            yield from _check_scores(scheme)
            yield from _check_score_rules(scheme)


def _metrics_read(scheme: Scheme) -> Iterator[tuple[Path, str]]:
    for index, condition in enumerate(scheme.population):
        yield ("population", index, "metric"), condition.metric
    match scheme:
        case CriteriaScheme():
            for path, condition in _criteria(scheme):
                yield (*path, "metric"), condition.metric
        case QuantileScoresScheme():
            for index, score in enumerate(scheme.scores):
                yield ("scores", index, "metric"), score.metric
        case _:
            yield ("metric",), scheme.metric


def _criteria(scheme: CriteriaScheme) -> Iterator[tuple[Path, Condition]]:
    for number, tier in enumerate(scheme.tiers):
        for index, condition in enumerate(tier.when.of if tier.when else ()):
            yield ("tiers", number, "when", "of", index), condition


def _check_basis(scheme: Scheme) -> Iterator[Finding]:
    listed = [entry.metric for entry in scheme.basis]
    read = list(_metrics_read(scheme))
    for index, entry in enumerate(scheme.basis):
        metric = METRICS.get(entry.metric)
        if metric is None:
            yield Finding(("basis", index, "metric"), f"unknown metric {entry.metric}")
        elif entry.unit != metric.unit:
            yield Finding(
                ("basis", index, "unit"), f"{entry.metric} is in {metric.unit}, not in {entry.unit}"
            )
        if entry.metric in listed[:index]:
            yield Finding(("basis", index, "metric"), f"{entry.metric} is listed twice")
        elif metric and entry.metric not in {name for _, name in read}:
            yield Finding(("basis", index, "metric"), f"{entry.metric} is listed but nothing reads it")
    for path, name in read:
        if name not in listed:
            problem = "is not listed under basis" if name in METRICS else "is an unknown metric"
            yield Finding(path, f"{name} {problem}")


def _check_tiers(scheme: Scheme) -> Iterator[Finding]:
    codes = [tier.code for tier in scheme.tiers]
    ranks = [tier.rank for tier in scheme.tiers]
    for index, tier in enumerate(scheme.tiers):
        if tier.code in codes[:index]:
            yield Finding(("tiers", index, "code"), f"duplicate code {tier.code}")
        if tier.rank in ranks[:index]:
            yield Finding(("tiers", index, "rank"), f"duplicate rank {tier.rank}")
        elif index and tier.rank > ranks[index - 1]:
            yield Finding(("tiers", index, "rank"), "tiers are listed from the highest rank down")


def _check_population(scheme: Scheme) -> Iterator[Finding]:
    for index, condition in enumerate(scheme.population):
        yield from _check_thresholds(("population", index), condition, condition.metric)


def _check_thresholds(path: Path, bounds: Bounds, metric_name: str) -> Iterator[Finding]:
    metric = METRICS.get(metric_name)
    if metric is None:
        return
    for key in ("at_least", "over", "at_most", "under"):
        value: Decimal | None = getattr(bounds, key)
        if value is None:
            continue
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > DECIMALS[metric.unit]:
            yield Finding((*path, key), f"{value} has more decimals than {metric_name} in {metric.unit}")
        if metric.unit == "ratio" and not 0 <= value <= 1:
            yield Finding((*path, key), f"{metric_name} is a ratio from 0 to 1, not {value}")
        elif metric.unit != "money" and value < 0:
            yield Finding((*path, key), f"{metric_name} in {metric.unit} is never under 0")


def _check_is_known(scheme: Scheme, path: Path, metric: Metric) -> Iterator[Finding]:
    """A method that must place everybody needs a figure for everybody."""
    window = metric.known_after_visit_in
    if window is None:
        return
    counts = visit_counts_that_imply(window)
    for condition in scheme.population:
        low = condition.interval.of_whole_numbers().low
        if condition.metric in counts and low is not None and low >= 1:
            return
    yield Finding(
        path,
        f"{metric.name} is unknown for customers without a visit: "
        f"the population needs visits_{window}_count at_least 1",
    )


def _check_shares(scheme: CumulativeShareScheme | RankShareScheme) -> Iterator[Finding]:
    if metric := METRICS.get(scheme.metric):
        yield from _check_is_known(scheme, ("metric",), metric)
        if scheme.method == "cumulative_share" and not metric.is_additive:
            yield Finding(("metric",), f"the figures of {metric.name} do not add up to a total")
        if not metric.is_better_high:
            yield Finding(("metric",), f"{metric.name} is better low, and shares rank from the highest")
    # Customers without sales have the whole total before them, but nobody has all customers before.
    most = Decimal(100) if scheme.method == "cumulative_share" else Decimal("99.9999")
    previous = Decimal(0)
    for index, tier in enumerate(scheme.tiers):
        path: Path = ("tiers", index, "share_under")
        is_last = index == len(scheme.tiers) - 1
        if tier.share_under is None:
            if not is_last:
                yield Finding(path, "every tier but the last needs a share: those after it are unreachable")
            continue
        if is_last:
            yield Finding(path, "the last tier takes the rest and has no share")
        elif tier.share_under <= previous:
            yield Finding(path, f"shares must ascend: {tier.share_under}% is not over {previous}%")
        elif tier.share_under > most:
            yield Finding(path, f"{tier.share_under}% leaves nobody for the tiers after it")
        previous = max(previous, tier.share_under)


def _check_bands(scheme: BandsScheme) -> Iterator[Finding]:
    if metric := METRICS.get(scheme.metric):
        yield from _check_is_known(scheme, ("metric",), metric)
    for index, tier in enumerate(scheme.tiers):
        yield from _check_thresholds(("tiers", index), tier, scheme.metric)
    ascending = sorted(
        enumerate(scheme.tiers),
        key=lambda item: (item[1].interval.low is not None, item[1].interval.low or Decimal(0)),
    )
    lowest, highest = ascending[0], ascending[-1]
    if lowest[1].interval.low is not None:
        yield Finding(("tiers", lowest[0]), f"no band holds values under {lowest[1].interval.low}")
    if highest[1].interval.high is not None:
        yield Finding(("tiers", highest[0]), f"no band holds values over {highest[1].interval.high}")
    are_whole = metric is not None and metric.unit in WHOLE_UNITS
    for (index, tier), (_, following) in pairwise(ascending):
        if problem := seam_problem(tier.interval, following.interval, are_whole=are_whole):
            yield Finding(("tiers", index), f"band {tier.code} {problem} ({following.code})")


def _check_criteria(scheme: CriteriaScheme) -> Iterator[Finding]:
    for path, condition in _criteria(scheme):
        yield from _check_thresholds(path, condition, condition.metric)
    higher: list[tuple[str, AtLeastOf]] = []
    for index, tier in enumerate(scheme.tiers):
        path = ("tiers", index, "when")
        is_last = index == len(scheme.tiers) - 1
        if tier.when is None:
            if not is_last:
                yield Finding(path, "every tier but the last needs a when: those after it are unreachable")
            continue
        if is_last:
            yield Finding(path, "the last tier takes the rest and has no when")
        if tier.when.at_least > len(tier.when.of):
            yield Finding(
                (*path, "at_least"), f"{tier.when.at_least} of {len(tier.when.of)} criteria can never be met"
            )
            continue
        for code, when in higher:
            if _implies(tier.when, when):
                yield Finding(path, f"tier {tier.code} is unreachable: whoever meets it meets {code} before")
                break
        higher.append((tier.code, tier.when))


def _implies(narrow: AtLeastOf, wide: AtLeastOf) -> bool:
    """Whether whoever meets ``narrow`` surely meets ``wide``, by looking at each condition for itself."""
    return all(
        sum(
            any(given.metric == asked.metric and asked.interval.contains(given.interval) for given in met)
            for asked in wide.of
        )
        >= wide.at_least
        for met in combinations(narrow.of, narrow.at_least)
    )


def _check_scores(scheme: QuantileScoresScheme) -> Iterator[Finding]:
    codes = [score.code for score in scheme.scores]
    for index, score in enumerate(scheme.scores):
        if score.code in codes[:index]:
            yield Finding(("scores", index, "code"), f"duplicate score {score.code}")
        if metric := METRICS.get(score.metric):
            yield from _check_is_known(scheme, ("scores", index, "metric"), metric)
    tier_codes = {tier.code for tier in scheme.tiers}
    for index, rule in enumerate(scheme.rules):
        if rule.tier not in tier_codes:
            yield Finding(("rules", index, "tier"), f"no tier has the code {rule.tier}")
        yield from _check_ranges(scheme, index, rule)
    for index, tier in enumerate(scheme.tiers):
        if tier.code not in {rule.tier for rule in scheme.rules}:
            yield Finding(("tiers", index), f"tier {tier.code} is unreachable: no rule gives it")


def _check_ranges(scheme: QuantileScoresScheme, index: int, rule: ScoreRule) -> Iterator[Finding]:
    codes = {score.code for score in scheme.scores}
    for code, (low, high) in rule.when.items():
        path: Path = ("rules", index, "when", code)
        if code not in codes:
            yield Finding(path, f"no score has the code {code}")
        if low > high:
            yield Finding(path, f"range {low} to {high} holds for no score")
        if high > scheme.quantiles:
            yield Finding(path, f"scores go from 1 to {scheme.quantiles}")


def _check_score_rules(scheme: QuantileScoresScheme) -> Iterator[Finding]:
    codes = [score.code for score in scheme.scores]
    deciding: set[int] = set()
    open_cells: list[str] = []
    for cell in product(range(1, scheme.quantiles + 1), repeat=len(codes)):
        scores = dict(zip(codes, cell, strict=True))
        for index, rule in enumerate(scheme.rules):
            if _holds(rule, scores):
                deciding.add(index)
                break
        else:
            open_cells.append(" ".join(f"{code}{score}" for code, score in scores.items()))
    for index, rule in enumerate(scheme.rules):
        if index not in deciding:
            yield Finding(
                ("rules", index), f"rule for {rule.tier} is unreachable: earlier rules take all its scores"
            )
    if open_cells:
        yield Finding(("rules",), f"no rule covers {len(open_cells)} of the scores, first {open_cells[0]}")


def _holds(rule: ScoreRule, scores: dict[str, int]) -> bool:
    return all(low <= scores.get(code, 0) <= high for code, (low, high) in rule.when.items())
