"""Scheme files that cannot be used are refused with file, line and reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
from ruamel.yaml import YAML

from clientele.errors import ConfigurationError
from clientele.tiers import METRICS, InvalidSchemesError, load_schemes
from clientele.tiers.files import content_hash
from clientele.tiers.json_schema import text
from clientele.tiers.names import SQL_WORDS
from clientele.tiers.scheme import json_schema

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
TIERS = DBT_PROJECT / "tiers"


HERE = Path(__file__).parent
#: Where schemes that are fine stand: those of the project, and examples of what they do not use.
FOLDERS = (TIERS, HERE / "examples", HERE / "project" / "tiers")


def folder_of(parent: Path, *names: str) -> Path:
    """A folder with these schemes."""
    folder = parent / "tiers"
    folder.mkdir()
    for name in names:
        for file in (file for source in FOLDERS for file in source.glob(f"{name}.*")):
            shutil.copy(file, folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(
        tmp_path, "abc_sales_75_20_5", "appliance_spend", "restaurant_abc", "rfm_quintile", "value_pyramid"
    )


def changed(folder: Path, scheme_id: str, old: str, new: str) -> int:
    """Put ``new`` in place of the first ``old``; return the line where it stands."""
    file = folder / f"{scheme_id}.yml"
    before, found, after = file.read_text(encoding="utf-8").partition(old)
    assert found, f"{old!r} does not stand in {file.name}"
    file.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def refused(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(InvalidSchemesError) as raised:
        load_schemes(folder)
    return [tuple(problem) for problem in raised.value.problems]


def test_the_schemes_of_the_project_are_fine_and_in_use() -> None:
    schemes = load_schemes(TIERS)
    project = YAML(typ="safe").load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert sorted(project["vars"]["schemes"]) == list(schemes)
    for scheme in schemes.values():
        assert all(tier.benefits for tier in scheme.tiers)


REFUSALS = YAML(typ="safe").load((Path(__file__).parent / "refusals.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["reason"].replace(" ", "_"))
def test_a_wrong_scheme_is_refused_with_file_line_and_reason(tmp_path: Path, case: dict[str, Any]) -> None:
    folder = folder_of(tmp_path, case["scheme"])
    line = changed(folder, case["scheme"], case["for"], case["put"]) + case.get("lines_after", 0)
    found = refused(folder)
    assert {file for file, _, _ in found} == {f"tiers/{case['scheme']}.yml"}
    assert (line, case["reason"]) in [(at, why) for _, at, why in found]


def test_the_words_that_no_figure_may_be_called_are_those_that_are_no_columns() -> None:
    reserved = duckdb.sql("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'")
    assert {word for (word,) in reserved.fetchall()} == SQL_WORDS


def test_bands_of_whole_things_may_meet_at_the_next_number(folder: Path) -> None:
    changed(folder, "appliance_spend", "metric: net_sales_12m_amount", "metric: visits_12m_count")
    changed(
        folder,
        "appliance_spend",
        "          metric: net_sales_12m_amount",
        "          metric: visits_12m_count",
    )
    changed(folder, "appliance_spend", "unit: money", "unit: visits")
    changed(folder, "appliance_spend", "at_most: 20000", "at_most: 19999")
    problem = "band middle leaves a gap between 19999 and 20001 (high)"
    assert [why for _, _, why in refused(folder)] == [problem]
    changed(folder, "appliance_spend", "over: 20000", "at_least: 20000")
    assert "appliance_spend" in load_schemes(folder)


def test_a_tier_that_a_higher_one_always_takes_is_unreachable(folder: Path) -> None:
    file = folder / "restaurant_abc.yml"
    content = file.read_text(encoding="utf-8")
    for b, a in (("2000", "5000"), ("2}", "4}")):
        content = content[: content.index("code: B")] + content[content.index("code: B") :].replace(b, a)
    content = content[: content.index("code: B")] + content[content.index("code: B") :].replace(
        "_count, at_least: 4", "_count, at_least: 3"
    )
    file.write_text(content, encoding="utf-8")
    # B now asks the same as A, except for a last visit of 5000, which A takes from 3000 on.
    assert [why for _, _, why in refused(folder)] == [
        "tier B is unreachable: whoever meets it meets A before"
    ]


def test_a_tier_without_a_rule_is_unreachable(folder: Path) -> None:
    changed(folder, "rfm_quintile", "{tier: lost,", "{tier: hibernating,")
    assert [why for _, _, why in refused(folder)] == ["tier lost is unreachable: no rule gives it"]


def test_scores_that_no_rule_covers_are_counted(folder: Path) -> None:
    changed(
        folder,
        "rfm_quintile",
        "            - {tier: hibernating, when: {R: [1, 2], F: [1, 2]}}\n",
        "            - {tier: hibernating, when: {R: [1, 2], F: [1, 1]}}\n",
    )
    assert [why for _, _, why in refused(folder)] == ["no rule covers 5 of the scores, first R1 F2 M1"]


def test_a_figure_that_may_be_unknown_needs_a_population_that_has_it(folder: Path) -> None:
    changed(
        folder,
        "rfm_quintile",
        "{metric: visits_24m_count, at_least: 1}",
        "{metric: visits_24m_count, at_least: 0}",
    )
    assert [
        "recency_days is unknown for customers without a visit" in why for _, _, why in refused(folder)
    ] == [True]


@pytest.mark.parametrize(
    ("metric", "unit", "reason"),
    [
        (
            "consecutive_weeks_count",
            "weeks",
            "the figures of consecutive_weeks_count do not add up to a total",
        ),
        ("recency_days", "days", "recency_days is better low, and shares rank from the highest"),
    ],
)
def test_shares_need_a_figure_with_a_total(folder: Path, metric: str, unit: str, reason: str) -> None:
    file = folder / "abc_sales_75_20_5.yml"
    content = file.read_text(encoding="utf-8").replace("net_sales_12m_amount", metric)
    file.write_text(content.replace("unit: money", f"unit: {unit}"), encoding="utf-8")
    assert reason in [why for _, _, why in refused(folder)]


def test_every_problem_of_every_file_is_listed_in_one_line(folder: Path) -> None:
    changed(folder, "value_pyramid", "rank: 3", "rank: 4")
    changed(folder, "value_pyramid", "share_under: 50%", "share_under: 5%")
    changed(folder, "appliance_spend", "zh: 高消费者, ", "")
    with pytest.raises(ConfigurationError) as raised:
        load_schemes(folder)
    message = str(raised.value)
    assert "\n" not in message
    for part in (
        "duplicate rank 4",
        "shares must ascend",
        "no translation into zh",
        "tiers/appliance_spend.yml:",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"models: [\n  {name: x}\n", 3, "is not YAML"),
        (b"version: 2\nmodels:\n  - {name: 2026-02-30}\n", 3, "is not YAML: day is out of range"),
        (b"\xff\xfe", 1, "is not text in UTF-8"),
        (b"", 1, "should be a mapping of keys"),
        (b"models:\n  - name: broken\n    description: x\n", 2, "lacks config"),
        (b"- 1\n", 1, "should be a mapping of keys"),
        (b"models:\n  - [1]\n", 2, "should be a mapping of keys"),
        (b"models: []\n", 1, "models: list should have at least 1 item"),
    ],
)
def test_what_is_no_scheme_file_is_refused(folder: Path, content: bytes, line: int, reason: str) -> None:
    (folder / "broken.yml").write_bytes(content)
    (file, at, why), *others = refused(folder)
    assert (file, at, others) == ("tiers/broken.yml", line, [])
    assert reason in why


def test_a_scheme_without_its_model_is_refused(folder: Path) -> None:
    (folder / "value_pyramid.sql").write_text("select 1", encoding="utf-8")
    assert [why for _, _, why in refused(folder)] == [
        "needs value_pyramid.sql beside it with the one line {{ assign_tiers(model.config.meta.scheme) }}"
    ]


def test_a_folder_without_schemes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no scheme files in"):
        load_schemes(tmp_path)


def test_the_hash_is_of_what_the_scheme_says_and_not_of_how_it_is_written(folder: Path) -> None:
    file = folder / "value_pyramid.yml"
    before = content_hash(file)
    changed(folder, "value_pyramid", "rank: 4", "rank:   4 # the best")
    changed(folder, "value_pyramid", "One row per", "A row per")
    assert content_hash(file) == before
    changed(folder, "value_pyramid", "share_under: 1%", "share_under: 2%")
    assert content_hash(file) != before


def test_the_editors_schema_is_current() -> None:
    assert (TIERS / "scheme.schema.json").read_text(encoding="utf-8") == text()


def test_the_editors_schema_accepts_the_schemes_and_refuses_unknown_keys(folder: Path) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for file in TIERS.glob("*.yml"):
        assert list(validator.iter_errors(YAML(typ="safe").load(file.read_text(encoding="utf-8")))) == []
    changed(folder, "value_pyramid", "version: 1", "version: 1\n          colour: red")
    wrong = YAML(typ="safe").load((folder / "value_pyramid.yml").read_text(encoding="utf-8"))
    assert list(validator.iter_errors(json.loads(json.dumps(wrong))))


def test_the_metrics_are_the_columns_of_customer_values() -> None:
    file = next((DBT_PROJECT / "marts").rglob("customer_values.yml"))
    model = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["models"][0]
    columns = {column["name"]: column["data_type"] for column in model["columns"]}
    # Nobody's tier hangs on the probability to be alive: it falls for good customers as for bad ones.
    others = {"customer_key", "currency_code", "as_of_date", "predicted_alive_ratio"}
    dates = {"first_purchase_date", "last_purchase_date"}
    assert {name: kind for name, kind in columns.items() if name not in others | dates} == {
        name: metric.data_type for name, metric in METRICS.items()
    }


def test_every_kind_of_scheme_has_an_example(tmp_path: Path) -> None:
    names = [file.stem for source in FOLDERS for file in source.glob("*.yml")]
    assert {scheme.method for scheme in load_schemes(folder_of(tmp_path, *names)).values()} == {
        "cumulative_share",
        "rank_share",
        "bands",
        "criteria",
        "rules",
        "quantile_scores",
        "matrix",
        "attribute_map",
    }
