"""The examples of docs/schemes.md are schemes that would be accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from clientele.tiers import METRICS, load_schemes
from clientele.tiers.checks import check
from clientele.tiers.scheme import SchemeFile

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "schemes.md").read_text(encoding="utf-8")
EXAMPLES = [
    YAML(typ="safe").load(example)
    for example in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
]
WHOLE_FILE, *METHODS = EXAMPLES
NAME = {"zh": "名称", "en": "Name"}


def completed(example: dict[str, Any]) -> dict[str, Any]:
    """The file around an example that shows only its method."""
    metrics = sorted(set(METRICS).intersection(re.findall(r"\w+", str(example))))
    scheme = {
        "id": "example",
        "version": 1,
        "title": NAME,
        "basis": [{"metric": name, "unit": METRICS[name].unit, "name": NAME} for name in metrics],
        **example,
        "tiers": [{**tier, "name": NAME, "benefits": []} for tier in example["tiers"]],
    }
    if example["method"] == "quantile_scores":
        scheme["population"] = [{"metric": "visits_24m_count", "at_least": 1}]
    model = {"name": "example", "description": "x", "config": {"meta": {"scheme": scheme}}}
    return {"models": [model]}


def test_the_whole_example_is_accepted(tmp_path: Path) -> None:
    with (tmp_path / "appliance_spend.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(WHOLE_FILE, file)
    (tmp_path / "appliance_spend.sql").write_text("{{ assign_tiers(model.config.meta.scheme) }}\n")
    assert set(load_schemes(tmp_path)) == {"appliance_spend"}


@pytest.mark.parametrize("example", METHODS, ids=lambda example: example["method"])
def test_the_example_of_each_method_is_accepted(example: dict[str, Any]) -> None:
    assert list(check(SchemeFile.model_validate(completed(example)).scheme)) == []


def test_each_method_and_metric_is_in_the_guide() -> None:
    assert [example["method"] for example in METHODS] == [
        "cumulative_share",
        "rank_share",
        "bands",
        "criteria",
        "quantile_scores",
    ]
    for metric in METRICS.values():
        shown = re.sub(
            r"_(1m|3m|6m|12m|24m|lifetime)_(amount|count)$", r"_{1m,3m,6m,12m,24m,lifetime}_\2", metric.name
        )
        assert f"`{metric.name}`" in GUIDE or f"`{shown}`" in GUIDE
