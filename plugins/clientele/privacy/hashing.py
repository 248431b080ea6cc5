"""Keyed hashes of contact fields: what everything outside the vault carries in their place."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa

from clientele.privacy.normalise import birth_year, normalise_email, normalise_phone

#: Normalised values remembered within one run; the same customers come back in every file.
REMEMBERED_VALUES = 100_000


class ContactHasher:
    """HMAC-SHA-256 of normalised phones and e-mail addresses, 64 hexadecimal characters each.

    Equal people get equal hashes in every source; without ``key`` a hash cannot be tried out on the few
    billion telephone numbers there are.
    """

    def __init__(self, key: bytes, phone_region: str) -> None:
        self._key = key
        self._region = phone_region
        self.phone: Callable[[str], str | None] = lru_cache(REMEMBERED_VALUES)(self._phone)
        self.email: Callable[[str], str | None] = lru_cache(REMEMBERED_VALUES)(self._email)

    def phones(self, column: pa.StringArray) -> pa.StringArray:
        """Hash of each phone; null where it is empty or no phone number."""
        return map_distinct(column, self.phone)

    def emails(self, column: pa.StringArray) -> pa.StringArray:
        """Hash of each e-mail address; null where it is empty or no address."""
        return map_distinct(column, self.email)

    def _phone(self, text: str) -> str | None:
        return self._hash("phone", normalise_phone(text, self._region))

    def _email(self, text: str) -> str | None:
        return self._hash("email", normalise_email(text))

    def _hash(self, kind: str, normalised: str | None) -> str | None:
        if normalised is None:
            return None
        return hmac.digest(self._key, f"{kind}\0{normalised}".encode(), "sha256").hex()


def birth_years(column: pa.StringArray) -> pa.StringArray:
    """Year of each date of birth, as text; null where it has none."""
    return map_distinct(column, lru_cache(REMEMBERED_VALUES)(birth_year))


def map_distinct(column: pa.StringArray, function: Callable[[str], str | None]) -> pa.StringArray:
    """Apply ``function`` once to each distinct value of ``column``; null stays null."""
    encoded = column.dictionary_encode()
    mapped = pa.array([function(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return mapped.take(encoded.indices)
