"""The ranked methods against a reference in fractions that shares nothing with the SQL."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Assign = Callable[..., dict[Any, dict[str, Any]]]

few_amounts = st.sampled_from([Decimal(text) for text in ("-3", "0", "0.01", "7", "10", "19.99", "20")])
any_amount = st.decimals(min_value=-1000, max_value=100_000, places=2)
amount_lists = st.lists(few_amounts | any_amount, min_size=1, max_size=25)
checked = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def tier_at(share: Fraction, cuts: list[int], tiers: list[str]) -> str:
    return next(
        (tier for cut, tier in zip(cuts, tiers, strict=False) if share < Fraction(cut, 100)), tiers[-1]
    )


@checked
@given(amounts=amount_lists)
def test_abc_is_what_fractions_say(assign: Assign, amounts: list[Decimal]) -> None:
    found = assign(
        "abc_sales_70_20_10",
        [{"customer_key": str(n), "net_sales_12m_amount": amount} for n, amount in enumerate(amounts)],
    )
    exact = [Fraction(amount) for amount in amounts]
    total = sum(exact)
    for n, amount in enumerate(exact):
        if total <= 0:
            assert found[str(n)]["tier_code"] == "C"
            continue
        share = sum((other for other in exact if other > amount), Fraction(0)) / total
        assert found[str(n)]["tier_code"] == tier_at(share, [70, 90], ["A", "B", "C"])
        shown = Fraction(found[str(n)]["deciding_value"])
        assert 0 <= share * 100 - shown < Fraction(1, 1_000_000)


@checked
@given(amounts=amount_lists)
def test_the_pyramid_is_what_fractions_say(assign: Assign, amounts: list[Decimal]) -> None:
    found = assign(
        "value_pyramid",
        [{"customer_key": str(n), "net_sales_12m_amount": amount} for n, amount in enumerate(amounts)],
    )
    for n, amount in enumerate(amounts):
        share = Fraction(sum(other > amount for other in amounts), len(amounts))
        tiers = ["angel", "main", "ordinary", "small"]
        expected = tier_at(share, [1, 20, 50], tiers) if sum(amounts) > 0 else "small"
        assert found[str(n)]["tier_code"] == expected


@checked
@given(visits=st.lists(st.integers(min_value=1, max_value=12), min_size=1, max_size=30))
def test_scores_count_the_cut_points_below_the_value(assign: Assign, visits: list[int]) -> None:
    found = assign(
        "rfm_quintile",
        [
            {
                "customer_key": str(n),
                "visits_24m_count": count,
                "recency_days": 100 - count,
                "net_sales_24m_amount": -count,
            }
            for n, count in enumerate(visits)
        ],
    )
    ascending = sorted(visits)
    cut_points = [
        next(value for place, value in enumerate(ascending, start=1) if place * 5 >= k * len(visits))
        for k in (1, 2, 3, 4)
    ]
    falling = sorted(-count for count in visits)
    falling_cut_points = [
        next(value for place, value in enumerate(falling, start=1) if place * 5 >= k * len(visits))
        for k in (1, 2, 3, 4)
    ]
    for n, count in enumerate(visits):
        score = 1 + sum(cut < count for cut in cut_points)
        falling_score = 1 + sum(cut < -count for cut in falling_cut_points)
        # Who comes more often came more recently here, and spent less.
        assert found[str(n)]["deciding_value"] == score * 100 + score * 10 + falling_score


@checked
@given(amounts=amount_lists)
def test_above_the_median_is_what_the_median_says(assign: Assign, amounts: list[Decimal]) -> None:
    found = assign(
        "loyalty_profit_matrix",
        [
            {
                "customer_key": str(n),
                "visits_12m_count": 1,
                "profit_12m_amount": amount,
                # Nobody knows what the first will buy: no median counts that one, and it is never high.
                "predicted_purchases_12m_count": None if n == 0 else -amount,
            }
            for n, amount in enumerate(amounts)
        ],
    )
    if len(amounts) == 1:
        assert found == {}, "nothing was predicted of anybody"
        return
    exact = [Fraction(amount) for amount in amounts]
    for n, amount in enumerate(exact):
        is_profitable = amount >= median(exact)
        is_loyal = n > 0 and -amount >= median([-other for other in exact[1:]])
        assert (
            found[str(n)]["tier_code"]
            == {
                (True, True): "friend",
                (False, True): "butterfly",
                (True, False): "barnacle",
                (False, False): "stranger",
            }[is_loyal, is_profitable]
        )


@checked
@given(amounts=amount_lists)
def test_a_top_share_ends_where_fractions_say(assign: Assign, amounts: list[Decimal]) -> None:
    rows = [
        {
            "customer_key": str(n),
            "visits_lifetime_count": 1,
            "net_sales_12m_amount": amount,
            "predicted_sales_12m_amount": 1 if n else None,
        }
        for n, amount in enumerate(amounts)
    ]
    found = assign("salon_abcd", rows)
    if len(amounts) == 1:
        assert found == {}, "nothing was predicted of anybody"
        return
    for n, amount in enumerate(amounts):
        share = Fraction(sum(other > amount for other in amounts), len(amounts))
        if amount <= 0 or share >= Fraction(1, 2):
            # All the predicted are equal, so each of them is in the top fifth.
            expected = "D" if n and share >= Fraction(1, 2) else "C"
        elif share < Fraction(1, 5):
            expected = "A" if n else "B"
        else:
            expected = "B" if n else "C"
        assert found[str(n)]["tier_code"] == expected


@checked
@given(amounts=amount_lists, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(assign: Assign, amounts: list[Decimal], seed: Any) -> None:
    rows = [{"customer_key": str(n), "net_sales_12m_amount": amount} for n, amount in enumerate(amounts)]
    shuffled = seed.sample(rows, len(rows))
    assert assign("abc_sales_75_20_5", rows) == assign("abc_sales_75_20_5", shuffled)
