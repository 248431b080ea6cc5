"""One spelling for each phone number, e-mail address, account number and year of birth. Pure functions."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

_FLOAT_ENDING = re.compile(r"(?<=\d)\.0+$")
_SCIENTIFIC = re.compile(r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$")
_YEAR = re.compile(r"(?:^|\D)((?:18|19|20)\d{2})(?:\D|$)")
_COMPACT_DATE = re.compile(r"^((?:18|19|20)\d{2})\d{4}$")


def _plain(text: str) -> str:
    """Full-width characters made narrow; without the apostrophes that keep a spreadsheet from counting."""
    return unicodedata.normalize("NFKC", text).strip().lstrip("' \t\r\n")


def normalise_phone(text: str, region: str) -> str | None:
    """E.164 with the extension, if any: ``+8613800138000``, ``+14155550123;ext=5``; None if no phone number.

    ``region`` (ISO 3166-1 alpha-2) is where a number without a country code belongs. A number counts when
    its length is possible there: tables of assigned prefixes change with every release of the library,
    and with them a hash would. One digit over and over is what a till is fed when nobody gives a number.
    """
    plain = _FLOAT_ENDING.sub("", _plain(text))
    if _SCIENTIFIC.match(plain):
        return None
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    digits = phonenumbers.national_significant_number(number)
    is_placeholder = len(set(digits)) == 1
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE or is_placeholder:
        return None
    extension = f";ext={number.extension}" if number.extension else ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) + extension


def normalise_email(text: str) -> str | None:
    """The address in one case and width; None unless it is ``something@something`` without a space."""
    plain = unicodedata.normalize("NFKC", _plain(text).casefold())
    local, at, domain = plain.rpartition("@")
    if not (local and at and domain) or "@" in local or any(character.isspace() for character in plain):
        return None
    return plain


def normalise_account_id(text: str) -> str:
    """A card number or another number of an account as numbers are compared; zeros in front stay."""
    return _plain(text)


def birth_year(text: str) -> str | None:
    """The four-digit year of ``1990-05-01``, ``01/05/1990`` or ``19900501``; None where there is none."""
    plain = _plain(text)
    match = _COMPACT_DATE.match(plain) or _YEAR.search(plain)
    return match[1] if match else None
