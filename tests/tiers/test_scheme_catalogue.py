"""The page of all schemes says what their files say, and leaves none out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clientele.tiers import Scheme, load_schemes

REPOSITORY = Path(__file__).resolve().parents[2]
DBT_PROJECT = REPOSITORY / "dbt_project"
SCHEMES = load_schemes(DBT_PROJECT / "tiers")
LISTED, CHOICES = (
    (REPOSITORY / "docs" / "scheme_catalogue.md").read_text(encoding="utf-8").split("## Choices, and why")
)
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in LISTED.splitlines()
    if line.startswith("| `")
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}
REVIEWS = {None: "", "monthly": "monthly", (6, 12): "June, December"}


def test_the_page_lists_exactly_the_schemes_in_the_order_of_the_report() -> None:
    project = YAML(typ="safe").load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert sorted(ROWS) == sorted(SCHEMES)
    assert list(ROWS) == project["vars"]["schemes"]


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_the_row_of_a_scheme_says_what_its_file_says(scheme: Scheme) -> None:
    cadence = scheme.policy.cadence if scheme.policy else None
    reviewed = REVIEWS[tuple(cadence) if isinstance(cadence, list) else cadence]
    assert ROWS[scheme.id] == [
        scheme.title.zh,
        scheme.title.en,
        scheme.method,
        ", ".join(scheme.needs),
        reviewed,
    ]


def test_choices_are_about_schemes_that_exist() -> None:
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", CHOICES, re.MULTILINE)))
    assert named
    assert set(named) <= set(SCHEMES)
