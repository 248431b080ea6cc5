"""The columns of ``customer_values`` that a scheme may read, with their units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Unit = Literal[
    "money",
    "visits",
    "visits_per_month",
    "times",
    "people",
    "points",
    "score",
    "weeks",
    "days",
    "months",
    "years",
    "ratio",
    "multiple",
    "text",
    "flag",
]
UNITS: tuple[Unit, ...] = get_args(Unit)
#: Units of attributes: they are compared, never counted or ranked.
ATTRIBUTE_UNITS: frozenset[Unit] = frozenset({"text", "flag"})
#: Units whose figures may be under zero: returns and corrections.
SIGNED_UNITS: frozenset[Unit] = frozenset({"money", "points", "multiple"})
#: The type of a column in the unit.
DATA_TYPES: Mapping[Unit, str] = {
    "money": "decimal(18, 4)",
    "visits": "bigint",
    "visits_per_month": "decimal(9, 4)",
    "times": "bigint",
    "people": "bigint",
    "points": "decimal(18, 4)",
    "score": "integer",
    "weeks": "integer",
    "days": "integer",
    "months": "integer",
    "years": "integer",
    "ratio": "decimal(9, 6)",
    "multiple": "decimal(18, 6)",
    "text": "varchar",
    "flag": "boolean",
}
WINDOWS = ("1m", "3m", "6m", "12m", "24m", "lifetime")


@dataclass(frozen=True)
class Metric:
    """A column of ``customer_values``: a figure, or an attribute (unit ``text`` or ``flag``).

    ``is_additive``: the figures of customers add up to a total that means something.
    ``is_better_high``: more of it is better, so that it can be ranked from the highest.
    ``known_after_visit_in``: the window that needs a visit for the figure to exist.
    ``is_always_known``: False when some customers have no such figure for another reason.
    ``own_type``: its type, where it is not that of its unit.
    """

    name: str
    unit: Unit
    is_additive: bool = False
    is_better_high: bool = True
    known_after_visit_in: str | None = None
    is_always_known: bool = True
    own_type: str | None = None

    @property
    def data_type(self) -> str:
        """The SQL type of the column."""
        return self.own_type or DATA_TYPES[self.unit]

    @property
    def decimals(self) -> int:
        """Decimals that its figures have."""
        scale = re.search(r", (\d+)\)", self.data_type)
        return int(scale[1]) if scale else 0

    @property
    def is_whole(self) -> bool:
        """Whether its figures are whole numbers."""
        return self.decimals == 0 and not self.is_attribute

    @property
    def is_attribute(self) -> bool:
        return self.unit in ATTRIBUTE_UNITS


def _amount(name: str, *, is_better_high: bool = True) -> Metric:
    return Metric(name, "money", is_additive=True, is_better_high=is_better_high)


def _count(name: str, unit: Unit = "times", *, is_better_high: bool = True) -> Metric:
    return Metric(name, unit, is_additive=True, is_better_high=is_better_high)


def _sometimes(name: str, unit: Unit, *, is_better_high: bool = True, own_type: str | None = None) -> Metric:
    return Metric(name, unit, is_better_high=is_better_high, is_always_known=False, own_type=own_type)


_METRICS = (
    # What was bought.
    *(_amount(f"net_sales_{window}_amount") for window in WINDOWS),
    *(_count(f"visits_{window}_count", "visits") for window in WINDOWS),
    Metric("recency_days", "days", is_better_high=False, known_after_visit_in="lifetime"),
    Metric("last_visit_amount", "money", known_after_visit_in="lifetime"),
    Metric("largest_visit_amount", "money", known_after_visit_in="lifetime"),
    Metric("average_visit_12m_amount", "money", known_after_visit_in="12m"),
    Metric("average_visit_lifetime_amount", "money", known_after_visit_in="lifetime"),
    _sometimes("largest_unreturned_receipt_amount", "money"),
    Metric("visits_12m_per_month", "visits_per_month"),
    Metric("consecutive_weeks_count", "weeks"),
    Metric("active_quarters_12m_count", "times", own_type="integer"),
    _sometimes("median_gap_days", "days", is_better_high=False, own_type="decimal(9, 1)"),
    _amount("net_sales_before_6m_amount"),
    _sometimes("sales_trend_6m_multiple", "multiple"),
    Metric("return_12m_ratio", "ratio", is_better_high=False, known_after_visit_in="12m"),
    _amount("returned_12m_amount", is_better_high=False),
    _count("returns_12m_count", is_better_high=False),
    _amount("discount_12m_amount", is_better_high=False),
    _sometimes("discount_12m_ratio", "ratio", is_better_high=False),
    _sometimes("margin_12m_amount", "money"),
    _amount("profit_12m_amount"),
    _sometimes("cost_known_12m_ratio", "ratio"),
    # Where, and of what kind.
    _count("pos_visits_12m_count", "visits"),
    _count("ecommerce_visits_12m_count", "visits"),
    _amount("pos_net_sales_12m_amount"),
    _amount("ecommerce_net_sales_12m_amount"),
    Metric("channels_12m_count", "times", own_type="integer"),
    _sometimes("ecommerce_sales_12m_ratio", "ratio"),
    Metric("stores_12m_count", "times", own_type="integer"),
    _sometimes("preferred_store_id", "text"),
    Metric("categories_12m_count", "times", own_type="integer"),
    _sometimes("preferred_category", "text"),
    _sometimes("preferred_category_12m_ratio", "ratio"),
    Metric("new_categories_12m_count", "times", own_type="integer"),
    # How long, and who.
    _sometimes("tenure_days", "days"),
    _sometimes("membership_days", "days"),
    _sometimes("age_years", "years"),
    Metric("is_member", "flag"),
    Metric("is_prospect_only", "flag"),
    Metric("is_reachable", "flag"),
    _sometimes("has_contact_consent", "flag"),
    _sometimes("gender", "text"),
    _sometimes("buyer_type", "text"),
    _sometimes("member_status", "text"),
    _sometimes("card_tier", "text"),
    _sometimes("has_supply_agreement", "flag"),
    _sometimes("is_platform_account", "flag"),
    _sometimes("has_social_value", "flag"),
    _sometimes("has_breached_agreement", "flag"),
    _sometimes("personality_tag", "text"),
    # What the member has, owes and brings.
    _sometimes("points_balance", "points"),
    _sometimes("stored_value_balance_amount", "money"),
    _sometimes("stored_value_opened_days", "days"),
    _amount("stored_value_used_3m_amount"),
    _amount("stored_value_used_90d_amount"),
    Metric("stored_value_used_months_count", "months"),
    _sometimes("overdue_days", "days", is_better_high=False),
    _sometimes("overdue_amount", "money", is_better_high=False),
    _count("referrals_made_count", "people"),
    _count("referrals_converted_count", "people"),
    _amount("referred_net_sales_12m_amount"),
    Metric("referral_network_count", "people"),
    Metric("referral_network_net_sales_12m_amount", "money"),
    # Service.
    _count("complaints_12m_count", is_better_high=False),
    _count("open_complaints_count", is_better_high=False),
    _sometimes("oldest_open_complaint_days", "days", is_better_high=False),
    _count("contacts_12m_count"),
    _sometimes("last_contact_days", "days", is_better_high=False),
    _count("service_minutes_12m_count"),
    _count("surveys_12m_count"),
    _sometimes("satisfaction_multiple", "multiple", own_type="decimal(9, 6)"),
    _sometimes("recommend_score", "score"),
    # What is to come.
    _sometimes("prospect_closes_in_months", "months", is_better_high=False),
    _sometimes("predicted_purchases_12m_count", "times", own_type="decimal(18, 4)"),
    _sometimes("predicted_repurchase_12m_ratio", "ratio"),
    _sometimes("predicted_visit_amount", "money"),
    _sometimes("predicted_sales_12m_amount", "money"),
    _sometimes("predicted_value_12m_amount", "money"),
    _sometimes("predicted_reason", "text"),
    _sometimes("heuristic_sales_12m_amount", "money"),
    _sometimes("is_heuristically_active", "flag"),
)
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _METRICS}


def visit_counts_that_imply(window: str) -> frozenset[str]:
    """Names of the visit counts that are at least 1 only when there is a visit in ``window``."""
    return frozenset(f"visits_{shorter}_count" for shorter in WINDOWS[: WINDOWS.index(window) + 1])
