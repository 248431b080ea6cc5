"""The names by which readers know the figures behind a tier."""

from __future__ import annotations

import pytest

from clientele.settings import load_settings
from clientele.tiers import Measure, load_schemes, measure_named, measures_in, measures_of

TIERS = load_settings({}).dbt_project / "tiers"


@pytest.mark.parametrize(
    ("scheme_id", "code", "unit"),
    [
        ("any_of_three_windows", "net_sales_1m_amount", "money"),
        ("growth_value_club", "growth_value", "points"),
        ("growth_value_club", "orders_over_100", "visits"),
    ],
)
def test_a_scheme_names_its_metrics_and_its_own_figures(scheme_id: str, code: str, unit: str) -> None:
    scheme = load_schemes(TIERS)[scheme_id]
    entries = {entry.metric: entry for entry in scheme.basis} | {own.code: own for own in scheme.figures}
    name = entries[code].name
    assert measures_of(scheme)[code] == Measure(name.zh, name.en, unit)


@pytest.mark.parametrize(
    ("scheme_id", "code", "zh", "en"),
    [
        ("rfm_quintile", "rfm_scores", "RFM 得分", "RFM scores"),
        (
            "abc_sales_70_20_10",
            "net_sales_12m_amount_total",
            "全体近12个月净消费额合计",
            "Net sales in the last 12 months of everybody together",
        ),
    ],
)
def test_what_the_method_makes_is_named_after_what_it_is_made_of(
    scheme_id: str, code: str, zh: str, en: str
) -> None:
    measure = measures_of(load_schemes(TIERS)[scheme_id])[code]
    assert (measure.zh, measure.en) == (zh, en)


def test_the_measures_of_a_folder_are_told_apart_by_version() -> None:
    assert "growth_value" in measures_in(TIERS)["growth_value_club", 2]


@pytest.mark.parametrize(
    ("code", "measure"),
    [
        ("net_sales_12m_amount", Measure("近12个月净消费额", "net sales, last 12 months", "money")),
        ("visits_lifetime_count", Measure("累计消费次数", "visits, all time", "visits")),
        (
            "customers_share_before_pct",
            Measure("排在此客户之前的顾客占比", "share of customers before this one", "pct"),
        ),
        ("anything_else", Measure("anything else", "anything else")),
    ],
)
def test_a_figure_that_no_file_names_is_told_by_its_code(code: str, measure: Measure) -> None:
    assert measure_named(code) == measure
