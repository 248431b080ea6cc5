"""dbt's test outcomes as check results, so that one table holds everything that was checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clientele.errors import UnavailableError
from clientele.quality.results import CheckResult, Severity

SUITE_NAME = "dbt"


def dbt_results(run_results: Path, manifest: Path) -> list[CheckResult]:
    """The data tests and unit tests of one dbt invocation, ordered by id; boundary ``built``.

    ``checked_count`` is 0: dbt counts what failed, not what it looked at. A test that was skipped or ended in
    an error has not passed and is a blocking failure, whatever its severity. dbt's messages stay in dbt's own
    files: they may quote values.

    Raises UnavailableError naming the file that cannot be read.
    """
    manifest_content = _read(manifest)
    nodes = manifest_content.get("nodes", {}) | manifest_content.get("unit_tests", {})
    outcomes = []
    for result in _read(run_results).get("results", []):
        unique_id = result["unique_id"]
        if unique_id.startswith(("test.", "unit_test.")):
            outcomes.append(_result(unique_id, result, nodes.get(unique_id, {})))
    return sorted(outcomes, key=lambda outcome: outcome.check_id)


def _result(unique_id: str, result: dict[str, Any], node: dict[str, Any]) -> CheckResult:
    status = result["status"]
    is_warning = status == "warn" or (status == "pass" and _is_warning(node))
    severity: Severity = "warning" if is_warning else "blocking"
    failed = int(result.get("failures") or 0)
    details = None
    if status in ("warn", "fail"):
        details = f"{failed} rows failed"
    elif status != "pass":
        details = f"could not be judged: {status}"
    return CheckResult(
        boundary="built",
        suite_name=SUITE_NAME,
        check_id=unique_id,
        check_name=(node.get("test_metadata") or {}).get("name") or node.get("name") or unique_id,
        table_name=_table(node),
        column_name=node.get("column_name"),
        severity=severity,
        is_successful=status == "pass",
        checked_count=0,
        failed_count=failed,
        details=details,
    )


def _is_warning(node: dict[str, Any]) -> bool:
    return str(node.get("config", {}).get("severity", "error")).lower() == "warn"


def _table(node: dict[str, Any]) -> str:
    """The model the test is attached to, else what it reads."""
    attached = node.get("attached_node") or node.get("model")
    if attached:
        return str(attached).rsplit(".", 1)[-1]
    read = node.get("depends_on", {}).get("nodes", [])
    return ",".join(str(name).rsplit(".", 1)[-1] for name in read)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnavailableError(f"{path} cannot be read: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise UnavailableError(f"{path} is not a file of dbt's")
    return content
