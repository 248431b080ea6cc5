"""The examples of docs/schemes.md are schemes that would be accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from clientele.tiers import METRICS, Scheme, load_schemes
from clientele.tiers.checks import check
from clientele.tiers.limits import Limits
from clientele.tiers.scheme import NEEDS, SchemeFile

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "schemes.md").read_text(encoding="utf-8")
EXAMPLES = [
    YAML(typ="safe").load(example)
    for example in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
]
METHODS = [example for example in EXAMPLES if "method" in example]
(WHOLE_FILE,) = (example for example in EXAMPLES if "models" in example)
(FIGURES,) = (example["figures"] for example in EXAMPLES if "figures" in example)
(POLICY,) = (example["policy"] for example in EXAMPLES if "policy" in example)
(LIMITS,) = (example["limits"] for example in EXAMPLES if "limits" in example)
NAME = {"zh": "名称", "en": "Name"}
GROWTH_BANDS = {
    "method": "bands",
    "metric": "growth_value",
    "tiers": [{"code": "high", "rank": 2, "at_least": 6000}, {"code": "low", "rank": 1, "under": 6000}],
}


def completed(example: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The file around an example that shows only its method."""
    metrics = sorted(set(METRICS).intersection(re.findall(r"\w+", str({**example, **more}))))
    scheme = {
        "id": "example",
        "version": 1,
        "title": NAME,
        "basis": [{"metric": name, "unit": METRICS[name].unit, "name": NAME} for name in metrics],
        **example,
        **more,
        "tiers": [{**tier, "name": NAME, "benefits": []} for tier in example["tiers"]],
    }
    model = {"name": "example", "description": "x", "config": {"meta": {"scheme": scheme}}}
    return {"models": [model]}


def problems(file: dict[str, Any]) -> list[Any]:
    return list(check(SchemeFile.model_validate(file).scheme))


def test_the_whole_example_is_accepted(tmp_path: Path) -> None:
    with (tmp_path / "appliance_spend.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(WHOLE_FILE, file)
    (tmp_path / "appliance_spend.sql").write_text("{{ assign_tiers(model.config.meta.scheme) }}\n")
    assert set(load_schemes(tmp_path)) == {"appliance_spend"}


@pytest.mark.parametrize("example", METHODS, ids=lambda example: example["method"])
def test_the_example_of_each_method_is_accepted(example: dict[str, Any]) -> None:
    assert problems(completed(example)) == []


def test_the_example_of_figures_is_accepted() -> None:
    assert problems(completed(GROWTH_BANDS, figures=FIGURES)) == []


def test_the_example_of_a_policy_is_accepted() -> None:
    (bands,) = (example for example in METHODS if example["method"] == "bands")
    assert problems(completed(bands, policy={**POLICY, "immediate_tiers": ["high"]})) == []


def test_the_example_of_limits_is_accepted_and_names_every_limit() -> None:
    (bands,) = (example for example in METHODS if example["method"] == "bands")
    assert problems(completed(bands, limits=LIMITS)) == []
    assert set(LIMITS) == set(Limits.model_fields)


def test_every_condition_of_the_guide_is_accepted() -> None:
    conditions = re.findall(r"`(\{(?:metric|referrer_of): .*?\})`(?:,| \||$)", GUIDE, re.MULTILINE)
    assert len(conditions) == 10
    for text in conditions:
        condition = YAML(typ="safe").load(text.replace("metric: m,", "metric: net_sales_12m_amount,"))
        rules = [{"tier": "big", "all": [{"metric": "visits_1m_count", "over": 30}]}]
        example = {
            "method": "rules",
            "rules": [*rules, {"tier": "some", "all": [condition]}, {"tier": "rest"}],
            "tiers": [
                {"code": code, "rank": 3 - place} for place, code in enumerate(("big", "some", "rest"))
            ],
        }
        assert problems(completed(example)) == [], text


def test_each_method_and_metric_and_need_is_in_the_guide() -> None:
    methods = [get_args(kind.model_fields["method"].annotation)[0] for kind in get_args(Scheme)]
    assert sorted(example["method"] for example in METHODS) == sorted(methods)
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", GUIDE, re.MULTILINE))
    for metric in METRICS.values():
        shown = re.sub(
            r"_(1m|3m|6m|12m|24m|lifetime)_(amount|count)$", r"_{1m,3m,6m,12m,24m,lifetime}_\2", metric.name
        )
        listed = rows[metric.unit]
        assert f"`{metric.name}`" in listed or f"`{shown}`" in listed, metric.name
    for need in NEEDS:
        assert f"`{need}`" in GUIDE
