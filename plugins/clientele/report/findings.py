"""What the figures say: plain rows of a release turned into what the page shows. Pure, no I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from clientele.report.queries import Movement, Mover, Published, TierSize

Direction = Literal["up", "down", "same", "new", "left"]

Total = TypeVar("Total", int, Decimal)

_ZERO = Decimal(0)


class Words(NamedTuple):
    """One thing said in both languages."""

    zh: str
    en: str


class TopShareClaim(NamedTuple):
    """A rule of thumb about a scheme that the report holds against the figures; it decides no tier."""

    tiers_count: int
    share: Decimal
    tolerance: Decimal


#: The customer pyramid is drawn because its first two tiers are said to bring about 80% of revenue.
TOP_SHARE_CLAIMS = {"value_pyramid": TopShareClaim(2, Decimal("0.80"), Decimal("0.05"))}


@dataclass(frozen=True)
class Headline:
    """A figure over all customers and the same figure at the previous month end, where that is published."""

    customers_count: int
    customers_change: int | None
    buyers_12m_ratio: Decimal | None
    net_sales_change: Decimal | None
    compared_with: date | None


@dataclass(frozen=True)
class Tier:
    """One tier now; ``position`` is 0 for the best tier and 1 for the last."""

    code: str
    name: Words
    position: float
    customers_count: int
    customers_ratio: Decimal | None
    customers_change: int | None
    net_sales_12m_amount: Decimal
    net_sales_12m_ratio: Decimal | None
    average_net_sales_12m_amount: Decimal | None


@dataclass(frozen=True)
class Cell:
    """Customers that took one way through the matrix; ``ratio`` is their share of the tier they came from."""

    direction: Direction
    customers_count: int
    ratio: float


@dataclass(frozen=True)
class MatrixRow:
    """Where the customers of one former tier are now; ``cells`` stand in the order of ``Matrix.columns``."""

    name: Words
    cells: tuple[Cell, ...]
    customers_count: int


@dataclass(frozen=True)
class Matrix:
    """Movement from the previous month end (rows) to now (columns), best tier first."""

    columns: tuple[Words, ...]
    rows: tuple[MatrixRow, ...]
    column_counts: tuple[int, ...]


@dataclass(frozen=True)
class Flow:
    """Customers that went one direction, and their net sales of the last twelve months."""

    customers_count: int
    net_sales_12m_amount: Decimal


@dataclass(frozen=True)
class NamedMover:
    """A riser or faller with its tiers named."""

    customer_key: str
    previous_tier: Words
    tier: Words
    currency_code: str | None
    net_sales_12m_amount: Decimal
    reason: Words


@dataclass(frozen=True)
class TopShare:
    """What the first tiers hold, against what a rule of thumb says they hold."""

    names: tuple[Words, ...]
    customers_ratio: Decimal
    net_sales_12m_ratio: Decimal
    claimed_ratio: Decimal
    verdict: Literal["about", "less", "more"]


@dataclass(frozen=True)
class SchemeReview:
    """All that is said about one scheme."""

    scheme_id: str
    scheme_version: int
    title: Words
    summary: Words | None
    customers_count: int
    tiers: tuple[Tier, ...]
    largest_ratio: Decimal
    history: tuple[TierSize, ...]
    compared_with: date | None
    matrix: Matrix | None
    flows: dict[Direction, Flow]
    risers: tuple[NamedMover, ...]
    fallers: tuple[NamedMover, ...]
    top_share: TopShare | None


def headline(published: Published) -> Headline:
    """Compare today's totals with the previous month end.

    A former total is read off a scheme whose tiers cover exactly today's figure; where none does, nothing is
    compared rather than something else.
    """
    as_of = published.release.as_of_date
    compared_with = _previous_date(published.movements)
    customers = published.customer_totals.customers_count
    net_sales = sum((total.net_sales_12m_amount for total in published.currency_totals), _ZERO)
    customers_by_date: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    net_sales_by_date: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for size in published.tier_sizes:
        customers_by_date[size.scheme_id][size.as_of_date] += size.customers_count
        net_sales_by_date[size.scheme_id][size.as_of_date] += size.net_sales_12m_amount
    former_customers, former_net_sales = None, None
    if compared_with is not None:
        former_customers = _former_total(customers_by_date, as_of, customers, compared_with)
        if len(published.currency_totals) == 1:
            former_net_sales = _former_total(net_sales_by_date, as_of, net_sales, compared_with)
    return Headline(
        customers_count=customers,
        customers_change=None if former_customers is None else customers - former_customers,
        buyers_12m_ratio=(
            Decimal(published.customer_totals.buyers_12m_count) / customers if customers else None
        ),
        net_sales_change=None if former_net_sales is None else net_sales - former_net_sales,
        compared_with=compared_with,
    )


def _former_total(
    totals: Mapping[str, Mapping[date, Total]], as_of: date, today: Total, compared_with: date
) -> Total | None:
    for scheme_id in sorted(totals):
        by_date = totals[scheme_id]
        if by_date.get(as_of) == today and compared_with in by_date:
            return by_date[compared_with]
    return None


def scheme_reviews(published: Published) -> list[SchemeReview]:
    """One review per scheme that has tiers at the as-of date, by scheme id."""
    sizes_by_scheme: dict[str, list[TierSize]] = defaultdict(list)
    for size in published.tier_sizes:
        sizes_by_scheme[size.scheme_id].append(size)
    summaries = {
        row.scheme_id: Words(row.scheme_summary_zh, row.scheme_summary_en)
        for row in published.scheme_summaries
    }
    reviews = []
    for scheme_id in sorted(sizes_by_scheme):
        sizes = sizes_by_scheme[scheme_id]
        current = [size for size in sizes if size.as_of_date == published.release.as_of_date]
        if not current:
            continue
        movements = [movement for movement in published.movements if movement.scheme_id == scheme_id]
        movers = [mover for mover in published.movers if mover.scheme_id == scheme_id]
        reviews.append(_review(scheme_id, summaries.get(scheme_id), current, sizes, movements, movers))
    return reviews


def _review(
    scheme_id: str,
    summary: Words | None,
    current: Sequence[TierSize],
    sizes: Sequence[TierSize],
    movements: Sequence[Movement],
    movers: Sequence[Mover],
) -> SchemeReview:
    compared_with = _previous_date(movements)
    names = {size.tier_code: Words(size.tier_name_zh, size.tier_name_en) for size in [*sizes, *current]}
    before = {size.tier_code: size.customers_count for size in sizes if size.as_of_date == compared_with}
    tiers = tuple(
        Tier(
            code=size.tier_code,
            name=names[size.tier_code],
            position=index / max(len(current) - 1, 1),
            customers_count=size.customers_count,
            customers_ratio=size.customers_ratio,
            customers_change=size.customers_count - before.get(size.tier_code, 0) if before else None,
            net_sales_12m_amount=size.net_sales_12m_amount,
            net_sales_12m_ratio=size.net_sales_12m_ratio,
            average_net_sales_12m_amount=(
                size.net_sales_12m_amount / size.customers_count if size.customers_count else None
            ),
        )
        for index, size in enumerate(current)
    )
    named = [(mover.is_riser, _named(mover, names)) for mover in movers]
    return SchemeReview(
        scheme_id=scheme_id,
        scheme_version=current[0].scheme_version,
        title=Words(current[0].scheme_title_zh, current[0].scheme_title_en),
        summary=summary,
        customers_count=sum(tier.customers_count for tier in tiers),
        tiers=tiers,
        largest_ratio=max(
            ratio or _ZERO for tier in tiers for ratio in (tier.customers_ratio, tier.net_sales_12m_ratio)
        ),
        history=tuple(size for size in sizes if size.tier_code in {tier.code for tier in tiers}),
        compared_with=compared_with,
        matrix=_matrix(movements, current, names),
        flows=_flows(movements),
        risers=tuple(mover for is_riser, mover in named if is_riser),
        fallers=tuple(mover for is_riser, mover in named if not is_riser),
        top_share=_top_share(scheme_id, tiers),
    )


def _previous_date(movements: Sequence[Movement]) -> date | None:
    dates = [row.previous_as_of_date for row in movements if row.previous_as_of_date is not None]
    return max(dates, default=None)


def _named(mover: Mover, names: dict[str, Words]) -> NamedMover:
    def name(code: str) -> Words:
        return names.get(code, Words(code, code))

    return NamedMover(
        customer_key=mover.customer_key,
        previous_tier=name(mover.previous_tier_code),
        tier=name(mover.tier_code),
        currency_code=mover.currency_code,
        net_sales_12m_amount=mover.net_sales_12m_amount,
        reason=Words(mover.reason_zh or "", mover.reason_en or ""),
    )


def _direction(movement: Movement) -> Direction:
    if movement.from_tier_rank is None:
        return "new"
    if movement.to_tier_rank is None:
        return "left"
    if movement.to_tier_rank == movement.from_tier_rank:
        return "same"
    return "up" if movement.to_tier_rank > movement.from_tier_rank else "down"


def _flows(movements: Sequence[Movement]) -> dict[Direction, Flow]:
    flows: dict[Direction, Flow] = dict.fromkeys(("up", "down", "same", "new", "left"), Flow(0, _ZERO))
    for movement in movements:
        direction = _direction(movement)
        so_far = flows[direction]
        flows[direction] = Flow(
            so_far.customers_count + movement.customers_count,
            so_far.net_sales_12m_amount + movement.net_sales_12m_amount,
        )
    return flows


def _matrix(
    movements: Sequence[Movement], current: Sequence[TierSize], names: dict[str, Words]
) -> Matrix | None:
    if not any(movement.previous_as_of_date for movement in movements):
        return None
    ranks: dict[str, int | None] = {size.tier_code: size.tier_rank for size in current}
    from_ranks, to_ranks = dict(ranks), dict(ranks)
    cells: dict[tuple[str, str], Cell] = {}
    came_from: dict[str, int] = defaultdict(int)
    for movement in movements:
        from_ranks.setdefault(movement.from_tier_code, movement.from_tier_rank)
        to_ranks.setdefault(movement.to_tier_code, movement.to_tier_rank)
        came_from[movement.from_tier_code] += movement.customers_count
    for movement in movements:
        total = came_from[movement.from_tier_code]
        cells[movement.from_tier_code, movement.to_tier_code] = Cell(
            _direction(movement), movement.customers_count, movement.customers_count / total if total else 0.0
        )

    def best_first(item: tuple[str, int | None]) -> tuple[bool, int, str]:
        code, rank = item
        return rank is None, -(rank or 0), code

    from_codes = [code for code, _ in sorted(from_ranks.items(), key=best_first)]
    to_codes = [code for code, _ in sorted(to_ranks.items(), key=best_first)]
    nobody = Cell("same", 0, 0.0)
    rows = tuple(
        MatrixRow(
            name=names.get(code, Words("新进入", "New") if from_ranks[code] is None else Words(code, code)),
            cells=tuple(cells.get((code, to_code), nobody) for to_code in to_codes),
            customers_count=came_from[code],
        )
        for code in from_codes
    )
    return Matrix(
        columns=tuple(
            names.get(code, Words("已离开", "Left") if to_ranks[code] is None else Words(code, code))
            for code in to_codes
        ),
        rows=rows,
        column_counts=tuple(
            sum(row.cells[index].customers_count for row in rows) for index in range(len(to_codes))
        ),
    )


def _top_share(scheme_id: str, tiers: Sequence[Tier]) -> TopShare | None:
    claim = TOP_SHARE_CLAIMS.get(scheme_id)
    customers = sum(tier.customers_count for tier in tiers)
    net_sales = sum((tier.net_sales_12m_amount for tier in tiers), _ZERO)
    if claim is None or not customers or net_sales <= 0:
        return None
    first = tiers[: claim.tiers_count]
    held = sum((tier.net_sales_12m_amount for tier in first), _ZERO) / net_sales
    verdict: Literal["about", "less", "more"] = "about"
    if abs(held - claim.share) > claim.tolerance:
        verdict = "less" if held < claim.share else "more"
    return TopShare(
        names=tuple(tier.name for tier in first),
        customers_ratio=Decimal(sum(tier.customers_count for tier in first)) / customers,
        net_sales_12m_ratio=held,
        claimed_ratio=claim.share,
        verdict=verdict,
    )
