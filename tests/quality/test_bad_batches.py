"""Every expectation of every suite has been seen to fail, on a batch made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bad_batches import BAD_BATCHES

from clientele.errors import GateFailedError
from clientele.quality.gate import require_passed
from clientele.quality.suites import Check, Checkpoint, Suite, load_checkpoint
from clientele.settings import PROJECT

_EXPECTATIONS = PROJECT / "expectations"
BOUNDARIES = sorted(path.stem for path in (_EXPECTATIONS / "checkpoints").glob("*.yml"))


def _checks() -> Iterator[tuple[Checkpoint, Suite, Check]]:
    for boundary in BOUNDARIES:
        checkpoint = load_checkpoint(_EXPECTATIONS, boundary)
        for suite in checkpoint.suites:
            for check in suite.expectations:
                yield checkpoint, suite, check


@pytest.mark.parametrize(
    ("checkpoint", "suite", "check"),
    [pytest.param(*item, id=f"{item[1].name}-{item[2].id}") for item in _checks()],
)
def test_expectation_fails_on_its_bad_batch(
    checkpoint: Checkpoint, suite: Suite, check: Check, shop: Callable[..., Path]
) -> None:
    from clientele.quality.validation import run_checkpoint

    bad_batch = BAD_BATCHES.get((suite.name, check.id))
    assert bad_batch, f"{suite.name} {check.id} has never been seen to fail: add a bad batch"
    alone = replace(checkpoint, suites=(suite.model_copy(update={"expectations": [check]}),))

    (result,) = run_checkpoint(alone, shop(bad_batch), threads=1, memory_limit="1GB", pages=None)

    assert not result.is_successful
    assert result.failed_count > 0, result.details
    assert result.severity == suite.severity
    if suite.severity == "blocking":
        with pytest.raises(GateFailedError) as closed:
            require_passed(checkpoint.boundary, [result], "data_docs/index.html")
        message = str(closed.value)
        for named in (suite.name, check.id, suite.table, check.column or "", "data_docs/index.html#"):
            assert named in message


@pytest.mark.parametrize(
    ("suite_name", "check_id"),
    [
        ("tier_sizes.blocking", "customers_as_in_the_tiers"),
        ("tier_sizes.blocking", "net_sales_as_in_the_values"),
        ("customer_tiers.blocking", "everyone_has_a_tier"),
    ],
)
def test_what_a_review_of_the_date_decided_may_differ_from_what_was_loaded_since(
    suite_name: str, check_id: str, shop: Callable[..., Path]
) -> None:
    from clientele.quality.validation import run_checkpoint

    checkpoint = load_checkpoint(_EXPECTATIONS, "built")
    (suite,) = (suite for suite in checkpoint.suites if suite.name == suite_name)
    kept = [check for check in suite.expectations if check.id == check_id]
    alone = replace(checkpoint, suites=(suite.model_copy(update={"expectations": kept}),))
    database = shop(BAD_BATCHES[suite.name, check_id], "update tier_reviews set known_load_id = 11")
    (result,) = run_checkpoint(alone, database, threads=1, memory_limit="1GB", pages=None)
    assert result.is_successful, result.details


def test_every_bad_batch_belongs_to_an_expectation() -> None:
    assert set(BAD_BATCHES) == {(suite.name, check.id) for _, suite, check in _checks()}


def test_every_suite_belongs_to_one_checkpoint() -> None:
    listed = sorted(
        suite.name for boundary in BOUNDARIES for suite in load_checkpoint(_EXPECTATIONS, boundary).suites
    )
    assert listed == sorted(path.stem for path in (_EXPECTATIONS / "suites").glob("*.yml"))
