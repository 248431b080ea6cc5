"""Break every blocking check once: `clientele run` publishes nothing, ends with 1 and names the check.

    python tests/prove/blocking_checks.py

Each run is that of a shop made by hand on which every check passes, after the statements that break one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))

import quality_shop
from closed_gates import blocking_checks, run_broken_at, run_shop


def main() -> int:
    """Print what became of every run; 1 when one was not stopped, or not for the reason."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="clientele_prove_") as folder:
        home = Path(folder) / "home"
        good_shop = quality_shop.build(Path(folder) / "warehouse.duckdb")
        if not run_shop(good_shop, home).published:
            print("the shop in order was not published")
            return 1
        checks = list(blocking_checks())
        for boundary, suite, check in checks:
            attempt = run_broken_at(good_shop, home, suite, check)
            is_stopped = attempt.exit_code == 1 and not attempt.published
            is_named = (
                f"gate {boundary!r} is closed" in attempt.told and f"{suite} {check} on" in attempt.told
            )
            wrong += not (is_stopped and is_named)
            if not is_stopped:
                print(f"{suite} {check}: exit {attempt.exit_code}, published {attempt.published}")
            elif not is_named:
                print(f"{suite} {check}: not named in {attempt.told.splitlines()[-1]}")
    print(f"{len(checks)} blocking checks broken: {len(checks) - wrong} runs stopped by name, {wrong} not")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
