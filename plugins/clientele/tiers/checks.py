"""What a scheme must keep beyond its shape: units, order, and no customer between or beyond the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise, product

from clientele.tiers.condition_checks import check_bounds, check_condition
from clientele.tiers.conditions import AtLeastOf, Condition, implies
from clientele.tiers.findings import Finding, Path
from clientele.tiers.intervals import seam_problem
from clientele.tiers.limits import check_limits
from clientele.tiers.metrics import METRICS
from clientele.tiers.names import names_taken
from clientele.tiers.policy_checks import check_policy
from clientele.tiers.reads import conditions_of, measures_of, missing_figures, names_read
from clientele.tiers.scheme import (
    AttributeMapScheme,
    BandsScheme,
    Cell,
    CriteriaScheme,
    CumulativeShareScheme,
    MatrixScheme,
    QuantileScoresScheme,
    RankShareScheme,
    RulesScheme,
    Scheme,
    ScoreRule,
)


def check(scheme: Scheme) -> Iterator[Finding]:
    """Yield everything that is wrong with a scheme of the right shape."""
    yield from _check_needs(scheme)
    yield from _check_basis(scheme)
    yield from _check_figures(scheme)
    yield from _check_tiers(scheme)
    yield from _check_population(scheme)
    measures = measures_of(scheme)
    for path, condition in conditions_of(scheme):
        yield from check_condition(path, condition, measures)
        if condition.referrer_of and not (isinstance(scheme, RulesScheme) and path[0] == "rules"):
            yield Finding((*path, "referrer_of"), "referrer_of stands in the rules of method rules only")
    yield from check_policy(scheme)
    yield from check_limits(scheme)
    match scheme:
        case CumulativeShareScheme() | RankShareScheme():
            yield from _check_shares(scheme)
        case BandsScheme():
            yield from _check_bands(scheme)
        case CriteriaScheme():
            yield from _check_criteria(scheme)
        case RulesScheme():
            yield from _check_rules(scheme)
        case QuantileScoresScheme():
            yield from _check_scores(scheme)
            yield from _check_score_rules(scheme)
        case MatrixScheme():
            yield from _check_axes(scheme)
            yield from _check_cells(scheme)
        case AttributeMapScheme():
            yield from _check_map(scheme)


def _check_needs(scheme: Scheme) -> Iterator[Finding]:
    for index, need in enumerate(scheme.needs):
        if need in scheme.needs[:index]:
            yield Finding(("needs", index), f"{need} is listed twice")


def _check_basis(scheme: Scheme) -> Iterator[Finding]:
    listed = [entry.metric for entry in scheme.basis]
    figures = {figure.code for figure in scheme.figures}
    read = list(names_read(scheme))
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
        if name not in listed and name not in figures:
            problem = "is not listed under basis" if name in METRICS else "is an unknown metric"
            yield Finding(path, f"{name} {problem}")


def _check_figures(scheme: Scheme) -> Iterator[Finding]:
    codes = [figure.code for figure in scheme.figures]
    read = {name for _, name in names_read(scheme)}
    measures = measures_of(scheme)
    for index, figure in enumerate(scheme.figures):
        path: Path = ("figures", index)
        if figure.code in METRICS:
            yield Finding((*path, "code"), f"{figure.code} is the name of a metric")
        if figure.code in names_taken(scheme):
            yield Finding((*path, "code"), f"{figure.code} means something else in the query: take another")
        if figure.code in codes[:index]:
            yield Finding((*path, "code"), f"duplicate figure {figure.code}")
        elif figure.code not in read:
            yield Finding((*path, "code"), f"{figure.code} is made but nothing reads it")
        if measures[figure.code].is_attribute:
            yield Finding((*path, "unit"), f"{figure.code} is a number, and {figure.unit} is none")
        for number, term in enumerate(figure.sum or ()):
            at = (*path, "sum", number, "metric")
            if term.metric in codes[index:]:
                yield Finding(at, f"{figure.code} reads {term.metric}, which is not above it")
            elif term.metric in measures and measures[term.metric].is_attribute:
                yield Finding(at, f"{term.metric} is {measures[term.metric].unit}, which cannot be summed")


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
    figures = {figure.code for figure in scheme.figures}
    for index, condition in enumerate(scheme.population):
        path: Path = ("population", index)
        if condition.is_ranking or condition.referrer_of:
            yield Finding((*path, condition.kind), "the population is chosen by the customer alone")
        named = {condition.metric, condition.multiple.metric if condition.multiple else None}
        if named & figures:
            yield Finding((*path, "metric"), "the population is chosen by metrics, not by figures")


def _check_is_known(scheme: Scheme, path: Path, name: str) -> Iterator[Finding]:
    """A method that must place everybody needs a figure for everybody."""
    if reason := missing_figures(scheme, name):
        yield Finding(path, reason)


def _check_is_figure(scheme: Scheme, path: Path, name: str) -> Iterator[Finding]:
    metric = measures_of(scheme).get(name)
    if metric and metric.is_attribute:
        yield Finding(path, f"{name} is {metric.unit}, and {scheme.method} needs a number")


def _check_given_tiers(scheme: Scheme, given: Sequence[tuple[Path, str]], giver: str) -> Iterator[Finding]:
    """Tiers that are given but do not exist, and those that exist but are never given."""
    codes = {tier.code for tier in scheme.tiers}
    for path, code in given:
        if code not in codes:
            yield Finding(path, f"no tier has the code {code}")
    for index, tier in enumerate(scheme.tiers):
        if tier.code not in {code for _, code in given}:
            yield Finding(("tiers", index), f"tier {tier.code} is unreachable: no {giver} gives it")


def _check_shares(scheme: CumulativeShareScheme | RankShareScheme) -> Iterator[Finding]:
    yield from _check_is_figure(scheme, ("metric",), scheme.metric)
    yield from _check_is_known(scheme, ("metric",), scheme.metric)
    if metric := measures_of(scheme).get(scheme.metric):
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
    yield from _check_is_figure(scheme, ("metric",), scheme.metric)
    yield from _check_is_known(scheme, ("metric",), scheme.metric)
    metric = measures_of(scheme).get(scheme.metric)
    for index, tier in enumerate(scheme.tiers):
        if metric:
            yield from check_bounds(("tiers", index), tier, metric)
    ascending = sorted(
        enumerate(scheme.tiers),
        key=lambda item: (item[1].interval.low is not None, item[1].interval.low or Decimal(0)),
    )
    lowest, highest = ascending[0], ascending[-1]
    if lowest[1].interval.low is not None:
        yield Finding(("tiers", lowest[0]), f"no band holds values under {lowest[1].interval.low}")
    if highest[1].interval.high is not None:
        yield Finding(("tiers", highest[0]), f"no band holds values over {highest[1].interval.high}")
    are_whole = metric is not None and metric.is_whole
    for (index, tier), (_, following) in pairwise(ascending):
        if problem := seam_problem(tier.interval, following.interval, are_whole=are_whole):
            yield Finding(("tiers", index), f"band {tier.code} {problem} ({following.code})")


def _check_criteria(scheme: CriteriaScheme) -> Iterator[Finding]:
    higher: list[tuple[str, AtLeastOf]] = []
    for index, tier in enumerate(scheme.tiers):
        path: Path = ("tiers", index, "when")
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
            if implies(tier.when, when):
                yield Finding(path, f"tier {tier.code} is unreachable: whoever meets it meets {code} before")
                break
        higher.append((tier.code, tier.when))


def _check_rules(scheme: RulesScheme) -> Iterator[Finding]:
    given: list[tuple[Path, str]] = [
        (("rules", index, "tier"), rule.tier) for index, rule in enumerate(scheme.rules)
    ]
    yield from _check_given_tiers(scheme, given, "rule")
    earlier: list[AtLeastOf] = []
    for index, rule in enumerate(scheme.rules):
        path: Path = ("rules", index)
        is_last = index == len(scheme.rules) - 1
        when = rule.when
        if when is None:
            if not is_last:
                yield Finding(path, "only the last rule has no conditions: those after it are unreachable")
            continue
        if is_last:
            yield Finding(path, "the last rule takes the rest and has no conditions")
        if when.at_least > len(when.of):
            yield Finding((*path, "at_least"), f"{when.at_least} of {len(when.of)} criteria can never be met")
            continue
        if any(implies(when, taken) for taken in earlier):
            yield Finding(
                path, f"rule for {rule.tier} is unreachable: whoever meets it meets an earlier rule"
            )
        yield from _check_referrers(scheme, index, when.of)
        earlier.append(when)


def _check_referrers(scheme: RulesScheme, index: int, conditions: Sequence[Condition]) -> Iterator[Finding]:
    for number, condition in enumerate(conditions):
        if condition.referrer_of is None:
            continue
        path: Path = ("rules", index, scheme.rules[index].key, number, "referrer_of", "tier")
        code = condition.referrer_of.tier
        asked = [rule.when for rule in scheme.rules[:index] if rule.tier == code]
        if not asked:
            yield Finding(path, f"no earlier rule gives {code}")
        elif any(asks.referrer_of for when in asked if when for asks in when.of):
            yield Finding(path, f"a rule for {code} asks for referrers itself")


def _check_scores(scheme: QuantileScoresScheme) -> Iterator[Finding]:
    codes = [score.code for score in scheme.scores]
    for index, score in enumerate(scheme.scores):
        if score.code in codes[:index]:
            yield Finding(("scores", index, "code"), f"duplicate score {score.code}")
        yield from _check_is_figure(scheme, ("scores", index, "metric"), score.metric)
        yield from _check_is_known(scheme, ("scores", index, "metric"), score.metric)
    given: list[tuple[Path, str]] = [
        (("rules", index, "tier"), rule.tier) for index, rule in enumerate(scheme.rules)
    ]
    if scheme.otherwise:
        given.append((("otherwise",), scheme.otherwise))
    yield from _check_given_tiers(scheme, given, "rule")
    for index, rule in enumerate(scheme.rules):
        yield from _check_ranges(scheme, index, rule)
    for index, condition in enumerate(scheme.scored or ()):
        if condition.is_ranking:
            yield Finding(("scored", index, condition.kind), "who is scored is chosen by the customer alone")


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
            if all(low <= scores.get(code, 0) <= high for code, (low, high) in rule.when.items()):
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


def _check_axes(scheme: MatrixScheme) -> Iterator[Finding]:
    axes = [axis.code for axis in scheme.axes]
    for index, axis in enumerate(scheme.axes):
        path: Path = ("axes", index)
        yield from _check_is_figure(scheme, (*path, "metric"), axis.metric)
        if axis.code in (*axes[:index], "tier"):
            yield Finding((*path, "code"), f"duplicate axis {axis.code}")
        levels = [level.code for level in axis.levels]
        above: list[Condition] = []
        for number, level in enumerate(axis.levels):
            at: Path = (*path, "levels", number)
            is_last = number == len(levels) - 1
            if level.code in levels[:number]:
                yield Finding((*at, "code"), f"duplicate level {level.code}")
            asked = level.condition(axis.metric)
            if asked is None:
                if not is_last:
                    yield Finding(at, "only the last level takes the rest: those after it are unreachable")
                continue
            if is_last:
                yield Finding(at, "the last level takes the rest and is not cut")
            elif any(taken.contains(asked) for taken in above):
                yield Finding(at, f"level {level.code} is unreachable: a level above takes all of it")
            above.append(asked)


def _check_cells(scheme: MatrixScheme) -> Iterator[Finding]:
    given: list[tuple[Path, str]] = [
        (("cells", index, "tier"), cell.tier) for index, cell in enumerate(scheme.cells)
    ]
    yield from _check_given_tiers(scheme, given, "cell")
    levels = {axis.code: [level.code for level in axis.levels] for axis in scheme.axes}
    for index, cell in enumerate(scheme.cells):
        for axis, named in cell.levels.items():
            if axis not in levels:
                yield Finding(("cells", index, axis), f"no axis has the code {axis}")
                continue
            for code in sorted(set(named) - set(levels[axis])):
                yield Finding(("cells", index, axis), f"axis {axis} has no level {code}")
    places = [dict(zip(levels, place, strict=True)) for place in product(*levels.values())]
    deciding = [
        next((index for index, cell in enumerate(scheme.cells) if _covers(cell, place)), None)
        for place in places
    ]
    for index, cell in enumerate(scheme.cells):
        if index not in deciding:
            yield Finding(
                ("cells", index), f"cell for {cell.tier} is unreachable: earlier cells take all of it"
            )
    if None in deciding:
        first = " ".join(f"{axis}={level}" for axis, level in places[deciding.index(None)].items())
        yield Finding(("cells",), f"no cell covers {deciding.count(None)} of the combinations, first {first}")


def _covers(cell: Cell, place: dict[str, str]) -> bool:
    return all(place.get(axis) in named for axis, named in cell.levels.items())


def _check_map(scheme: AttributeMapScheme) -> Iterator[Finding]:
    metric = METRICS.get(scheme.metric)
    if metric and metric.unit != "text":
        yield Finding(("metric",), f"{scheme.metric} is {metric.unit}, and attribute_map needs a text")
    if scheme.metric in {figure.code for figure in scheme.figures}:
        yield Finding(("metric",), f"{scheme.metric} is a figure, and attribute_map needs a text")
    given: list[tuple[Path, str]] = [(("map", value), code) for value, code in scheme.map.items()]
    yield from _check_given_tiers(scheme, [*given, (("otherwise",), scheme.otherwise)], "value")
