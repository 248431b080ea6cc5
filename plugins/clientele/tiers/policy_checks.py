"""Movement policies: whether they can be kept, and do not contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

from clientele.tiers.conditions import AtLeastOf, Condition
from clientele.tiers.findings import Finding
from clientele.tiers.metrics import WINDOWS
from clientele.tiers.policy import Policy
from clientele.tiers.reads import is_ranked, keeps_of
from clientele.tiers.scheme import BandsScheme, CriteriaScheme, RulesScheme, Scheme

#: What is known of a customer on any day, and not at the common dates alone.
_KNOWN_DAILY = frozenset(
    {f"net_sales_{window}_amount" for window in WINDOWS}
    | {f"visits_{window}_count" for window in WINDOWS}
    | {"recency_days", "is_member"}
)


def check_policy(scheme: Scheme) -> Iterator[Finding]:
    """Yield everything that is wrong with the scheme's policy and with what keeps customers in a tier."""
    yield from _check_keeps(scheme)
    policy = scheme.policy
    if policy is None:
        return
    codes = [tier.code for tier in scheme.tiers]
    for index, code in enumerate(policy.immediate_tiers):
        if code not in codes:
            yield Finding(("policy", "immediate_tiers", index), f"no tier has the code {code}")
    if policy.immediate_tiers and policy.upgrade == "immediate":
        yield Finding(("policy", "immediate_tiers"), "every upgrade is immediate already")
    if isinstance(policy.cadence, list) and policy.cadence != sorted(set(policy.cadence)):
        yield Finding(("policy", "cadence"), "months are listed once each, in the order of the year")
    yield from _check_downgrades(policy)
    if is_ranked(scheme):
        yield from _check_ranked(policy)
    else:
        yield from _check_own_days(scheme, policy)


def _check_downgrades(policy: Policy) -> Iterator[Finding]:
    if policy.downgrade != "never":
        return
    for key in ("grace_days", "minimum_hold_months", "hold_until", "maximum_downgrades"):
        if getattr(policy, key):
            yield Finding(("policy", key), f"{key} never matters: downgrade is never")


def _check_ranked(policy: Policy) -> Iterator[Finding]:
    is_daily = policy.cadence == "daily"
    if policy.upgrade == "immediate" and not is_daily:
        yield Finding(
            ("policy", "upgrade"), "a place among all customers is known at reviews only: upgrade at_review"
        )
    if policy.immediate_tiers and not is_daily:
        yield Finding(("policy", "immediate_tiers"), "a place among all customers is known at reviews only")
    if policy.cadence == "anniversary":
        yield Finding(("policy", "cadence"), "customers who are ranked are reviewed on the same day")


def _check_own_days(scheme: Scheme, policy: Policy) -> Iterator[Finding]:
    is_immediate = policy.cadence != "daily" and (policy.upgrade == "immediate" or policy.immediate_tiers)
    if not is_immediate and policy.cadence != "anniversary":
        return
    for index, entry in enumerate(scheme.basis):
        if entry.metric not in _KNOWN_DAILY:
            yield Finding(
                ("basis", index, "metric"),
                f"{entry.metric} is not known on every day that this policy decides on",
            )


def _check_keeps(scheme: Scheme) -> Iterator[Finding]:
    for index, keep in keeps_of(scheme):
        path = ("tiers", index, "keep")
        tier = scheme.tiers[index]
        if scheme.policy is None:
            yield Finding(path, "keep needs a policy: without one every date is judged for itself")
        elif scheme.policy.downgrade == "never":
            yield Finding(path, "keep never matters: downgrade is never")
        if index == len(scheme.tiers) - 1:
            yield Finding(path, f"nobody falls out of the lowest tier {tier.code}")
        if keep.at_least > len(keep.of):
            yield Finding((*path, "at_least"), f"{keep.at_least} of {len(keep.of)} criteria can never be met")
        for number, kept in enumerate(keep.of):
            if kept.is_ranking or kept.referrer_of:
                yield Finding((*path, "of", number), "keep looks at the customer alone, not at others")
            for entered in _entering(scheme, index):
                if _asks_more(kept, entered):
                    yield Finding(
                        (*path, "of", number), f"asks more of {kept.metric} than entering tier {tier.code}"
                    )
                    break


def _entering(scheme: Scheme, index: int) -> Iterator[Condition]:
    tier = scheme.tiers[index]
    whens: list[AtLeastOf | None] = []
    match scheme:
        case BandsScheme():
            band = scheme.tiers[index]
            yield Condition(
                metric=scheme.metric,
                at_least=band.at_least,
                over=band.over,
                at_most=band.at_most,
                under=band.under,
            )
        case CriteriaScheme():
            whens = [scheme.tiers[index].when]
        case RulesScheme():
            whens = [rule.when for rule in scheme.rules if rule.tier == tier.code]
        case _:
            pass
    for when in whens:
        yield from when.of if when else ()


def _asks_more(kept: Condition, entered: Condition) -> bool:
    return (
        kept.metric == entered.metric
        and kept.kind == entered.kind == "bounds"
        and not kept.interval.contains(entered.interval)
    )
