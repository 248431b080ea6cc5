"""A slow and plain reading of the sample's files, written from the rules alone.

It shares no code with the generator: amounts are Decimals, days come from zoneinfo, phones from phonenumbers.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers

ZONE = ZoneInfo("Asia/Shanghai")
CARDS_ON_ONE_PHONE = 5
DECIMAL = re.compile(r"-?\d{1,14}(\.\d{1,4})?")
FEEDS = {
    "pos_sales": ("receipt_no", "sold_at", "kind", {"sale", "return", "void"}),
    "ecommerce_orders": ("order_no", "created_at", "status", {"paid", "cancelled", "refunded", "pending"}),
    "members": ("member_no", "joined_at", "status", {"active", "closed", "blocked"}),
    "service_events": (
        "event_id",
        "happened_at",
        "event_type",
        {"contact", "complaint", "complaint_closed", "survey", "note", "service", "benefit"},
    ),
    "prospects": ("prospect_id", "created_at", "", set()),
    "tier_overrides": ("override_id", "valid_from_date", "scheme_id", {"value_pyramid", "membership_tier"}),
}
SALES = ("pos_sales", "ecommerce_orders")
SHOWING_ACCOUNTS = (*SALES, "members")
DECIMALS = (
    "quantity",
    "unit_price",
    "discount_amount",
    "net_amount",
    "refunded_amount",
    "cost_amount",
    "points_balance",
    "stored_value_balance",
    "overdue_amount",
)
Account = tuple[str, str]


@dataclass
class Row:
    """One row of a file, with what became of it."""

    file_name: str
    fields: dict[str, str]
    position: int
    is_malformed: bool = False
    outcome: str = "loaded"

    @property
    def updated(self) -> datetime | None:
        text = self.fields.get("updated_at", "").strip()
        return instant(text) if text else None

    @property
    def amount(self) -> Decimal:
        text = "" if self.is_malformed else self.fields.get("net_amount", "")
        return Decimal(text) if DECIMAL.fullmatch(text) else Decimal(0)

    @property
    def currency(self) -> str:
        return "XXX" if self.is_malformed else self.fields.get("currency_code", "XXX")


@dataclass
class Reading:
    """Everything the truth folder also says, found out from the files."""

    measures: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    situations: Counter[str] = field(default_factory=Counter)
    customers: dict[frozenset[Account], dict[str, object]] = field(default_factory=dict)
    referrals: dict[str, str] = field(default_factory=dict)
    prospects: dict[str, tuple[object, ...]] = field(default_factory=dict)
    overrides: dict[str, tuple[object, ...]] = field(default_factory=dict)


def instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)


def business_day(text: str) -> date:
    return instant(text).astimezone(ZONE).date()


def read(landing: Path, end: date) -> Reading:
    """Read every file of ``landing`` as the rules say, as of ``end``."""
    reading = Reading()
    rows: dict[str, list[Row]] = {feed: [] for feed in FEEDS}
    seen: dict[bytes, str] = {}
    for path in sorted(landing.iterdir(), key=lambda path: path.name.split(".")[0]):
        feed = next(feed for feed in FEEDS if path.name.startswith(feed))
        content = path.read_bytes()
        found = parse(path.name, gzip.decompress(content) if path.suffix == ".gz" else content)
        if content in seen:
            reading.statuses[path.name] = "duplicate_file"
            settle(found, "duplicate")
            count(reading, found)
        elif feed in SALES and "net_amount" not in found[0].fields:
            reading.statuses[path.name] = "refused"
        else:
            reading.statuses[path.name] = "accepted"
            rows[feed] += found
        seen[content] = path.name
    for feed, found in rows.items():
        choose_versions(feed, found, reading.situations)
        count(reading, found)
    value_customers(reading, rows, end)
    return reading


def parse(file_name: str, content: bytes) -> list[Row]:
    text = content.decode("utf-8")
    assert text.endswith("\n"), file_name
    header, *lines = csv.reader(text.splitlines())
    return [
        Row(file_name, dict(zip(header, line, strict=False)), position, is_malformed=len(line) != len(header))
        for position, line in enumerate(lines)
    ]


def settle(rows: list[Row], outcome: str) -> None:
    for row in rows:
        row.outcome = outcome


def unreadable(feed: str, row: Row) -> str:
    """Why the row cannot be read; empty when it can."""
    key, time, kind, kinds = FEEDS[feed]
    fields = row.fields
    if row.is_malformed:
        return "fields"
    if not fields[key] or not fields.get("line_no", "1"):
        return "key"
    if kinds and fields[kind] not in kinds:
        return "kind"
    try:
        for name in (time, "expected_close_date", "valid_until_date", "stored_value_opened_at"):
            if fields.get(name):
                instant(fields[name])
    except ValueError:
        return "time" if name == time else "day"
    wrong = [name for name in DECIMALS if fields.get(name) and not DECIMAL.fullmatch(fields[name])]
    if fields.get("minutes") and not fields["minutes"].isdigit():
        return "whole number"
    return "decimal" if wrong else ""


def choose_versions(feed: str, rows: list[Row], situations: Counter[str]) -> None:
    """Settle which row of each key is loaded. Rows come in the order of files."""
    versions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        reason = unreadable(feed, row)
        if reason:
            row.outcome = "quarantined"
            situations[f"unreadable {reason}"] += 1
        else:
            versions[row.fields[FEEDS[feed][0]], row.fields.get("line_no", "")].append(row)
    for candidates in versions.values():
        if len(candidates) > 1:
            choose_version(feed, candidates, situations)


def choose_version(feed: str, candidates: list[Row], situations: Counter[str]) -> None:
    groups: dict[tuple[datetime, str], list[Row]] = defaultdict(list)
    files = [row.file_name for row in candidates]
    oldest = datetime.min.replace(tzinfo=UTC)
    for row in candidates:
        # Without a time the later file is the newer version, so the file takes the place of the time.
        place = "" if row.updated else f"{files.index(row.file_name):06d}"
        groups[row.updated or oldest, place].append(row)
    standing: list[Row] = []
    was_disputed = False
    for (updated, _), group in sorted(groups.items(), key=lambda item: item[0]):
        if any(row.fields != group[0].fields for row in group):
            settle(group, "quarantined")
            was_disputed = True
            undated = "undated " if updated == oldest else ""
            situations[f"{undated}dispute{' over an older version' if standing else ''}"] += 1
            continue
        if any(row.fields == group[0].fields for row in standing if row.outcome == "loaded"):
            settle(group, "duplicate")
            situations[f"duplicate across files of {feed}"] += 1
            continue
        if standing:
            settle([row for row in standing if row.outcome == "loaded"], "superseded")
            undated = "undated " if updated == oldest else ""
            situations[f"{undated}correction of {feed}"] += 1
        settle(group[1:], "duplicate")
        if len(group) > 1:
            where = "within" if group[0].file_name == group[1].file_name else "across"
            situations[f"duplicate {where} files of {feed}"] += 1
        standing += group
    assert standing or was_disputed


def count(reading: Reading, rows: list[Row]) -> None:
    for row in rows:
        measures = reading.measures.setdefault((row.file_name, row.currency), Counter())
        measures["rows_in"] += 1
        measures[f"rows_{row.outcome}"] += 1
        measures["amount_in"] += row.amount  # type: ignore[assignment]
        measures[f"amount_{row.outcome}"] += row.amount  # type: ignore[assignment]


def normal_phone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def accounts_of(fields: dict[str, str]) -> list[Account]:
    """Every account a row shows, the one that identifies its buyer first."""
    phone = normal_phone(fields.get("phone", ""))
    email = fields.get("email", "").strip().lower()
    found = [
        ("member", fields.get("member_no", "")),
        ("ecommerce", fields.get("account_id") or fields.get("ecommerce_account_id", "")),
        ("phone", phone or ""),
        ("email", email),
    ]
    return [account for account in found if account[1]]


class Groups:
    """Accounts joined into customers."""

    def __init__(self) -> None:
        self._above: dict[Account, Account] = {}

    def top(self, account: Account) -> Account:
        while self._above.setdefault(account, account) != account:
            account = self._above[account]
        return account

    def join(self, accounts: list[Account]) -> None:
        for account in accounts:
            self._above[self.top(account)] = self.top(accounts[0])

    def members(self) -> dict[Account, frozenset[Account]]:
        found: dict[Account, set[Account]] = defaultdict(set)
        for account in list(self._above):
            found[self.top(account)].add(account)
        return {top: frozenset(accounts) for top, accounts in found.items()}


def value_customers(reading: Reading, rows: dict[str, list[Row]], end: date) -> None:
    loaded = {feed: [row for row in found if row.outcome == "loaded"] for feed, found in rows.items()}
    groups = join_accounts(reading, loaded)
    start = twelve_months_before(end)
    customers = groups.members()
    values: dict[Account, Counter[str]] = {top: Counter() for top in customers}
    visits: dict[Account, set[tuple[object, ...]]] = defaultdict(set)
    for (feed, number), receipt in sum_receipts(reading, loaded, groups).items():
        if receipt.buyer is None:
            reading.situations["receipt of nobody"] += 1
            continue
        assert receipt.day <= end
        value = values[receipt.buyer]
        value["lifetime"] += receipt.net  # type: ignore[assignment]
        value["12m"] += receipt.net if receipt.day > start else 0  # type: ignore[assignment]
        if receipt.net > 0:
            place = receipt.store if feed == "pos_sales" else number
            visits[receipt.buyer].add((feed, receipt.day, place))
    records, events = by_card(loaded["members"]), by_card(loaded["service_events"])
    for top, accounts in customers.items():
        reading.customers[accounts] = {
            "net_sales_12m_amount": Decimal(values[top]["12m"]),
            "net_sales_lifetime_amount": Decimal(values[top]["lifetime"]),
            "visits_12m_count": sum(visit[1] > start for visit in visits[top]),  # type: ignore[operator]
            "visits_lifetime_count": len(visits[top]),
        } | card_figures(reading, of_accounts(records, accounts))
        reading.customers[accounts] |= service_figures(of_accounts(events, accounts), start)
    tell_prospects(reading, loaded["prospects"], groups)
    for row in loaded["tier_overrides"]:
        tell_override(reading, row.fields, end)
    for scheme, a_share, b_share in (("abc_sales_70_20_10", 70, 90), ("abc_sales_75_20_5", 75, 95)):
        for accounts, tier in abc(reading, a_share, b_share).items():
            reading.customers[accounts][scheme] = tier


def by_card(loaded: list[Row]) -> dict[str, list[Row]]:
    found = defaultdict(list)
    for row in loaded:
        found[row.fields["member_no"]].append(row)
    return found


def of_accounts(rows: dict[str, list[Row]], accounts: frozenset[Account]) -> list[Row]:
    return [row for kind, account in accounts if kind == "member" for row in rows.get(account, [])]


def card_figures(reading: Reading, cards: list[Row]) -> dict[str, object]:
    """What the card whose record was changed last says, and who brought the customer."""
    if not cards:
        return dict.fromkeys(
            ("points_balance", "stored_value_balance_amount", "buyer_type", "has_contact_consent")
        )
    for card in cards:
        if card.fields["referrer_member_no"]:
            reading.referrals[card.fields["member_no"]] = card.fields["referrer_member_no"]
    newest = max(cards, key=lambda row: (row.updated, row.fields["member_no"])).fields
    balance = newest["stored_value_balance"]
    return {
        "points_balance": int(newest["points_balance"]),
        "stored_value_balance_amount": Decimal(balance) if balance else None,
        "buyer_type": newest["buyer_type"] or None,
        "has_contact_consent": newest["contact_consent"] == "true",
    }


def service_figures(events: list[Row], start: date) -> dict[str, object]:
    mine = [row.fields for row in events]
    recent = [fields for fields in mine if business_day(fields["happened_at"]) > start]
    counts = Counter(fields["event_type"] for fields in recent)
    ever = Counter(fields["event_type"] for fields in mine)
    tags = [fields["tag"] for fields in mine if fields["event_type"] == "note"]
    return {
        "contacts_12m_count": counts["contact"],
        "complaints_12m_count": counts["complaint"],
        "surveys_12m_count": counts["survey"],
        "service_minutes_12m_count": sum(int(fields["minutes"] or 0) for fields in recent),
        "open_complaints_count": ever["complaint"] - ever["complaint_closed"],
        "personality_tag": tags[0] if tags else None,
    }


def tell_prospects(reading: Reading, loaded: list[Row], groups: Groups) -> None:
    """Each prospect with whether its phone or e-mail is a customer's."""
    known = {account for accounts in groups.members().values() for account in accounts}
    for row in loaded:
        close = row.fields["expected_close_date"]
        shown = [account for account in accounts_of(row.fields) if account in known]
        reading.prospects[row.fields["prospect_id"]] = (
            {groups.top(account) for account in shown},
            business_day(row.fields["created_at"]),
            date.fromisoformat(close) if close else None,
        )


def tell_override(reading: Reading, fields: dict[str, str], end: date) -> None:
    until = date.fromisoformat(fields["valid_until_date"]) if fields["valid_until_date"] else None
    start = date.fromisoformat(fields["valid_from_date"])
    reading.overrides[fields["override_id"]] = (
        fields["member_no"],
        fields["scheme_id"],
        fields["tier_code"],
        fields["kind"],
        start,
        until,
        start <= end and (until is None or end <= until),
    )


def join_accounts(reading: Reading, loaded: dict[str, list[Row]]) -> Groups:
    """Accounts that one row shows belong together, but for phones on too many cards."""
    cards: dict[Account, set[str]] = defaultdict(set)
    for row in loaded["members"]:
        for account in accounts_of(row.fields):
            cards[account].add(row.fields["member_no"])
    shared = {account for account, held in cards.items() if len(held) > CARDS_ON_ONE_PHONE}
    reading.situations["shared phones"] = len(shared)
    groups = Groups()
    for row in (row for feed in SHOWING_ACCOUNTS for row in loaded[feed]):
        shown = [account for account in accounts_of(row.fields) if account not in shared]
        if shown:
            groups.join(shown)
    return groups


def sum_receipts(
    reading: Reading, loaded: dict[str, list[Row]], groups: Groups
) -> dict[tuple[str, str], Receipt]:
    """Net sales of every receipt and order, returns that name it taken off."""
    receipts: dict[tuple[str, str], Receipt] = {}
    named = [row for row in loaded["pos_sales"] if row.fields["original_receipt_no"]]
    own = [row for row in loaded["pos_sales"] if not row.fields["original_receipt_no"]]
    for row in own + loaded["ecommerce_orders"]:
        add_line(receipts, row, groups)
    for row in named:
        receipts["pos_sales", row.fields["original_receipt_no"]].net -= row.amount
        reading.situations["return naming its receipt"] += 1
    return receipts


@dataclass
class Receipt:
    day: date
    store: str
    buyer: Account | None
    net: Decimal = Decimal(0)


def add_line(receipts: dict[tuple[str, str], Receipt], row: Row, groups: Groups) -> None:
    feed = "pos_sales" if "receipt_no" in row.fields else "ecommerce_orders"
    key, time, kind, _ = FEEDS[feed]
    shown = accounts_of(row.fields)
    receipt = receipts.setdefault(
        (feed, row.fields[key]),
        Receipt(
            day=business_day(row.fields[time]),
            store=row.fields.get("store_id", ""),
            buyer=groups.top(shown[0]) if shown else None,
        ),
    )
    refunded = Decimal(row.fields.get("refunded_amount") or 0)
    signs = {"sale": 1, "return": -1, "paid": 1, "refunded": 1}
    receipt.net += signs.get(row.fields[kind], 0) * (row.amount - refunded)


def twelve_months_before(end: date) -> date:
    try:
        return end.replace(year=end.year - 1)
    except ValueError:
        return end.replace(year=end.year - 1, month=3, day=1) - timedelta(days=1)


def abc(reading: Reading, a_share: int, b_share: int) -> dict[frozenset[Account], str]:
    amounts = {accounts: value["net_sales_12m_amount"] for accounts, value in reading.customers.items()}
    total = sum(amounts.values())  # type: ignore[arg-type]
    tiers: dict[frozenset[Account], str] = {}
    before, previous, tier = Decimal(0), None, ""
    for accounts, amount in sorted(amounts.items(), key=lambda item: -item[1]):  # type: ignore[operator]
        if amount != previous:
            share = 100 * before / total
            tier = "A" if share < a_share else "B" if share < b_share else "C"
        tiers[accounts] = tier
        before, previous = before + amount, amount  # type: ignore[operator]
    return tiers
