"""The guide's scheme, simulated by the guide's command on a shop that has it in production."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import chdir

import pytest
from simulated_shop import COMMAND, SCHEME, Simulated, make_shop, run


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    home = tmp_path_factory.mktemp("simulation")
    settings = make_shop(home)
    (home / "spending_club.yml").write_text(SCHEME, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, chdir(home):
        patch.setenv("CLIENTELE_HOME", str(home))
        yield Simulated(settings, *run(shlex.split(COMMAND)))
