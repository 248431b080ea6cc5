"""Which schemes the real shops' data feeds; the others are listed with what they lack, and place nobody."""

from __future__ import annotations

from typing import Any

import pytest

from clientele.settings import PROJECT
from clientele.tiers import load_schemes

#: Purchases of known customers are in every data set, and predictions come from them.
PURCHASES = {"predictions"}
#: The Complete Journey also lists households, with no attribute that schemes read, and products.
HOUSEHOLDS = {"members", "categories", "discounts"}
BRINGS = {
    "complete_journey": PURCHASES | HOUSEHOLDS,
    "online_retail": PURCHASES,
    "cdnow": PURCHASES,
}

FED_BY_PURCHASES = {
    "abc_sales_70_20_10",
    "abc_sales_75_20_5",
    "abc_visits_70_20_10",
    "any_of_three_windows",
    "appliance_frequency",
    "appliance_spend",
    "demand_lifecycle",
    "loyalty_profit_matrix",
    "loyalty_triple",
    "purchase_frequency",
    "purchase_power",
    "relationship_stage",
    "restaurant_abc",
    "rfm_quintile",
    "salon_abcd",
    "value_pyramid",
}
FED_BY_HOUSEHOLDS = {"category_preference", "growth_value_club", "membership_tier"}
#: What the Complete Journey lacks.
MISSING = {
    "age_gender_band": "birth_years, genders",
    "b2b_nine_grade": "agreements, buyer_types, service_events",
    "big_customer": "referrals",
    "buyer_type": "buyer_types",
    "credit_risk": "overdue_amounts",
    "customer_status": "service_events",
    "nine_ladder": "referrals",
    "personality": "personality_tags",
    "personality_quadrant": "personality_tags",
    "problem_customer": "complaints",
    "prospect_urgency": "prospects",
    "relationship_level": "agreements, service_events",
    "stored_value_state": "stored_values",
    "value_quartet": "agreements",
    "walk_in_or_member": "vip_tiers",
}
#: What data sets of purchases alone lack besides.
MISSING_WITHOUT_HOUSEHOLDS = MISSING | {
    "category_preference": "categories",
    "customer_status": "members, service_events",
    "growth_value_club": "members",
    "membership_tier": "members",
    "nine_ladder": "members, referrals",
    "walk_in_or_member": "members, vip_tiers",
}


@pytest.mark.parametrize(
    ("shop", "fed", "missing"),
    [
        ("complete_journey", FED_BY_PURCHASES | FED_BY_HOUSEHOLDS, MISSING),
        ("online_retail", FED_BY_PURCHASES, MISSING_WITHOUT_HOUSEHOLDS),
        ("cdnow", FED_BY_PURCHASES, MISSING_WITHOUT_HOUSEHOLDS),
    ],
)
def test_each_scheme_is_fed_or_says_what_it_lacks(shop: str, fed: set[str], missing: dict[str, str]) -> None:
    lacking = {
        scheme.id: ", ".join(sorted(set(scheme.needs) - BRINGS[shop]))
        for scheme in load_schemes(PROJECT / "dbt_project" / "tiers").values()
    }
    assert {scheme_id for scheme_id, needs in lacking.items() if not needs} == fed
    assert {scheme_id: needs for scheme_id, needs in lacking.items() if needs} == missing


def test_the_lake_brings_what_its_shops_bring(shops: Any) -> None:
    brought = set().union(*(BRINGS[shop] for shop in shops.delivered))
    found = shops.candidate.execute(
        "select need from intermediate.int_feeds_present where is_present"
    ).fetchall()
    assert {need for (need,) in found} == brought


def test_every_scheme_of_the_lake_is_computed_or_listed(shops: Any) -> None:
    missing = MISSING if "complete_journey" in shops.delivered else MISSING_WITHOUT_HOUSEHOLDS
    states = shops.published.execute("select scheme_id, state, missing_needs from scheme_states").fetchall()
    assert {scheme_id: needs for scheme_id, _, needs in states if needs} == missing
    assert {state for _, state, needs in states if needs} == {"missing_feed"}
    assert {state for _, state, needs in states if not needs} == {"computed"}
    placed = shops.published.execute("select distinct scheme_id from customer_tiers").fetchall()
    assert {scheme_id for (scheme_id,) in placed} == {
        scheme_id for scheme_id, _, needs in states if not needs
    }


def test_schemes_place_everybody_of_their_population(complete_journey: Any) -> None:
    placed = dict(
        complete_journey.published.execute("select scheme_id, customers_count from scheme_states").fetchall()
    )
    ((everybody, members, active),) = complete_journey.published.execute(
        "select count(*), count(*) filter (where is_member), count(*) filter (where visits_12m_count > 0)"
        " from customer_values"
    ).fetchall()
    schemes = load_schemes(PROJECT / "dbt_project" / "tiers")
    for scheme_id in FED_BY_PURCHASES | FED_BY_HOUSEHOLDS:
        if not schemes[scheme_id].population:
            assert placed[scheme_id] == everybody, scheme_id
    assert placed["membership_tier"] == placed["growth_value_club"] == members == 801
    assert placed["loyalty_profit_matrix"] == placed["relationship_stage"] == active
