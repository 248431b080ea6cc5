"""Every published number says its unit, by what its name promises."""

from __future__ import annotations

import re

import pytest

from clientele.bi.contracts import read_contracts
from clientele.settings import PROJECT

CONTRACTS = read_contracts(PROJECT / "dbt_project" / "marts")
IS_NUMBER = re.compile(r"(tiny|small|big|huge)?int|integer|decimal|double|float")
#: What is counted; "(count)" is said of what has no plural.
COUNTED = (
    "accounts|buyers|cards|categories|channels|complaints|contacts|customers|days|decisions|lines|minutes"
    "|orders|receipts|rows|spans|stores|surveys|visits|weeks|count"
)
#: What a name says, and what the description then has to say; the first that fits counts.
UNITS = {
    r"(^|_)amount(_|$)": r"\bcurrency\b",
    r"_ratio$": r"\b0 to 1\b|\bunder 0\b",
    r"_pct$": r"\bpercent\b.*\b0 to 100\b",
    r"_per_month$": r"\bby calendar months\b",
    r"(^|_)rank(_|$)": r"\b[Hh]igher is better\b",
    r"_balance$": r"\bin points\b",
    r"_score$": r"\b0 to 10\b",
    r"_days(_|$)": r"\b[Dd]ays\b",
    r"(^|_)months(_|$)": r"\b[Mm]onths?\b",
    r"_years?$": r"\byears?\b|\bYear\b",
    r"_minutes_.*count$": r"\bMinutes\b",
    r"_weeks_count$": r"\bweeks\b",
    r"_multiple$": r"\bby\b|\btimes\b",
    r"(^|_)value$": r"\bunit\b",
    # A count says what it counts.
    r"_count$": rf"(?i)\b({COUNTED})\b",
    # Names and places in an order have no unit.
    r"(_id|_number|_version)$": r"",
}


def gap(name: str, description: str) -> str | None:
    """What a description lacks; None where it says the unit. A number whose name promises none lacks that."""
    for promised, said in UNITS.items():
        if re.search(promised, name):
            return None if re.search(said, description) else f"{name}: {description!r} lacks {said}"
    return f"{name}: no unit is known for the name"


def test_the_rule_sees_what_it_looks_for():
    assert gap("net_sales_12m_amount", "Net sales, in the currency") is None
    assert gap("net_sales_12m_amount", "Net sales of twelve months")
    assert gap("churn_ratio", "Lost by active, 0 to 1") is None
    assert gap("churn_ratio", "Lost by active")
    assert gap("overdue_days", "How long the oldest bill is overdue")
    assert gap("visits_12m_count", "Those of them in this")
    assert gap("sales", "Sales")


@pytest.mark.parametrize("table", CONTRACTS)
def test_the_description_of_every_number_says_its_unit(table):
    columns = CONTRACTS[table].columns.items()
    numbers = {name: column for name, column in columns if IS_NUMBER.match(column.data_type)}
    gaps = [gap(name, column.description) for name, column in numbers.items()]
    assert [found for found in gaps if found] == []


@pytest.mark.parametrize("table", CONTRACTS)
def test_the_description_of_every_time_says_utc(table):
    for name, column in CONTRACTS[table].columns.items():
        if column.data_type == "timestamp":
            assert name.endswith("_at"), name
            assert "UTC" in column.description, name
