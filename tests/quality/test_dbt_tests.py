from __future__ import annotations

import json
from pathlib import Path

import pytest

from clientele.errors import UnavailableError
from clientele.quality.dbt_tests import dbt_results

_NODE = {
    "name": "not_null_customers_customer_key",
    "test_metadata": {"name": "not_null"},
    "column_name": "customer_key",
    "attached_node": "model.clientele.customers",
    "config": {"severity": "ERROR"},
}


def _write(folder: Path, results: list[dict[str, object]], nodes: dict[str, object]) -> tuple[Path, Path]:
    run_results, manifest = folder / "run_results.json", folder / "manifest.json"
    run_results.write_text(json.dumps({"results": results}), encoding="utf-8")
    manifest.write_text(json.dumps({"nodes": nodes, "unit_tests": {}}), encoding="utf-8")
    return run_results, manifest


@pytest.mark.parametrize(
    ("status", "failures", "severity", "expected", "details"),
    [
        ("pass", 0, "ERROR", ("blocking", True, 0), None),
        ("pass", 0, "WARN", ("warning", True, 0), None),
        ("warn", 4, "WARN", ("warning", False, 4), "4 rows failed"),
        ("fail", 2, "ERROR", ("blocking", False, 2), "2 rows failed"),
        ("error", None, "ERROR", ("blocking", False, 0), "could not be judged: error"),
        ("error", None, "WARN", ("blocking", False, 0), "could not be judged: error"),
        ("skipped", None, "WARN", ("blocking", False, 0), "could not be judged: skipped"),
    ],
)
def test_outcome_of_a_test(
    status: str,
    failures: int | None,
    severity: str,
    expected: tuple[str, bool, int],
    details: str | None,
    tmp_path: Path,
) -> None:
    unique_id = "test.clientele.not_null_customers_customer_key.abc"
    outcome = {"unique_id": unique_id, "status": status, "failures": failures, "message": "got '13800138000'"}
    paths = _write(tmp_path, [outcome], {unique_id: _NODE | {"config": {"severity": severity}}})

    (result,) = dbt_results(*paths)

    assert (result.severity, result.is_successful, result.failed_count) == expected
    assert result.details == details
    assert (result.boundary, result.suite_name, result.check_id) == ("built", "dbt", unique_id)
    assert (result.check_name, result.table_name, result.column_name) == (
        "not_null",
        "customers",
        "customer_key",
    )


def test_only_tests_are_taken_ordered_by_id(tmp_path: Path) -> None:
    results: list[dict[str, object]] = [
        {"unique_id": unique_id, "status": "pass", "failures": 0}
        for unique_id in (
            "test.clientele.b",
            "model.clientele.customers",
            "test.clientele.a",
            "unit_test.clientele.u",
        )
    ]
    node = {"name": "assert_settled", "depends_on": {"nodes": ["model.clientele.x", "model.clientele.y"]}}
    outcome = dbt_results(*_write(tmp_path, results, {"test.clientele.a": node}))
    assert [result.check_id for result in outcome] == [
        "test.clientele.a",
        "test.clientele.b",
        "unit_test.clientele.u",
    ]
    assert (outcome[0].check_name, outcome[0].table_name) == ("assert_settled", "x,y")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"manifest\.json cannot be read"):
        dbt_results(tmp_path / "run_results.json", tmp_path / "manifest.json")
