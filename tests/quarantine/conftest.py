from __future__ import annotations

from pathlib import Path

import pytest
from quarantine_shop import deliver, say_quarantined

from clientele.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A shop of one file whose first three rows were set aside."""
    shop = Settings(home=tmp_path, settle_seconds=0, secret_key="a secret for tests only")
    deliver(shop)
    say_quarantined(
        tmp_path / "warehouse" / "runs" / "run_000001" / "warehouse.duckdb",
        [
            (1, 1, "net_amount", "not_a_decimal"),
            (1, 2, "net_amount", "not_a_decimal"),
            (1, 3, None, "too_few_fields"),
        ],
    )
    return shop
