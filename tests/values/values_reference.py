"""What every figure of a customer means, in plain Python; nothing here is shared with the SQL."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any

from worlds import Row, World

ZERO = Decimal(0)
WINDOWS = {"1m": 1, "3m": 3, "6m": 6, "12m": 12, "24m": 24}


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier (later where negative), or the last day of a shorter month."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def month_end(day: date) -> date:
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def recent_dates(as_of_date: date, months: int = 12) -> list[date]:
    """The date and the month ends of the months before it."""
    return [as_of_date, *(month_end(months_before(as_of_date, back)) for back in range(1, months + 1))]


@dataclass
class Receipt:
    """What is left of a receipt after the returns that name it."""

    key: tuple[str, str, str, str]
    day: date
    store: str | None
    account: tuple[str, str] | None
    currency: str
    net: Decimal = ZERO
    returned: Decimal = ZERO
    discount: Decimal = ZERO
    cost: Decimal | None = None
    net_with_cost: Decimal = ZERO
    stored_value: Decimal = ZERO
    was_priced: bool = False
    categories: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))


def _returned(line: Row) -> Decimal:
    if line["line_kind"] == "return":
        return -Decimal(line["net_sales_amount"])
    return Decimal(line.get("taken_back_amount") or 0) if line["line_kind"] == "sale" else ZERO


def read_receipts(lines: Iterable[Row]) -> list[Receipt]:
    receipts: dict[tuple[str, str, str, str], Receipt] = {}
    for line in lines:
        key = (line["source"], line["channel"], line["receipt_no"], line["currency_code"])
        account = (
            (line["source"], f"{line['account_type']}:{line['account_id']}")
            if line.get("account_id")
            else None
        )
        receipt = receipts.setdefault(
            key, Receipt(key, line["business_date"], line.get("store_id"), account, line["currency_code"])
        )
        receipt.day = min(receipt.day, line["business_date"])
    for line in lines:
        kind, net = line["line_kind"], Decimal(line["net_sales_amount"])
        key = (line["source"], line["channel"], line["receipt_no"], line["currency_code"])
        named = (
            line["source"],
            line["channel"],
            line.get("original_receipt_no") or "",
            line["currency_code"],
        )
        receipt = receipts[named if kind == "return" and named in receipts else key]
        receipt.net += net
        receipt.returned += _returned(line)
        sign = {"sale": 1, "return": -1}.get(kind, 0)
        receipt.was_priced |= kind == "sale" and line["amount"] != 0
        if line.get("discount_amount") is not None:
            receipt.discount += sign * Decimal(line["discount_amount"])
        if sign and line.get("cost_amount") is not None:
            receipt.cost = (receipt.cost or ZERO) + sign * Decimal(line["cost_amount"])
            receipt.net_with_cost += net
        if line.get("payment_method") == "stored_value":
            receipt.stored_value += net
        if line.get("category") is not None:
            receipt.categories[line["category"]] += net
    for receipt in receipts.values():
        if receipt.net == 0 and receipt.was_priced:
            receipt.discount, receipt.cost, receipt.net_with_cost = ZERO, None, ZERO
    return list(receipts.values())


@dataclass(frozen=True)
class Visit:
    day: date
    channel: str
    place: str
    net: Decimal


class Ledger:
    """The customers of a world with their receipts, in the currency of most receipts."""

    def __init__(self, world: World) -> None:
        self.world = world
        everything = read_receipts(world.lines)
        counts = Counter(receipt.currency for receipt in everything)
        self.currency = min(counts, key=lambda code: (-counts[code], code)) if counts else None
        owner = {(row["source"], row["account_reference"]): row["customer_key"] for row in world.accounts}
        self.owner = owner
        self.receipts: dict[str, list[Receipt]] = defaultdict(list)
        for receipt in everything:
            if receipt.account is not None and receipt.currency == self.currency:
                self.receipts[owner[receipt.account]].append(receipt)
        self.customers = sorted({row["customer_key"] for row in world.accounts})
        self.known = {
            key: min(row["known_from_date"] for row in world.accounts if row["customer_key"] == key)
            for key in self.customers
        }
        self.referrer = self._referrers()

    def _referrers(self) -> dict[str, tuple[str, date]]:
        """Referrer and day of joining of each referred customer."""
        found: dict[str, tuple[date, int, str]] = {}
        numbers = {(row["source"], row["account_reference"]): row for row in self.world.accounts}
        for said in self.world.cards:
            referrer = (said["source"], f"member:{said.get('referrer_account_id')}")
            if said.get("valid_to_date") is not None or referrer not in self.owner:
                continue
            account = numbers[said["source"], said["account_reference"]]
            pair = self.owner[referrer], account["customer_key"]
            day = said.get("joined_date") or account["known_from_date"]
            candidate = (day, account["account_number"], pair[0])
            if pair[0] != pair[1] and candidate < found.get(pair[1], (date.max, 0, "")):
                found[pair[1]] = candidate
        return {key: (referrer, day) for key, (day, _, referrer) in found.items()}

    def network(self, key: str, as_of: date) -> set[str]:
        """Customers whom ``key`` brought by the date, at any depth."""
        found: set[str] = set()
        open_keys = [key]
        while open_keys:
            current = open_keys.pop()
            for referred, (referrer, day) in self.referrer.items():
                if referrer == current and day <= as_of and referred not in found | {key}:
                    found.add(referred)
                    open_keys.append(referred)
        return found

    def until(self, key: str, as_of: date, after: date = date.min) -> list[Receipt]:
        return [receipt for receipt in self.receipts[key] if after < receipt.day <= as_of]

    def visits(self, key: str, as_of: date, after: date = date.min) -> list[Visit]:
        """Receipts of a store and day together, every web order alone, where one had positive net sales."""
        groups: dict[tuple[date, str, str], list[Decimal]] = defaultdict(list)
        for receipt in self.until(key, as_of, after):
            _, channel, number, _ = receipt.key
            place = (receipt.store or "") if channel == "pos" else number
            groups[receipt.day, channel, place].append(receipt.net)
        return [Visit(*where, sum(nets, ZERO)) for where, nets in groups.items() if max(nets) > 0]

    def net_sales(self, key: str, as_of: date, months: int) -> Decimal:
        return sum((r.net for r in self.until(key, as_of, months_before(as_of, months))), ZERO)


def figures(world: World, as_of: date | None = None) -> dict[str, dict[str, Any]]:
    """Every figure of every customer known by ``as_of``, one of the recent dates of the world."""
    day = as_of or world.as_of_date
    ledger = Ledger(world)
    has_costs = any(
        receipt.cost is not None
        for key in ledger.customers
        for receipt in ledger.until(key, day, months_before(day, 12))
    )
    return {
        key: {
            **_sales(ledger, key, day),
            **_rhythm(ledger, key, day),
            **_year(ledger, key, day, has_costs),
            **_places(ledger, key, day),
            **_referrals(ledger, key, day),
            **_service(world, ledger, key, day),
            **_attributes(world, ledger, key, day),
        }
        for key in ledger.customers
        if ledger.known[key] <= day
    }


def _ratio(part: Any, whole: Any) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole else None


def _share(part: Decimal | None, whole: Decimal) -> Fraction | None:
    if part is None or whole <= 0:
        return None
    return min(max(Fraction(part) / Fraction(whole), Fraction(0)), Fraction(1))


def _sales(ledger: Ledger, key: str, day: date) -> dict[str, Any]:
    visits = ledger.visits(key, day)
    year = ledger.visits(key, day, months_before(day, 12))
    last = max((visit.day for visit in visits), default=None)
    unreturned = [r.net for r in ledger.until(key, day) if r.net > 0 and r.returned == 0]
    found: dict[str, Any] = {
        f"net_sales_{name}_amount": ledger.net_sales(key, day, months) for name, months in WINDOWS.items()
    }
    for name, months in WINDOWS.items():
        found[f"visits_{name}_count"] = len(ledger.visits(key, day, months_before(day, months)))
    before = found["net_sales_12m_amount"] - found["net_sales_6m_amount"]
    return found | {
        "net_sales_lifetime_amount": sum((r.net for r in ledger.until(key, day)), ZERO),
        "visits_lifetime_count": len(visits),
        "first_purchase_date": min((visit.day for visit in visits), default=None),
        "last_purchase_date": last,
        "recency_days": (day - last).days if last else None,
        "tenure_days": (day - min(visit.day for visit in visits)).days if visits else None,
        "last_visit_amount": max((visit.net for visit in visits if visit.day == last), default=None),
        "largest_visit_amount": max((visit.net for visit in visits), default=None),
        "largest_unreturned_receipt_amount": max(unreturned, default=None),
        "average_visit_12m_amount": _ratio(sum((visit.net for visit in year), ZERO), len(year)),
        "average_visit_lifetime_amount": _ratio(sum((visit.net for visit in visits), ZERO), len(visits)),
        "net_sales_before_6m_amount": before,
        "sales_trend_6m_multiple": _ratio(found["net_sales_6m_amount"], before) if before > 0 else None,
    }


def _rhythm(ledger: Ledger, key: str, day: date) -> dict[str, Any]:
    visit_days = sorted({visit.day for visit in ledger.visits(key, day)})
    year_days = [visited for visited in visit_days if visited > months_before(day, 12)]
    gaps = [(later - earlier).days for earlier, later in pairwise(visit_days)]
    weeks = {(day - visited).days // 7 for visited in year_days}
    streak = 0
    while streak in weeks:
        streak += 1
    quarters = [(months_before(day, back + 3), months_before(day, back)) for back in (0, 3, 6, 9)]
    calendar_months = 0
    if visit_days:
        first = visit_days[0]
        calendar_months = min(12, (day.year - first.year) * 12 + day.month - first.month + 1)
    year_visits = len(ledger.visits(key, day, months_before(day, 12)))
    return {
        "median_gap_days": Fraction(median(gaps)) if gaps else None,
        "consecutive_weeks_count": streak,
        "active_quarters_12m_count": sum(any(a < d <= b for d in visit_days) for a, b in quarters),
        "visits_12m_per_month": _ratio(year_visits, calendar_months) or 0,
    }


def _year(ledger: Ledger, key: str, day: date, has_costs: bool) -> dict[str, Any]:
    year = ledger.until(key, day, months_before(day, 12))
    net = sum((r.net for r in year), ZERO)
    returned = sum((r.returned for r in year), ZERO)
    discount = sum((r.discount for r in year), ZERO)
    costs = [r for r in year if r.cost is not None]
    margin = sum((r.net_with_cost - (r.cost or ZERO) for r in costs), ZERO) if costs else None
    known = sum((r.net_with_cost for r in costs), ZERO)
    used = [
        sum(
            (
                r.stored_value
                for r in year
                if months_before(day, back + 1) < r.day <= months_before(day, back)
            ),
            ZERO,
        )
        for back in range(3)
    ]
    found: dict[str, Any] = {
        "returned_12m_amount": returned,
        "returns_12m_count": sum(r.returned > 0 for r in year),
        "return_12m_ratio": _share(returned, net + returned),
        "discount_12m_amount": discount,
        "discount_12m_ratio": _share(discount, net + discount) if net > 0 else None,
        "margin_12m_amount": margin,
        "profit_12m_amount": (margin or ZERO) if has_costs else net,
        "cost_known_12m_ratio": _share(known, net),
        "stored_value_used_3m_amount": sum(used, ZERO),
        "stored_value_used_months_count": sum(amount > 0 for amount in used),
        "stored_value_used_90d_amount": sum(
            (r.stored_value for r in year if day - timedelta(days=90) < r.day), ZERO
        ),
    }
    visits = ledger.visits(key, day, months_before(day, 12))
    sales = {
        channel: sum((r.net for r in year if r.key[1] == channel), ZERO) for channel in ("pos", "ecommerce")
    }
    for channel, amount in sales.items():
        found[f"{channel}_net_sales_12m_amount"] = amount
        found[f"{channel}_visits_12m_count"] = sum(visit.channel == channel for visit in visits)
    found["channels_12m_count"] = len({visit.channel for visit in visits})
    found["ecommerce_sales_12m_ratio"] = _share(sales["ecommerce"], net)
    return found


def _places(ledger: Ledger, key: str, day: date) -> dict[str, Any]:
    after = months_before(day, 12)
    stores: dict[str, list[Decimal]] = defaultdict(list)
    for visit in ledger.visits(key, day, after):
        if visit.channel == "pos" and visit.place:
            stores[visit.place].append(visit.net)
    categories: Counter[str] = Counter()
    for receipt in ledger.until(key, day, after):
        categories.update(receipt.categories)
    bought = {name: amount for name, amount in categories.items() if amount > 0}
    days: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
    for receipt in ledger.until(key, date.max):
        for name, amount in receipt.categories.items():
            days[name, receipt.day] += amount
    first_bought = {
        name: min((d for (n, d), amount in days.items() if n == name and amount > 0), default=None)
        for name in bought
    }
    first_visit = min((visit.day for visit in ledger.visits(key, date.max)), default=date.max)
    preferred = min(bought, key=lambda name: (-bought[name], name), default=None)
    return {
        "stores_12m_count": len(stores),
        "preferred_store_id": min(
            stores, key=lambda name: (-len(stores[name]), -sum(stores[name], ZERO), name), default=None
        ),
        "categories_12m_count": len(bought),
        "preferred_category": preferred,
        "preferred_category_12m_ratio": _share(
            bought[preferred] if preferred is not None else None, ledger.net_sales(key, day, 12)
        ),
        "new_categories_12m_count": sum(
            first is not None and first > after and first > first_visit for first in first_bought.values()
        ),
    }


def _referrals(ledger: Ledger, key: str, day: date) -> dict[str, Any]:
    direct = {
        referred
        for referred, (referrer, joined) in ledger.referrer.items()
        if referrer == key and joined <= day
    }
    network = ledger.network(key, day)
    return {
        "referrals_made_count": len(direct),
        "referrals_converted_count": sum(bool(ledger.visits(referred, day)) for referred in direct),
        "referred_net_sales_12m_amount": sum((ledger.net_sales(k, day, 12) for k in direct), ZERO),
        "referral_network_count": len(network),
        "referral_network_net_sales_12m_amount": sum((ledger.net_sales(k, day, 12) for k in network), ZERO),
    }


def _service(world: World, ledger: Ledger, key: str, day: date) -> dict[str, Any]:
    events = sorted(
        (
            said
            for said in world.events
            if said["business_date"] <= day and ledger.owner[said["source"], said["account_reference"]] == key
        ),
        key=lambda said: (said["business_date"], said["event_type"] == "complaint_closed", said["event_id"]),
    )
    year = Counter(said["event_type"] for said in events if said["business_date"] > months_before(day, 12))
    open_complaints: list[date] = []
    for said in events:
        if said["event_type"] == "complaint":
            open_complaints.append(said["business_date"])
        elif said["event_type"] == "complaint_closed" and open_complaints:
            open_complaints.pop(0)
    contacts = [said["business_date"] for said in events if said["event_type"] == "contact"]
    newest = sorted(events, key=lambda said: (said["business_date"], said["event_id"]))
    surveys = [said for said in newest if said["event_type"] == "survey"]
    scored = [s for s in surveys if s.get("score_expected") and s.get("score_perceived") is not None]
    recommended = [s["recommend_score"] for s in surveys if s.get("recommend_score") is not None]
    tags = [said["tag"] for said in newest if said["event_type"] == "note" and said.get("tag")]
    return {
        "complaints_12m_count": year["complaint"],
        "open_complaints_count": len(open_complaints),
        "oldest_open_complaint_days": (day - open_complaints[0]).days if open_complaints else None,
        "contacts_12m_count": year["contact"],
        "last_contact_days": (day - contacts[-1]).days if contacts else None,
        "service_minutes_12m_count": sum(
            said.get("minutes") or 0 for said in events if said["business_date"] > months_before(day, 12)
        ),
        "surveys_12m_count": year["survey"],
        "satisfaction_multiple": (
            _ratio(scored[-1]["score_perceived"], scored[-1]["score_expected"]) if scored else None
        ),
        "recommend_score": recommended[-1] if recommended else None,
        "personality_tag": tags[-1] if tags else None,
    }


#: What the card says and is given on as it is.
CARD_COLUMNS = (
    "gender",
    "member_status",
    "card_tier",
    "has_contact_consent",
    "buyer_type",
    "has_supply_agreement",
    "is_platform_account",
    "has_social_value",
    "has_breached_agreement",
    "points_balance",
    "stored_value_balance_amount",
    "overdue_days",
    "overdue_amount",
)


def _attributes(world: World, ledger: Ledger, key: str, day: date) -> dict[str, Any]:
    accounts = {
        (row["source"], row["account_reference"]): row for row in world.accounts if row["customer_key"] == key
    }
    cards = [said for said in world.cards if (said["source"], said["account_reference"]) in accounts]
    said_now = [
        said
        for said in cards
        if said["valid_from_date"] <= day
        and (said.get("valid_to_date") is None or said["valid_to_date"] > day)
        and (said.get("joined_date") or date.min) <= day
        and accounts[said["source"], said["account_reference"]]["known_from_date"] <= day
    ]
    said_now.sort(
        key=lambda said: (
            -said["updated_at"].toordinal() if said.get("updated_at") else 0,
            accounts[said["source"], said["account_reference"]]["account_number"],
        )
    )
    newest: Mapping[str, Any] = said_now[0] if said_now else {}
    joined = [said.get("joined_date") for said in cards if said.get("valid_to_date") is None]
    joined_days = [joined_day for joined_day in joined if joined_day is not None]
    opened = newest.get("stored_value_opened_date")
    contacts_seen = [
        line["business_date"]
        for line in world.lines
        if line.get("account_id")
        and ledger.owner[line["source"], f"{line['account_type']}:{line['account_id']}"] == key
        and (line.get("phone_hash") or line.get("email_hash"))
    ]
    prospects = [p for p in world.prospects if (p["source"], p["account_reference"]) in accounts]
    contacts_seen += [p["created_date"] for p in prospects if p.get("phone_hash") or p.get("email_hash")]
    has_contact = any(said.get("phone_hash") or said.get("email_hash") for said in said_now)
    closes = []
    for prospect in prospects:
        if prospect["created_date"] <= day and prospect.get("expected_close_date"):
            months = 0
            while months_before(day, -months) < prospect["expected_close_date"]:
                months += 1
            closes.append(months)
    return {name: newest.get(name) for name in CARD_COLUMNS} | {
        "is_member": any((joined_day or date.min) <= day for joined_day in joined),
        "is_prospect_only": all(
            row["account_type"] == "prospect" or row["known_from_date"] > day for row in accounts.values()
        ),
        "is_reachable": (has_contact or any(seen <= day for seen in contacts_seen))
        and newest.get("has_contact_consent") is not False,
        "membership_days": (
            (day - min(joined_days)).days if joined_days and min(joined_days) <= day else None
        ),
        "age_years": day.year - newest["birth_year"] if newest.get("birth_year") else None,
        "stored_value_opened_days": (day - opened).days if opened and opened <= day else None,
        "prospect_closes_in_months": min(closes, default=None),
    }
