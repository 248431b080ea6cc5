"""What the gates say of a proposal: the first two may end it, the outcome is for whoever decides."""

from __future__ import annotations

import pytest
from review_shop import REVIEWED_ON

from clientele.errors import GateFailedError
from clientele.quality.results import CheckResult, write_results
from clientele.reviews import proposal
from clientele.warehouse.candidate import Candidate


def result(check_id: str, severity: str, *, is_successful: bool) -> CheckResult:
    return CheckResult(
        "outcome", f"review_outcomes.{severity}", check_id, "Not too many fall.\n", "review_outcomes", None,
        severity, is_successful, 3, int(not is_successful), "1 found",
    )  # fmt: skip


@pytest.fixture
def check(settings, tmp_path, monkeypatch):
    """Checks a candidate for which the gate of the outcome has these results, or ``closed`` is closed."""
    monkeypatch.setattr(proposal.dbt_build, "build", lambda *arguments, **named: None)
    candidate = Candidate("2026-03-31", 0, tmp_path, REVIEWED_ON, 3)

    def run(*results: CheckResult, closed: str = ""):
        def gate(settings, database, boundary, folder):
            if boundary == "outcome" and results:
                write_results(folder / "outcome.json", results)
            if boundary == closed or (
                boundary == "outcome" and any(one.is_blocking_failure for one in results)
            ):
                raise GateFailedError(f"the gate {boundary!r} is closed")
            return list(results)

        monkeypatch.setattr(proposal.gate, "check", gate)
        said: list[str] = []
        return proposal.build_and_check(settings, candidate, said.append), said

    return run


def test_what_the_outcome_objects_to_is_kept_with_its_severity(check):
    findings, said = check(
        result("falls_within_limit", "blocking", is_successful=False),
        result("falls_as_usual", "warning", is_successful=False),
        result("somebody_judged", "blocking", is_successful=True),
    )
    told = [(finding.check_id, finding.severity, finding.check_name) for finding in findings]
    assert told == [
        ("falls_within_limit", "blocking", "Not too many fall."),
        ("falls_as_usual", "warning", "Not too many fall."),
    ]
    assert "the gate 'outcome' is closed" in said


def test_where_every_check_passed_nothing_is_found(check):
    findings, _ = check(result("somebody_judged", "blocking", is_successful=True))
    assert findings == ()


@pytest.mark.parametrize("boundary", ["sources", "built", "outcome"])
def test_a_gate_without_results_or_before_the_outcome_ends_the_proposal(check, boundary):
    with pytest.raises(GateFailedError, match=boundary):
        check(closed=boundary)
