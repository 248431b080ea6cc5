"""The guide's scheme, simulated by the guide's command on a shop, beside the same file in production."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from simulated_shop import GUIDE, SCHEME, Simulated

from clientele import cli

MONTH_ENDS = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]


def published(simulated: Simulated, query: str, **parameters: object) -> list[tuple[object, ...]]:
    with duckdb.connect(simulated.production, read_only=True) as connection:
        return connection.execute(query, parameters or None).fetchall()


def table(simulated: Simulated, name: str) -> list[dict[str, object]]:
    found = duckdb.read_parquet(str(simulated.folder / f"{name}.parquet"))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_the_same_file_in_production_gives_the_tiers_that_the_simulation_said(simulated: Simulated) -> None:
    sizes = published(
        simulated,
        "select as_of_date, tier_code, customers_count, net_sales_12m_amount from tier_sizes"
        " where scheme_id = 'spending_club' and as_of_date >= date '2026-01-01' order by all",
    )
    said = sorted(
        (row["as_of_date"], row["tier_code"], row["customers_count"], row["net_sales_12m_amount"])
        for row in table(simulated, "sizes")
        if row["side"] == "simulated"
    )
    assert said == sizes
    assert len({tier for _, tier, count, _ in sizes if count}) > 2
    # Customer by customer: who moves against membership_tier does so in production too.
    moved = published(
        simulated,
        "with held as (from tier_history where valid_to_date is null)"
        " select customer_key, one.tier_code, other.tier_code"
        " from (from held where scheme_id = 'membership_tier') as one"
        " join (from held where scheme_id = 'spending_club') as other using (customer_key)"
        " where one.tier_code <> other.tier_code order by all",
    )
    movers = [
        (row["customer_key"], row["happened_tier_code"], row["simulated_tier_code"])
        for row in table(simulated, "movers")
    ]
    assert sorted(movers) == moved
    assert moved


def test_what_happened_is_what_was_published(simulated: Simulated) -> None:
    happened = sorted(
        (row["as_of_date"], row["tier_code"], row["customers_count"])
        for row in table(simulated, "sizes")
        if row["side"] == "happened"
    )
    assert happened == published(
        simulated,
        "select as_of_date, tier_code, customers_count from tier_sizes"
        " where scheme_id = 'membership_tier' and as_of_date >= date '2026-01-01' order by all",
    )


def test_the_result_says_the_same_on_stdout_and_in_its_file(simulated: Simulated) -> None:
    printed = json.loads(simulated.as_json)
    assert printed == json.loads((simulated.folder / "simulation.json").read_text(encoding="utf-8"))
    assert (printed["scheme_id"], printed["against_scheme_id"]) == ("spending_club", "membership_tier")
    assert printed["dates"] == printed["compared_dates"] == MONTH_ENDS
    assert printed["currency_code"] == "CNY"
    assert sum(printed["computed"].values()) == sum(
        size["customers_count"]
        for size in printed["sizes"]
        if (size["side"], size["as_of_date"]) == ("simulated", "2026-06-30")
    )
    assert str(simulated.folder) in simulated.said


def test_costs_are_the_customers_times_the_yearly_cost_by_twelve(simulated: Simulated) -> None:
    yearly = {"platinum": 3000, "gold": 800, "silver": 120, "ordinary": 20}
    sizes = [row for row in table(simulated, "sizes") if row["side"] == "simulated"]
    assert all(
        row["cost_amount"]
        == (Decimal(yearly[str(row["tier_code"])]) * row["customers_count"] / 12).quantize(Decimal("0.01"))
        for row in sizes
    )
    costs = json.loads(simulated.as_json)["costs"]
    assert Decimal(costs["simulated"]) == sum(row["cost_amount"] for row in sizes)
    assert Decimal(costs["happened"]) > 0


def test_each_threshold_is_moved_both_ways_and_nobody_is_lost(simulated: Simulated) -> None:
    printed = json.loads(simulated.as_json)
    placed = sum(printed["computed"].values())
    assert [float(each["value"]) for each in printed["thresholds"]] == [12000, 5000, 1500]
    assert len(printed["effects"]) == 6
    for effect in printed["effects"]:
        assert effect["problem"] is None
        assert sum(effect["customers"].values()) == placed
        lower = effect["moved"] == "down"
        assert effect["down_customers_count" if lower else "up_customers_count"] == 0
        changed = sum(abs(count - printed["computed"][code]) for code, count in effect["customers"].items())
        assert changed == 2 * (effect["up_customers_count"] + effect["down_customers_count"])
    assert any(effect["up_customers_count"] for effect in printed["effects"])


def test_it_says_that_the_old_scheme_shaped_the_past_in_both_languages(simulated: Simulated) -> None:
    english = (simulated.folder / "simulation.en.html").read_text(encoding="utf-8")
    chinese = (simulated.folder / "simulation.zh.html").read_text(encoding="utf-8")
    assert "Past behaviour was shaped by the scheme then in force" in english
    assert "Past behaviour was shaped by the scheme then in force" in simulated.said
    assert "过去的消费行为受当时实行的方案" in chinese
    assert "消费俱乐部" in chinese
    assert "<svg" in chinese
    assert 'href="simulation.en.html"' in chinese
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", english + chinese)


def test_the_guide_names_every_table_and_its_columns(simulated: Simulated) -> None:
    rows = re.findall(r"^\| `(\w+)\.csv`, `\.parquet` \|[^|]*\| (.*) \|$", GUIDE, re.MULTILINE)
    assert {name for name, _ in rows} == {path.stem for path in simulated.folder.glob("*.csv")}
    for name, columns in rows:
        header = (simulated.folder / f"{name}.csv").read_text(encoding="utf-8").partition("\n")[0]
        assert re.findall(r"`(\w+)`", columns) == header.split(",")
    for page in simulated.folder.glob("simulation.*"):
        assert f"`{page.name}`" in GUIDE


def test_nothing_is_published_and_nothing_of_the_build_stays(simulated: Simulated) -> None:
    releases = [path.name for path in (simulated.settings.published / "releases").iterdir()]
    assert releases == ["r000001"]
    fence = json.loads((simulated.settings.warehouse / "fence.json").read_text(encoding="utf-8"))
    assert fence == {"token": 1}
    assert [path.suffix for path in (simulated.settings.warehouse / "simulations").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", "2026-01-01", "--to", "2026-06-30"], "spending_club is not in the current release"),
        (["--from", "2026-07-01", "--to", "2026-06-30"], "--from 2026-07-01 is after --to 2026-06-30"),
        (["--from", "2026-01-01", "--to", "2026-07-31"], "--to 2026-07-31 is after 2026-06-30"),
    ],
)
def test_what_the_release_does_not_cover_is_refused_before_anything_is_built(
    simulated: Simulated, tmp_path: Path, capsys, arguments: list[str], complaint: str
) -> None:
    file = tmp_path / "another.yml"
    file.write_text(SCHEME.replace("spending_club", "unheard_of"), encoding="utf-8")
    assert cli.main(["simulate", str(file), *arguments]) == 2
    assert complaint.replace("spending_club", "unheard_of") in capsys.readouterr().err


def test_a_scheme_that_cannot_be_used_is_refused_with_line_and_reason(
    simulated: Simulated, tmp_path: Path, capsys
) -> None:
    file = tmp_path / "any name.yml"
    file.write_text(SCHEME.replace("at_least: 5000", "at_least: 4000"), encoding="utf-8")
    assert cli.main(["simulate", str(file), "--from", "2026-01-01", "--to", "2026-06-30"]) == 2
    line = SCHEME.splitlines().index("            - code: silver") + 1
    assert f"tiers/spending_club.yml:{line}: band silver overlaps the next band" in capsys.readouterr().err


def test_the_dates_are_days_of_the_release(simulated: Simulated) -> None:
    assert {row["as_of_date"] for row in table(simulated, "movements")} == {
        date.fromisoformat(day) for day in MONTH_ENDS
    }
