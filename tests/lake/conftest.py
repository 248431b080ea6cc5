from __future__ import annotations

from pathlib import Path

import pytest

from clientele.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "landing" / "generic").mkdir(parents=True)
    return Settings(home=tmp_path, settle_seconds=0, secret_key="a secret for tests only")
