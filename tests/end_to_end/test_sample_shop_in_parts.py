"""Tables of customers at dates that are filled in parts have the rows of one statement for all customers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from clientele.settings import Settings
from clientele.warehouse.build import dbt_process

#: Of sums of each part, only their own sum is the same.
SUMS = "select columns('_date$|_key$|_id$|_rank$'), sum(columns('_count$|_amount$')) from {} group by all"


def test_one_part_of_the_customers_after_the_other_gives_the_rows_of_all_at_once(
    sample_shop, tmp_path: Path
) -> None:
    (built,) = (sample_shop.home / "warehouse" / "runs").glob("*/warehouse.duckdb")
    at_once, in_parts = tmp_path / "at_once.duckdb", tmp_path / "warehouse.duckdb"
    shutil.copyfile(built, at_once)
    shutil.copyfile(built, in_parts)
    with duckdb.connect(str(at_once), read_only=True) as database:
        counted = database.execute(
            "select (select count(*) from intermediate.int_accounts_resolved)"
            " * (select count(*) from intermediate.int_as_of_dates)"
        ).fetchone()
    assert counted

    settings = Settings(home=sample_shop.home)
    chosen = ["--select", "config.in_parts_of:customers", "--vars", f"{{rows_at_once: {counted[0] // 3}}}"]
    target = tmp_path / "target"
    with dbt_process(settings, in_parts, target, ["run", *chosen]) as dbt:
        said, _ = dbt.communicate()
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    assert {result["status"] for result in results} == {"success"}, said[-4000:]

    log = (target / "dbt.log").read_text(encoding="utf-8")
    with duckdb.connect() as both:
        for path in (at_once, in_parts):
            both.execute(f"attach '{path}' as {path.stem} (read_only)")
        for result in results:
            assert f"insert into {result['relation_name']} by name" in log
            table = result["relation_name"].partition(".")[2]
            read = SUMS if "moves_summed" in table else "from {}"
            for one, other in ((at_once, in_parts), (in_parts, at_once)):
                rows = [read.format(f"{path.stem}.{table}") for path in (one, other)]
                assert both.execute(f"({rows[0]}) except all ({rows[1]})").fetchall() == [], table
    assert len(results) >= 6
