"""The clubs that the stories are about: the same four tiers, and a movement policy each."""

from __future__ import annotations

from typing import Any

SALES = "net_sales_12m_amount"
TIERS = (
    ("diamond", 4, {"at_least": 20000}),
    ("gold", 3, {"at_least": 5000, "under": 20000}),
    ("silver", 2, {"at_least": 1000, "under": 5000}),
    ("base", 1, {"under": 1000}),
)
#: Club -> what its file says beside the tiers. ``keep`` is the threshold of keeping a tier, by code.
CLUBS: dict[str, dict[str, Any]] = {
    "half_yearly_club": {
        "policy": {
            "cadence": [6, 12],
            "upgrade": "at_review",
            "immediate_tiers": ["diamond"],
            "downgrade": "one_level",
        }
    },
    "growth_club": {
        "policy": {
            "cadence": "monthly",
            "upgrade": "at_review",
            "downgrade": "one_level",
            "maximum_downgrades": {"count": 1, "months": 6},
        },
        "keep": {"gold": 4000, "silver": 800},
    },
    "two_falls_club": {
        "policy": {
            "cadence": "monthly",
            "upgrade": "at_review",
            "downgrade": "one_level",
            "maximum_downgrades": {"count": 2, "months": 6},
        }
    },
    "grace_club": {
        "policy": {
            "cadence": "monthly",
            "upgrade": "immediate",
            "downgrade": "to_fit",
            "grace_days": 60,
        }
    },
    "anniversary_club": {
        "policy": {"cadence": "anniversary", "upgrade": "at_review", "downgrade": "to_fit"},
    },
    "calendar_club": {
        "policy": {
            "cadence": "monthly",
            "upgrade": "immediate",
            "downgrade": "to_base",
            "hold_until": "end_of_next_year",
        }
    },
    "ever_club": {"policy": {"cadence": "quarterly", "upgrade": "at_review", "downgrade": "never"}},
    "hold_club": {
        "policy": {
            "cadence": "yearly",
            "upgrade": "immediate",
            "downgrade": "to_fit",
            "minimum_hold_months": 18,
        }
    },
    "daily_club": {
        "policy": {
            "cadence": "daily",
            "upgrade": "immediate",
            "downgrade": "to_fit",
            "minimum_hold_months": 3,
        }
    },
    "plain_club": {},
}
#: Schemes of the product itself, compiled from their own files beside the clubs.
SHIPPED = ("growth_value_club", "any_of_three_windows", "membership_tier")


def scheme_file(club: str) -> dict[str, Any]:
    """The scheme file of a club, as YAML would read it."""
    stated = CLUBS[club]
    tiers = []
    for code, rank, bounds in TIERS:
        tier = {"code": code, "rank": rank, "name": {"zh": code, "en": code}, "benefits": [], **bounds}
        if code in stated.get("keep", {}):
            tier["keep"] = {"at_least": 1, "of": [{"metric": SALES, "at_least": stated["keep"][code]}]}
        tiers.append(tier)
    scheme = {
        "id": club,
        "version": 1,
        "title": {"zh": club, "en": club},
        "population": [{"metric": "visits_lifetime_count", "at_least": 1}],
        "basis": [
            {"metric": SALES, "unit": "money", "name": {"zh": "消费额", "en": "Sales"}},
            {"metric": "visits_lifetime_count", "unit": "visits", "name": {"zh": "次数", "en": "Visits"}},
        ],
        "method": "bands",
        "metric": SALES,
        "tiers": tiers,
        **({"policy": stated["policy"]} if "policy" in stated else {}),
    }
    return {
        "version": 2,
        "models": [{"name": club, "description": "A club.", "config": {"meta": {"scheme": scheme}}}],
    }
