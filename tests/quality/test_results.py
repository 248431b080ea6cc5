from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clientele.errors import UnavailableError
from clientele.quality.index import write_index
from clientele.quality.results import CheckResult, load_results, read_results, write_results

RESULT = CheckResult(
    boundary="sources",
    suite_name="loads.blocking",
    check_id="status_known",
    check_name="A load has a status.",
    table_name="loads",
    column_name=None,
    severity="blocking",
    is_successful=True,
    checked_count=3,
    failed_count=0,
    details=None,
)


def test_results_survive_the_file(tmp_path: Path) -> None:
    results = [RESULT, replace(RESULT, check_id="other", details="三行", column_name="status")]
    write_results(tmp_path / "new" / "sources.json", results)
    assert read_results(tmp_path / "new" / "sources.json") == results
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["sources.json"]


def test_all_boundaries_are_loaded(tmp_path: Path) -> None:
    write_results(tmp_path / "sources.json", [RESULT])
    write_results(tmp_path / "built.json", [replace(RESULT, boundary="built")])
    assert [result.boundary for result in load_results(tmp_path)] == ["built", "sources"]


def test_a_run_without_results_is_not_a_checked_run(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="holds no check results"):
        load_results(tmp_path)


@pytest.mark.parametrize("content", ["", "[", "{}", '[{"boundary": "sources"}]', "[1]"])
def test_half_written_results_are_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "sources.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnavailableError, match=r"sources\.json cannot be read"):
        load_results(tmp_path)


def test_index_counts_what_blocks_and_what_warns(tmp_path: Path) -> None:
    write_results(
        tmp_path / "built" / "results.json",
        [
            RESULT,
            replace(RESULT, check_id="blocked", is_successful=False),
            replace(RESULT, check_id="warned", is_successful=False, severity="warning"),
        ],
    )
    page = " ".join(write_index(tmp_path).read_text(encoding="utf-8").split())
    assert "3 checks, 1 blocking, 1 warnings." in page
    assert page.index(">blocked<") < page.index(">passed<")
