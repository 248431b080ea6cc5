"""Tables that are filled in parts have the rows of one statement for all, also after reviews were sealed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
from clubs import CLUBS, SHIPPED
from living import DECIDED, Movement, run_dbt

IN_PARTS = "{{ config(in_parts_of='schemes') }}"
MODELS = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "dbt_project").rglob("*.sql")
    if path.stem in DECIDED and path.read_text(encoding="utf-8").startswith(IN_PARTS)
)
assert len(MODELS) >= 4


def test_one_part_after_the_other_gives_the_rows_of_all_at_once(movement: Movement, project: Path) -> None:
    drawn = random.Random(3)
    first = date(2024, 1, 1)
    purchases = [
        (f"c{number:02}", str(first + timedelta(days=drawn.randrange(240))), drawn.choice([90, 700, 5200]))
        for number in range(20)
        for _ in range(6)
    ]
    movement.live(
        [one for one in purchases if one[1] <= "2024-05-31"],
        until="2024-05-31",
        joined={account: "2024-01-15" for account, _, _ in purchases},
    )
    movement.seal(*CLUBS, *SHIPPED)
    # Two who were sealed apart are one now.
    movement.live(purchases, until="2024-09-30", same_customer={"c01": "c00"}, proposed=["2024-06-30"])
    kept = project / "movement.duckdb"
    movement.connection.execute(f"attach '{kept}' as kept")
    movement.connection.execute("copy from database movement to kept")
    movement.connection.execute("detach kept")

    # Some schemes have fewer rows than that, and some more.
    variables = ["--vars", "{rows_at_once: 50}"]
    run_dbt(project, "run", "--threads", "1", *variables, "--select", *MODELS)
    with duckdb.connect(str(kept), read_only=True) as database:
        for model in MODELS:
            at_once = movement.rows(f"from {model} order by all")
            result = database.execute(f"select {', '.join(at_once[0])} from {model} order by all")
            assert result.fetchall() == [tuple(row.values()) for row in at_once], model
    log = (project / "logs" / "dbt.log").read_text(encoding="utf-8")
    for model in MODELS:
        assert f'insert into "movement"."main"."{model}" by name' in log
    assert "where scheme_id in ('growth_club') and hash(customer_key) % 2 = 1" in log
