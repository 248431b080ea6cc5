"""A shop of eleven cards, small enough to say of each what a review and what came in after it make of it.

What each spent up to March 2026 places it in `appliance_spend`: under 10,000, up to 20,000, or over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from clientele.lake.ingest import ingest
from clientele.settings import Settings
from clientele.warehouse.overlay import overlay
from project_parts import keep_sources

REVIEWED_ON = date(2026, 3, 31)
#: The last three are those by which the gate of the built tables knows that nobody was left out.
SCHEMES = (
    "appliance_spend",
    "value_pyramid",
    "buyer_type",
    "membership_tier",
    "abc_sales_70_20_10",
    "abc_sales_75_20_5",
    "restaurant_abc",
)

_POS = (
    "receipt_no,line_no,store_id,sold_at,member_no,sku,quantity,net_amount,currency_code,kind,"
    "original_receipt_no,updated_at"
)
_MEMBERS = "member_no,joined_at,status,phone,buyer_type,updated_at"
_OVERRIDES = "override_id,member_no,scheme_id,tier_code,kind,reason,requested_by,valid_from_date"

#: Card -> what it bought on the 10th of February and of March.
SPENT = {
    "M01": (30000, 1000),
    "M02": (500, 500),
    "M03": (1000, 12000),
    "M04": (21000, 400),
    "M05": (3000, 2000),
    "M06": (3000, 3000),
    "M07": (3000, 3100),
    "M08": (6000, 2000),
    "M09": (6000, 1000),
    "M10": (700, 700),
    "M11": (800, 800),
}
#: M08 and M09 hold cards with one phone until M09's is corrected.
PHONES = {"M08": "13900000008", "M09": "13900000008"}


def sale(receipt_no: str, member_no: str, day: str, amount: float, **changes: str) -> str:
    """A line of a sale at 10 o'clock; ``kind``, ``original`` and ``updated_at`` may be told."""
    return (
        f"{receipt_no},1,S1,{day}T10:00:00,{member_no},SKU1,1,{amount},CNY,{changes.get('kind', 'sale')},"
        f"{changes.get('original', '')},{changes.get('updated_at', day + 'T10:00:00')}"
    )


def member(member_no: str, updated_at: str, phone: str = "", buyer_type: str = "personal") -> str:
    return f"{member_no},2026-01-05T09:00:00,active,{phone},{buyer_type},{updated_at}"


def opened_shop(home: Path, schemes: Sequence[str] = SCHEMES) -> Settings:
    """The shop with everything of February and March taken in, and a project of these schemes alone."""
    plain = Settings(home=home, secret_key="a key for tests alone", settle_seconds=0)
    settings = overlay(plain, home / "project", {}, only=schemes)
    keep_sources(settings.dbt_project, ["generic"])
    for file in (settings.dbt_project / "tiers").glob("*.*"):
        if file.stem not in schemes and file.suffix != ".json":
            file.unlink()
    deliver(
        settings,
        "members",
        _MEMBERS,
        [member(number, "2026-01-05T09:00:00", PHONES.get(number, "")) for number in SPENT],
    )
    for month, place in (("02", 0), ("03", 1)):
        rows = [
            sale(f"R{month}-{number}", number, f"2026-{month}-10", amounts[place])
            for number, amounts in SPENT.items()
        ]
        # The month has a last day with a sale that belongs to nobody.
        rows.append(sale(f"R{month}-0", "", f"2026-{month}-28", 10))
        deliver(settings, f"pos_sales_2026-{month}", _POS, rows)
    ingest(settings)
    return settings


def deliver_news(settings: Settings) -> None:
    """What comes in after the review of March and says something else about March, and a sale of April.

    One till's clock is wrong: it dates a sale 2062.
    """
    deliver(
        settings,
        "pos_sales_2026-04",
        _POS,
        [
            sale("R04-M02", "M02", "2026-04-10", 50000),
            sale("R03-M03", "M03", "2026-03-10", 2000, updated_at="2026-04-02T10:00:00"),
            sale("R04-M04", "M04", "2026-04-03", 21000, kind="return", original="R02-M04"),
            sale("R03-late", "M05", "2026-03-20", 8000),
            sale("R62-M01", "M01", "2062-04-10", 60000),
        ],
    )
    deliver(
        settings,
        "members_2026-04",
        _MEMBERS,
        [
            member("M06", "2026-04-01T09:00:00", "13900000006"),
            member("M07", "2026-04-01T09:00:00", "13900000006"),
            member("M09", "2026-04-01T09:00:00", "13900000009"),
            member("M11", "2026-03-20T09:00:00", buyer_type="business"),
        ],
    )
    deliver(
        settings,
        "tier_overrides_2026-04",
        _OVERRIDES,
        ["O1,M10,appliance_spend,high,freeze,known to the owner,Li,2026-03-15"],
    )
    ingest(settings)


def deliver(settings: Settings, name: str, header: str, rows: list[str]) -> None:
    """Drop a file for the next ingest."""
    path = settings.landing / "generic" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def raise_the_bar(settings: Settings) -> None:
    """Edit `appliance_spend` as its next version: the highest tier begins at 40,000."""
    file = settings.dbt_project / "tiers" / "appliance_spend.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("version: 1", "version: 2").replace("20000", "40000"), encoding="utf-8")


def at(day: str) -> datetime:
    """A time of that day, UTC."""
    return datetime.fromisoformat(f"{day}T08:00:00+00:00")


def unattended(settings: Settings) -> Settings:
    return dataclasses.replace(settings, approve_unattended=True)
