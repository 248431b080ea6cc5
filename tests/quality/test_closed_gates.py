"""A blocking check that fails ends `clientele run`: nothing is published, and the message names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from closed_gates import BOUNDARIES, RUN_ID, blocking_checks, run_broken_at, run_shop

#: One of each boundary; tests/prove/blocking_checks.py breaks all of them.
ONE_OF_EACH = {boundary: (suite, check) for boundary, suite, check in reversed(list(blocking_checks()))}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_run_ends_at_a_blocking_check(boundary: str, good_shop: Path, tmp_path: Path) -> None:
    suite, check = ONE_OF_EACH[boundary]
    attempt = run_broken_at(good_shop, tmp_path / "home", suite, check)
    assert attempt.exit_code == 1
    assert attempt.published == ()
    assert f"the gate {boundary!r} is closed" in attempt.told
    assert f"{suite} {check} on " in attempt.told
    assert f"data_docs/index.html#{boundary}" in attempt.told


def test_the_same_run_publishes_a_shop_in_order(good_shop: Path, tmp_path: Path) -> None:
    assert run_shop(good_shop, tmp_path / "home").published == (RUN_ID,)
