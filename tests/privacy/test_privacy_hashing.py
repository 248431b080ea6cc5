"""A hash stands for one person and tells nothing to anyone without the key."""

from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pytest

from clientele.privacy import hashing
from clientele.privacy.hashing import ContactHasher, birth_years, map_distinct

KEY = b"k" * 32


def test_a_hash_is_the_keyed_hash_of_the_normalised_value() -> None:
    expected = hmac.new(KEY, b"phone\0+8613912345678", hashlib.sha256).hexdigest()
    phones = pa.array(["139 1234 5678", "+8613912345678", None, "none"])
    assert ContactHasher(KEY, "CN").phones(phones).to_pylist() == [expected, expected, None, None]


def test_another_key_gives_another_hash() -> None:
    addresses = pa.array(["li@shop.example"])
    one, other = (ContactHasher(key, "CN").emails(addresses).to_pylist() for key in (KEY, b"x" * 32))
    assert one != other


def test_each_distinct_value_is_normalised_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(hashing, "normalise_phone", lambda text, region: seen.append(text))
    hasher = ContactHasher(KEY, "CN")
    for _ in range(3):
        hasher.phones(pa.array(["1", "2", "1", None] * 1000))
    assert seen == ["1", "2"]


def test_years_of_birth_and_empty_columns() -> None:
    assert birth_years(pa.array(["1990-05-17", None])).to_pylist() == ["1990", None]
    assert birth_years(pa.nulls(2, pa.string())).to_pylist() == [None, None]
    assert map_distinct(pa.array([], pa.string()), str.upper).type == pa.string()
