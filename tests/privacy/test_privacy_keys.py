"""One secret, one key per purpose, and a file nobody else may read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from clientele.errors import ConfigurationError
from clientele.privacy.keys import derive_keys, load_keys
from clientele.settings import Settings


def test_keys_of_one_secret_are_stable_and_independent() -> None:
    keys = derive_keys("a secret for tests only")
    assert keys == derive_keys("a secret for tests only")
    assert len({keys.hashing, keys.vault, derive_keys("another secret").hashing}) == 3
    assert len(keys.hashing) == len(keys.vault) == 32


def test_a_missing_secret_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    keys = load_keys(settings)
    path = settings.lake / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(settings) == keys
    assert [file.name for file in settings.lake.iterdir()] == ["secret.key"]
    assert load_keys(Settings(home=tmp_path / "other")) != keys


def test_a_given_secret_leaves_no_file(tmp_path: Path) -> None:
    load_keys(Settings(home=tmp_path, secret_key="a secret for tests only"))
    assert not list(tmp_path.rglob("*.key"))


def test_a_short_secret_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_keys(Settings(home=tmp_path, secret_key="short-one"))
    assert "short-one" not in str(caught.value)


def test_keys_do_not_show_in_messages() -> None:
    keys = derive_keys("a secret for tests only")
    assert keys.hashing.hex() not in repr(keys)
    assert repr(keys.hashing) not in repr(keys)
