from __future__ import annotations

from datetime import date

import numpy as np
import phonenumbers
import pytest

from clientele.sample import people
from clientele.sample.randomness import Draws
from clientele.sample.timeline import Timeline

TIMELINE = Timeline(end=date(2026, 6, 30), months=24)


def drawn(customers: int) -> people.People:
    return people.draw_people(Draws(1), TIMELINE, np.arange(customers), customers)


@pytest.mark.parametrize("digits", [people.phone(0), people.phone(39_999_999), people.counter_phone(40_000)])
def test_every_spelling_of_a_phone_is_the_same_valid_number(digits: str) -> None:
    spellings = {people.spelled_phone(digits, spelling) for spelling in range(8)}
    numbers = [phonenumbers.parse(text, "CN") for text in spellings]
    assert len(spellings) == 8
    assert all(phonenumbers.is_valid_number(number) for number in numbers)
    normal = {phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in numbers}
    assert normal == {people.international(digits)}


def test_every_spelling_of_an_address_is_the_same_reserved_one() -> None:
    for address in (people.card_email(7), people.web_email(7, people.LINK_PHONE)):
        spellings = {people.spelled_email(address, spelling) for spelling in range(4)}
        assert len(spellings) == 4
        assert {text.strip().lower() for text in spellings} == {address}
        assert address.endswith(("@example.com", "@example.net"))


def test_a_person_does_not_depend_on_the_others_drawn() -> None:
    everybody, alone = drawn(2_000), people.draw_people(Draws(1), TIMELINE, np.array([1_234]), 2_000)
    assert {name: values[1_234] for name, values in vars(everybody).items()} == {
        name: values[0] for name, values in vars(alone).items()
    }


@pytest.mark.parametrize(("customers", "groups"), [(7, 0), (8, 1), (407, 1), (408, 2), (2_000, 5)])
def test_a_counter_phone_is_on_all_its_cards_or_on_none(customers: int, groups: int) -> None:
    someone = drawn(customers)
    holders = np.flatnonzero(someone.has_counter_phone).tolist()
    phones = [people.counter_phone(number) for number in holders]
    assert len(set(phones)) == groups
    assert all(phones.count(digits) == people.COUNTER_PHONE_CARDS for digits in phones)
    assert people.COUNTER_PHONE_CARDS > 5
    assert someone.is_member[holders].all()
    assert not (someone.has_card_phone | someone.has_card_email | someone.has_web)[holders].any()


def test_whatever_links_two_accounts_is_on_the_first_card() -> None:
    someone = drawn(5_000)
    for link, shown in (
        (people.LINK_PHONE, someone.has_card_phone),
        (people.LINK_EMAIL, someone.has_card_email),
    ):
        for linked in (someone.second_link == link, someone.is_member & (someone.web_link == link)):
            assert linked.any()
            assert shown[linked].all()
    by_account = someone.second_link == people.LINK_ACCOUNT
    assert by_account.any()
    assert (someone.web_link[by_account] == people.LINK_ACCOUNT).all()


def test_whoever_has_no_card_buys_at_least_once() -> None:
    someone = drawn(5_000)
    assert someone.receipts[~someone.is_member].min() == 1
    assert someone.receipts[someone.is_member].min() == 0
    assert (someone.joined[someone.is_member] // 86_400 <= TIMELINE.last_day).all()
