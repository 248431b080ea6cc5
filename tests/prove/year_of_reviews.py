"""Review a shop month by month as its files arrive, decide each review again, correct the past, and backfill.

    python tests/prove/year_of_reviews.py --reviews 12 --backfilled 6

The sample shop is reviewed as each month's files come in. Then the warehouse is deleted and every review is
replayed from what was known then: all digests are equal. Corrections and late lines of the last month are
injected: the replay from what is known now names exactly these customers, each with the right cause and row,
in a scheme whose tiers depend on nobody else. At last a shop whose files arrive in time is reviewed month by
month, and once more by one backfill over all its files: the digests of all decisions are equal.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from clientele import pipeline
from clientele.duck import connect, path_literal
from clientele.lake.log import last_load_id
from clientele.lake.reviews import ReviewRecord, read_reviews, review_folder, verify_reviews
from clientele.reviews.backfill import backfill_reviews, month_ends
from clientele.sample import generate
from clientele.settings import Settings

LAST_DAY = date(2026, 6, 30)
#: Tiers by net sales of twelve months against fixed amounts: over 20,000 is the highest.
SCHEME = "appliance_spend"
HIGH_AMOUNT = 50_000
INJECTED = 6
POS = (
    "receipt_no,line_no,store_id,sold_at,member_no,sku,category,quantity,net_amount,currency_code,kind,"
    "updated_at"
)
MEMBERS = "member_no,joined_at,status,gender,birth_date,updated_at"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--customers", type=int, default=150, help="of the sample shop (default 150)")
    parser.add_argument("--reviews", type=int, default=12, help="reviews of the sample shop (default 12)")
    parser.add_argument("--backfilled", type=int, default=6, help="months of the other shop (default 6)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clientele-reviews-") as folder:
        failures = [
            *sample_shop(Path(folder) / "sample", arguments.customers, arguments.reviews),
            *shop_in_time(Path(folder) / "in_time", arguments.backfilled),
        ]
    for failure in failures:
        print(f"FAILED: {failure}")
    print("as promised" if not failures else f"{len(failures)} promises broken")
    return 1 if failures else 0


def sample_shop(folder: Path, customers: int, reviews: int) -> list[str]:
    """A year of reviews, replayed, then corrected."""
    settings = Settings(home=folder / "home", settle_seconds=0)
    drops = folder / "drops"
    generate(drops, folder / "truth", customers=customers, months=reviews + 2, end=LAST_DAY)
    days = months_up_to(LAST_DAY, reviews)
    for day in days:
        deliver(settings, drops, day)
        review(settings, day)
    failures = verify_reviews(settings)
    shutil.rmtree(settings.warehouse)
    for record in read_reviews(settings):
        failures += replayed_then(settings, record)
    return failures + corrected(settings, drops)


def review(settings: Settings, day: date) -> ReviewRecord:
    started = time.monotonic()
    proposed = pipeline.propose_review(settings, day, None, quietly)
    record = pipeline.approve_review(settings, day, "prove", "person", quietly)
    decisions = sum(scheme.decisions_count for scheme in record.schemes)
    print(
        f"{record.review_id}: {len(record.schemes)} schemes, {decisions:,} decisions,"
        f" {proposed.restatements_count} restatements, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return record


def replayed_then(settings: Settings, record: ReviewRecord) -> list[str]:
    started = time.monotonic()
    found = pipeline.replay(settings, record.review_id, "then", quietly)
    print(f"{record.review_id} then: equal {found.is_equal}, {time.monotonic() - started:.0f} s", flush=True)
    return [
        f"{record.review_id} {scheme.scheme_id} is not decided as it was sealed"
        for scheme in found.schemes
        if not scheme.is_equal
    ]


def corrected(settings: Settings, drops: Path) -> list[str]:
    """Late corrections and late lines of the last review's month, and what they restate."""
    record = read_reviews(settings)[-1]
    rows = lines_of_members(settings, record, drops)
    changed, late = rows[:INJECTED], rows[INJECTED : 2 * INJECTED]
    expected = {}
    news = []
    for number, (customer_key, line) in enumerate([*changed, *late]):
        is_late = number >= INJECTED
        receipt_no = f"LATE-{number}" if is_late else line["receipt_no"]
        amount = {"net_amount": str(HIGH_AMOUNT), "unit_price": str(HIGH_AMOUNT), "quantity": "1"}
        news.append({**line, **amount, "receipt_no": receipt_no, "updated_at": "2026-07-05T09:00:00"})
        expected[customer_key] = ("late_line" if is_late else "correction", number + 1)
    write_rows(settings, "pos_sales_2026-07-05", list(news[0]), [list(row.values()) for row in news])
    pipeline.ingest(settings, None, quietly)
    load_id = last_load_id(settings)
    found = pipeline.replay(settings, record.review_id, "now", quietly)
    print(f"{record.review_id} now: {dict(Counter(r.cause for r in found.restatements))}")
    named = {
        restated.customer_key: (restated.cause, restated.row_numbers)
        for restated in found.restatements
        if restated.scheme_id == SCHEME
    }
    wanted = {key: (cause, f"{load_id}:{row}") for key, (cause, row) in expected.items()}
    if named == wanted:
        print(f"{SCHEME}: the {len(wanted)} customers with injected lines, no other, each with its row")
        return []
    return [f"{SCHEME} restates {named} and not {wanted}"]


def lines_of_members(
    settings: Settings, record: ReviewRecord, drops: Path
) -> list[tuple[str, dict[str, str]]]:
    """A sale of the month before the review for each of many customers: a line that came once."""
    accounts = path_literal(review_folder(settings, record.sequence_number) / "accounts.parquet")
    with connect(None, settings) as connection:
        keys = dict(
            connection.execute(
                f"select account_reference, customer_key from read_parquet({accounts})"
                " where account_type = 'member'"
            ).fetchall()
        )
    found: dict[str, dict[str, str]] = {}
    seen: Counter[str] = Counter()
    for path in sorted(drops.glob(f"pos_sales_{record.as_of_date:%Y-%m}-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                seen[line["receipt_no"]] += 1
                key = keys.get(f"member:{line['member_no']}")
                if key and line["kind"] == "sale" and re.fullmatch(r"\d+\.\d\d", line["net_amount"]):
                    found.setdefault(key, line)
    return [(key, line) for key, line in sorted(found.items()) if seen[line["receipt_no"]] == 1]


def shop_in_time(folder: Path, months: int) -> list[str]:
    """Month by month as the files come, against one backfill over all of them."""
    drops = folder / "drops"
    days = months_up_to(LAST_DAY, months)
    write_shop(drops, days)
    monthly = Settings(home=folder / "monthly", settle_seconds=0, secret_key="a key for proofs alone")
    for day in days:
        deliver(monthly, drops, day)
        review(monthly, day)
    at_once = Settings(home=folder / "at_once", settle_seconds=0, secret_key="a key for proofs alone")
    deliver(at_once, drops, days[-1])
    started = time.monotonic()
    backfill_reviews(at_once, days[0], days[-1], None, "prove", quietly)
    print(f"backfill of {months} months: {time.monotonic() - started:.0f} s", flush=True)
    failures = []
    for ours, theirs in zip(read_reviews(monthly), read_reviews(at_once), strict=True):
        monthly_digests, digests = map(digests_of, (ours, theirs))
        differing = sorted(
            scheme_id
            for scheme_id in {**monthly_digests, **digests}
            if monthly_digests.get(scheme_id) != digests.get(scheme_id)
        )
        print(f"{ours.review_id}: {len(digests)} schemes, {len(differing)} differ", flush=True)
        failures += [f"{ours.review_id} {scheme_id} differs when backfilled" for scheme_id in differing]
    shutil.rmtree(at_once.warehouse)
    for record in read_reviews(at_once)[-2:]:
        failures += replayed_then(at_once, record)
    return failures


def digests_of(record: ReviewRecord) -> dict[str, str]:
    return {scheme.scheme_id: scheme.digest for scheme in record.schemes}


def write_shop(drops: Path, days: Sequence[date]) -> None:
    """Sixty cards and their receipts, each in the file of its month."""
    chance = random.Random(7)
    drops.mkdir(parents=True)
    first = days[0] - timedelta(days=80)
    cards = {
        f"M{number:03}": first + timedelta(days=chance.randrange((days[-1] - first).days))
        for number in range(60)
    }
    starts = first
    for day in days:
        members, lines = [MEMBERS], [POS]
        for card, joined in cards.items():
            if starts <= joined <= day:
                members.append(f"{card},{joined}T09:00:00,active,female,1980-05-12,{joined}T09:00:00")
            for visit in range(chance.choice([0, 0, 1, 2, 4])):
                sold = max(joined, starts) + timedelta(days=chance.randrange((day - starts).days + 1))
                if sold <= day:
                    amount = round(chance.lognormvariate(6, 1.6), 2)
                    category = chance.choice(["fresh", "drinks", "home"])
                    lines.append(
                        f"R{day:%y%m}-{card}-{visit},1,S1,{sold}T10:00:00,{card},SKU1,{category},1,{amount},CNY,"
                        f"sale,{sold}T10:00:00"
                    )
        lines.append(f"R{day:%y%m}-last,1,S1,{day}T19:00:00,,SKU1,fresh,1,9.90,CNY,sale,{day}T19:00:00")
        for name, rows in (("members", members), ("pos_sales", lines)):
            (drops / f"{name}_{day}.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
        starts = day + timedelta(days=1)


def deliver(settings: Settings, drops: Path, day: date) -> None:
    """Drop the files of the days up to ``day`` that have not been dropped yet, and take them in."""
    landing = settings.landing / "generic"
    landing.mkdir(parents=True, exist_ok=True)
    for path in sorted(drops.iterdir()):
        dated = re.search(r"\d{4}-\d\d-\d\d", path.name)
        if dated and date.fromisoformat(dated[0]) <= day and not (landing / path.name).exists():
            shutil.copyfile(path, landing / path.name)
    pipeline.ingest(settings, None, quietly)


def write_rows(settings: Settings, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with (settings.landing / "generic" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def months_up_to(last_day: date, count: int) -> list[date]:
    first = last_day
    for _ in range(count - 1):
        first = first.replace(day=1) - timedelta(days=1)
    return list(month_ends(first, last_day))


def quietly(line: str) -> None:
    del line


if __name__ == "__main__":
    sys.exit(main())
