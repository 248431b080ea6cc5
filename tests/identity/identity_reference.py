"""Who belongs together, in plain Python over plain rows: nothing here is shared with the models."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

#: Source and reference, such as ``("east", "member:1")``.
Account = tuple[str, str]
#: Type and value, such as ``("phone", "p")``.
Key = tuple[str, str]

#: As the project under test has them.
MAXIMUM_CARDS = 2
SPACES = {"east": "east+west", "west": "east+west", "north": "north"}
KEY_TYPES = ("card", "ecommerce_account", "phone", "email")
FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Row:
    """One row of an export. `changed` counts days, and tells which of two rows about one thing is newer."""

    kind: str  # member, receipt or prospect
    source: str
    number: str
    changed: int
    phone: str | None = None
    email: str | None = None
    #: Of a member, the web account it has linked; of a receipt, whose it is.
    web: str | None = None
    card: str | None = None

    @property
    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.changed)

    @property
    def account(self) -> Account | None:
        if self.kind != "receipt":
            return self.source, f"{self.kind}:{self.number}"
        named = {"member": self.card, "ecommerce": self.web, "email": self.email, "phone": self.phone}
        return next(((self.source, f"{kind}:{value}") for kind, value in named.items() if value), None)

    def staged(self) -> tuple[str, dict[str, Any]]:
        """The table it is staged in, and its cells there."""
        moment = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC).replace(tzinfo=None)
        cells: dict[str, Any] = {
            "source": self.source,
            "phone_hash": self.phone,
            "email_hash": self.email,
            "updated_at": moment,
            "payload_hash": repr(self),
        }
        if self.kind == "member":
            cells |= {"feed": "members", "account_type": "member", "account_id": self.number}
            return "int_members_unioned", cells | {"ecommerce_account_id": self.web, "joined_date": FIRST_DAY}
        if self.kind == "prospect":
            cells |= {"feed": "prospects", "account_type": "prospect", "account_id": self.number}
            return "stg_prospects", cells | {"prospect_id": self.number, "created_date": self.day}
        owner = ("member", self.card) if self.card else ("ecommerce", self.web) if self.web else (None, None)
        cells |= {"feed": "pos_sales", "channel": "pos", "receipt_no": self.number, "line_no": "1"}
        cells |= {"account_type": owner[0], "account_id": owner[1], "net_sales_amount": 1}
        return "int_sale_lines_unioned", cells | {"occurred_at": moment, "business_date": self.day}


@dataclass(frozen=True)
class Resolved:
    """An account, the customer it belongs to, and the account and type of key that link it."""

    customer_key: str
    linked_to: Account | None
    linked_by: str


def resolved_by_hand(rows: Sequence[Row]) -> dict[Account, Resolved]:
    """What the models should find in `rows`, which are in the order of the log."""
    in_force = _in_force(rows)
    age: dict[Account, int] = {}
    for place, row in enumerate(rows):
        if row.account is not None:
            age.setdefault(row.account, place)
    accounts = sorted({row.account for row in in_force if row.account}, key=age.__getitem__)
    number = {account: place for place, account in enumerate(accounts)}
    keys = {account: _keys(account, in_force) for account in accounts}
    shared = shared_keys(keys)
    holders: dict[Key, list[Account]] = defaultdict(list)
    for account in accounts:
        for key in keys[account] - shared:
            holders[key].append(account)
    found: dict[Account, Resolved] = {}
    for oldest in accounts:
        if oldest in found:
            continue
        customer_key = "c" + hashlib.md5(":".join(oldest).encode()).hexdigest()[:16]
        found[oldest] = Resolved(customer_key, None, "itself")
        level = [oldest]
        while level:
            following = []
            for account in sorted(level, key=number.__getitem__):
                near = {other for key in keys[account] - shared for other in holders[key]} - set(found)
                for other in near:
                    common = {kind for kind, _ in (keys[account] & keys[other]) - shared}
                    found[other] = Resolved(customer_key, account, min(common, key=KEY_TYPES.index))
                    following.append(other)
            level = following
    return found


def customers(resolved: Mapping[Account, Any]) -> set[frozenset[Account]]:
    """The accounts of each customer, without its key."""
    groups: dict[str, set[Account]] = defaultdict(set)
    for account, row in resolved.items():
        key = row.customer_key if isinstance(row, Resolved) else row["customer_key"]
        groups[key].add(account)
    return {frozenset(group) for group in groups.values()}


def shared_keys(keys: Mapping[Account, Iterable[Key]]) -> set[Key]:
    """The keys on more cards and web accounts than one person has."""
    cards: dict[Key, int] = defaultdict(int)
    for (_, reference), held in keys.items():
        for key in held:
            cards[key] += reference.startswith(("member:", "ecommerce:"))
    return {key for key, count in cards.items() if count > MAXIMUM_CARDS}


def _in_force(rows: Sequence[Row]) -> list[Row]:
    newest: dict[tuple[str, str, str], Row] = {}
    for row in sorted(rows, key=lambda row: row.changed):
        newest[row.kind, row.source, row.number] = row
    return list(newest.values())


def _keys(account: Account, in_force: Sequence[Row]) -> set[Key]:
    source, reference = account
    kind, _, number = reference.partition(":")
    told = sorted((row for row in in_force if row.account == account), key=lambda row: row.changed)
    receipts = [row for row in told if row.kind == "receipt"]
    records = [row for row in told if row.kind != "receipt"]
    web = {"ecommerce": number, "member": records[-1].web if records else None}.get(kind)
    spaced = {"card": number if kind == "member" else None, "ecommerce_account": web}
    keys = {(name, f"{SPACES[source]}:{value}") for name, value in spaced.items() if value}
    for name in ("phone", "email"):
        values = [value for row in receipts + records[-1:] if (value := getattr(row, name))]
        if values:
            own = records and getattr(records[-1], name)
            keys.add((name, own or values[-1]))
    return keys
