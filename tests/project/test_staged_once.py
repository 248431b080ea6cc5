"""A model that is staged once: each of its rows follows from the rows of its own load, and from little else.

Otherwise rows that were kept would be other rows than those a run would make now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from clientele.settings import PROJECT

MATERIALIZED = re.compile(r"(?m)^      materialized: staged_once$")
MODELS = sorted(
    path.stem
    for path in (PROJECT / "dbt_project").rglob("stg_*.yml")
    if MATERIALIZED.search(path.read_text(encoding="utf-8"))
)
#: What else rows may follow from: the key of kept files has the time zone, a load's record has its totals.
LAKE = {"source.clientele.lake.run_parameters", "source.clientele.lake.load_totals"}
#: The one table that may be joined by other columns than the load's is a seed.
SEED = re.compile(r"(\w+) as \(\s*select \* from \{\{ ref\('\w+'\) \}\}\s*\)")
JOIN = re.compile(r"\bjoin\s+(\w+)(.*?)(?=\bjoin\b|\bwhere\b|\bgroup by\b|\n\)|\Z)", re.DOTALL)
GROUPING = re.compile(r"(?:\bpartition by|\bgroup by|\bselect distinct)\b([^)]*)")
AGGREGATE = re.compile(r"\b(?:any_value|avg|bool_and|bool_or|count|list|max|min|string_agg|sum)\s*\(")
ELSEWHERE = re.compile(
    r"\(\s*select\b|\bexists\b|\bin\s*\(\s*select\b|\blimit\b|\bexcept\b|\bintersect\b|\brandom\b"
)


def beyond_its_load(code: str) -> list[str]:
    """What in the SQL of a model may look at rows of another load."""
    code = re.sub(r"\{#.*?#\}|--[^\n]*", "", code, flags=re.DOTALL)
    seeds = set(SEED.findall(code))
    windows = [window.strip() for window in re.findall(r"\bover\s*\(([^)]*)", code)]
    found = [f"over ({window})" for window in windows if not window.startswith("partition by ")]
    found += [columns.strip() for columns in GROUPING.findall(code) if not re.search(r"\bload_id\b", columns)]
    found += [
        f"join {name}"
        for name, condition in JOIN.findall(code)
        if name not in seeds and not re.search(r"\b(\w+)\.load_id = (?!\1\b)\w+\.load_id\b", condition)
    ]
    # A common table expression is no subquery in the middle of a select.
    found += ELSEWHERE.findall(re.sub(r"\bas \(\s*select\b", "as (", code))
    if AGGREGATE.search(code) and not GROUPING.search(code):
        found.append("an aggregate of all rows")
    return found


def macros_of(names: Iterable[str], macros: Mapping[str, Any]) -> set[str]:
    """The project's macros that these use, directly or not."""
    found: set[str] = set()
    waiting = [name for name in names if name.startswith("macro.clientele.")]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [
                used for used in macros[name]["depends_on"]["macros"] if used.startswith("macro.clientele.")
            ]
    return found


@pytest.fixture(scope="module")
def manifest(parsed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return json.loads((parsed(tmp_path_factory.mktemp("home")) / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "code",
    [
        "select row_number() over (order by row_number) from a",
        "select row_number() over (partition by receipt_no order by row_number) from a",
        "select receipt_no, max(status) from a group by receipt_no",
        "select distinct receipt_no from a",
        "select max(status) from a",
        "select a.x from a left join b on a.receipt_no = b.receipt_no",
        "select a.x from a left join b on a.load_id = a.load_id and a.receipt_no = b.receipt_no",
        "select (select max(load_id) from b) as newest from a",
        "select x from a where receipt_no in (select receipt_no from b)",
        "select x from a limit 5",
    ],
)
def test_the_rule_sees_what_it_looks_for(code):
    assert beyond_its_load(code)


def test_the_rule_lets_a_load_look_at_itself():
    seed = "with s as (\n\n    select * from {{ ref('kinds') }}\n\n)\n"
    assert beyond_its_load("select sum(x) over (partition by load_id, y order by z) from a") == []
    assert beyond_its_load(seed + "select a.x from a left join s\n    on a.kind = s.kind") == []
    assert beyond_its_load("select a.x from a left join b on a.load_id = b.load_id and a.y = b.y") == []
    assert beyond_its_load("select load_id, max(x) as x from a group by load_id") == []


def test_most_lines_are_staged_once():
    assert {"stg_generic__pos_sales", "stg_generic__ecommerce_orders", "stg_generic__members"} <= set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_is_staged_once_reads_only_its_feed_and_looks_at_no_other_load(name, manifest):
    model = manifest["nodes"][f"model.clientele.{name}"]
    assert model["config"]["materialized"] == "staged_once"
    assert model["config"]["contract"]["enforced"] is True
    own = f"source.clientele.{model['fqn'][-2]}."
    others = {node for node in model["depends_on"]["nodes"] if not node.startswith((own, "seed."))}
    assert others <= LAKE
    assert beyond_its_load(model["raw_code"]) == []
    columns = list(model["columns"])
    assert {"load_id", "row_number"} <= set(columns)
    macros = manifest["macros"]
    for macro in macros_of(model["depends_on"]["macros"], macros):
        if macro != "macro.clientele.business_time_zone":
            assert beyond_its_load(macros[macro]["macro_sql"]) == [], macro
