"""Rows in are rows accounted for, whatever a shop sends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from lake_corpus import (
    CONTROLS,
    DIALECTS,
    HOSTILE,
    RAGGED,
    REFUSED,
    Case,
    Row,
    description,
    hostile_cases,
    landing_name,
)
from lake_exports import drop

from clientele.duck import connect
from clientele.lake import ingest as ingest_module
from clientele.lake import mount as mount_module
from clientele.lake.ingest import ingest
from clientele.lake.mount import mount
from clientele.settings import Settings

#: Documented beside the limits, and tested with smaller ones.
OF_LIMITS = {"sheet_too_large"}
GROUPS = {"dialects": DIALECTS, "ragged": RAGGED, "refused": REFUSED, "hostile": hostile_cases()}
CASES: Mapping[str, Case] = {
    f"{group}: {title}": case for group, cases in GROUPS.items() for title, case in cases.items()
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All files of the corpus, taken in at once and mounted."""
    home: Path = tmp_path_factory.mktemp("corpus")
    settings = Settings(home=home, settle_seconds=0, secret_key="a secret for tests only")
    with pytest.MonkeyPatch.context() as patch:
        for module in (ingest_module, mount_module):
            patch.setattr(module, "load_descriptions", lambda _: {"corpus": description(CASES)})
        for number, case in enumerate(CASES.values()):
            drop(settings, landing_name(number, case), case.content, source="corpus")
        ingest(settings)
        with connect(None, settings) as connection:
            mount(connection, settings)
            yield connection


def test_the_corpus_does_not_shrink() -> None:
    assert len(DIALECTS) >= 55
    assert len(RAGGED) >= 35
    assert len(REFUSED) >= 55
    assert len(HOSTILE | CONTROLS) >= 60
    assert len(GROUPS["hostile"]) >= 65


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES.values())), ids=CASES.keys())
def test_every_row_of_the_corpus_is_accounted_for(
    lake: duckdb.DuckDBPyConnection, number: int, case: Case
) -> None:
    loads = lake.execute(
        "select load_id, status, reason_code, row_count, malformed_row_count from lake.loads where feed = ?",
        [f"case_{number}"],
    ).fetchall()
    assert len(loads) == 1
    load_id, status, reason_code, row_count, malformed_row_count = loads[0]
    assert (status, reason_code) == (("refused", case.refused) if case.refused else ("accepted", None))
    rows = lake.execute(
        f"select _row_number, no, name, amount from lake.corpus__case_{number} order by 1"
    ).fetchall()
    malformed = lake.execute(
        "select row_number, reason_code from lake.malformed_rows where load_id = ?", [load_id]
    ).fetchall()
    assert [tuple(cells) for _, *cells in rows] == list(case.rows)
    assert dict(malformed) == dict(case.malformed)
    assert (row_count, malformed_row_count) == (case.row_count, len(case.malformed))
    numbers = sorted([row[0] for row in rows] + [row[0] for row in malformed])
    assert numbers == list(range(1, row_count + 1))
    totals = lake.execute(
        "select currency_code, row_count, amount from lake.load_totals where load_id = ? order by 1",
        [load_id],
    ).fetchall()
    assert totals == ([] if case.refused else _totals(case))


def test_every_reason_to_refuse_or_set_aside_has_a_case() -> None:
    documented = _reason_codes_of(Path(__file__).parents[2] / "docs" / "sources.md")
    shown = Counter(case.refused for case in CASES.values() if case.refused)
    shown += Counter(code for case in CASES.values() for code in case.malformed.values())
    # No file can be written of which the readers lose a line; the test of the readers breaks one instead.
    assert documented - {"lines_lost"} == set(shown) - OF_LIMITS


def _totals(case: Case) -> list[tuple[str, int, Decimal]]:
    amount = (
        sum((Decimal(row[2] or 0) for row in case.rows), Decimal(0)) if _are_plain(case.rows) else Decimal(0)
    )
    totals = [("EUR", len(case.rows), amount)] if case.rows else []
    return totals + ([("XXX", len(case.malformed), Decimal(0))] if case.malformed else [])


def _are_plain(rows: list[Row]) -> bool:
    return all((row[2] or "0").lstrip("-").replace(".", "").isdecimal() for row in rows)


def _reason_codes_of(page: Path) -> set[str]:
    """What stands in the first column of its tables of reason codes."""
    codes: set[str] = set()
    is_in_table = False
    for line in page.read_text(encoding="utf-8").splitlines():
        is_in_table = line.startswith("| reason code |") or (is_in_table and line.startswith("|"))
        if is_in_table:
            codes |= set(re.findall("`([a-z_]+)`", line.split("|")[1]))
    return codes
