"""What whoever decides is shown: what the review moves, in counts, and what the checks object to."""

from __future__ import annotations

import duckdb
import pytest
from review_shop import REVIEWED_ON

from clientele.errors import ConfigurationError
from clientele.reviews.outcome import describe, read_outcomes
from clientele.reviews.proposal import Finding, open_proposal, proposal_folder
from clientele.warehouse.candidate import open_aside

OUTCOMES = """
    create or replace table review_outcomes as
    select
        date '2026-03-31' as as_of_date, scheme_id, 11 as previous_customers_count, 12 as customers_count,
        2 as upgraded_count, 3 as downgraded_count, 1 as near_threshold_count,
        12345.5::decimal(38, 4) as falling_net_sales_12m_amount, ratio as downgraded_ratio,
        null::decimal(9, 6) as usual_downgraded_ratio
    from (values ('value_pyramid', 0.272727::decimal(9, 6)), ('appliance_spend', null), ('not_reviewed', 0)
    ) as schemes(scheme_id, ratio)
    union all
    select date '2026-02-28', 'value_pyramid', 9, 9, 9, 9, 9, 9, 0.9, 0.9
"""


@pytest.fixture
def moved(waiting):
    """The waiting shop, whose proposal moves somebody."""
    database = open_aside(proposal_folder(waiting, REVIEWED_ON)).database
    with duckdb.connect(str(database)) as connection:
        connection.execute(OUTCOMES)
    return waiting


def shown(settings, *findings) -> str:
    proposal = open_proposal(settings, REVIEWED_ON).model_copy(update={"findings": findings})
    return describe(proposal, read_outcomes(settings, REVIEWED_ON), "https://docs.example/index.html")


def test_a_row_per_scheme_of_the_review_says_what_moves(moved):
    rows = [line for line in shown(moved).splitlines() if line.startswith("| ")]
    assert rows[1:] == [
        "| appliance_spend | 11 → 12 | 2 | 3 | – | 1 | 12,345.50 |",
        "| value_pyramid | 11 → 12 | 2 | 3 (27.3 %) | – | 1 | 12,345.50 |",
    ]


def test_a_decision_by_the_text_is_on_this_proposal(moved):
    assert open_proposal(moved, REVIEWED_ON).model_copy(update={"findings": ()}).mark in shown(moved)


def test_what_the_checks_object_to_is_named_with_the_way_to_the_data_docs(moved):
    finding = Finding(
        suite_name="review_outcomes.blocking",
        check_id="downgraded_within_limit",
        check_name="Customers who fall are within the limit.",
        severity="blocking",
        details="1 found: scheme_id=value_pyramid",
    )
    assert "All checks of the outcome passed." in shown(moved)
    text = shown(moved, finding)
    assert "All checks of the outcome passed." not in text
    assert (
        "- `review_outcomes.blocking downgraded_within_limit`: Customers who fall are within the limit."
        " 1 found: scheme_id=value_pyramid" in text
    )
    assert text.endswith("https://docs.example/index.html#outcome")


def test_nobody_is_named(moved):
    text = shown(moved)
    with duckdb.connect(str(open_aside(proposal_folder(moved, REVIEWED_ON)).database)) as connection:
        keys = connection.execute(
            "select distinct customer_key from intermediate.int_tier_decisions_made"
        ).fetchall()
    assert keys
    assert not any(key in text for (key,) in keys)


def test_without_a_proposal_there_is_nothing_to_show(settings):
    with pytest.raises(ConfigurationError):
        read_outcomes(settings, REVIEWED_ON)
