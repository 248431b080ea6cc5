"""One person's phone or e-mail, however it is spelled, is one text; what is none is nothing."""

from __future__ import annotations

import pytest

from clientele.privacy.normalise import birth_year, normalise_account_id, normalise_email, normalise_phone


@pytest.mark.parametrize(
    "spelling",
    [
        "13912345678",
        " 139-1234-5678 ",
        "+86 139 1234 5678",
        "0086-13912345678",
        "8613912345678",
        "１３９１２３４５６７８",
        "'13912345678",
        "13912345678.0",
        "+86 (139) 1234.5678",
    ],
)
def test_spellings_of_one_phone_are_one(spelling: str) -> None:
    assert normalise_phone(spelling, "CN") == "+8613912345678"


def test_the_region_decides_where_a_number_without_country_belongs() -> None:
    assert normalise_phone("(775) 555-0154", "US") == "+17755550154"
    assert normalise_phone("+31612345678", "CN") == "+31612345678"


def test_an_extension_is_part_of_the_number() -> None:
    assert normalise_phone("+1 775 555 0154 ext. 5", "US") == "+17755550154;ext=5"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "none",
        "0",
        "12345",
        "00000000000",
        "1.39E+10",
        "13912345678/13812345678",
        "139123456789012345",
    ],
)
def test_what_is_no_phone_is_nothing(text: str) -> None:
    assert normalise_phone(text, "CN") is None


@pytest.mark.parametrize(
    "spelling",
    ["li@shop.example", " LI@Shop.Example\t", "ｌｉ＠ｓｈｏｐ．ｅｘａｍｐｌｅ", "'li@shop.example"],
)
def test_spellings_of_one_address_are_one(spelling: str) -> None:
    assert normalise_email(spelling) == "li@shop.example"


@pytest.mark.parametrize(
    "text", ["", "li", "@shop.example", "li@", "li@x@shop.example", "li li@shop.example"]
)
def test_what_is_no_address_is_nothing(text: str) -> None:
    assert normalise_email(text) is None


def test_names_of_mailboxes_are_not_guessed_at() -> None:
    assert normalise_email("l.i+shop@mail.example") == "l.i+shop@mail.example"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1990-05-17", "1990"),
        ("1990/5/17 00:00:00", "1990"),
        ("19900517", "1990"),
        ("17/05/1990", "1990"),
        ("1990年5月17日", "1990"),
        ("1990", "1990"),
        ("１９９０－０５－１７", "1990"),
        ("17/05/90", None),
        ("", None),
        ("05171990", None),
        ("0001-01-01", None),
    ],
)
def test_a_date_gives_its_year_and_no_more(text: str, year: str | None) -> None:
    assert birth_year(text) == year


@pytest.mark.parametrize("text", ["007M", " 007M\t", "'007M", "００７Ｍ", " ''007M "])
def test_account_ids_are_compared_without_what_spreadsheets_add_and_keep_their_zeros(text: str) -> None:
    assert normalise_account_id(text) == "007M"
