from __future__ import annotations

import json

import pytest

from clientele.errors import UnavailableError
from clientele.publish.descriptions import TableDescription, read_descriptions


def test_published_models_are_described_and_nothing_else(tmp_path):
    manifest = tmp_path / "manifest.json"
    columns = {"customer_key": {"name": "customer_key", "description": "The customer."}}
    nodes = {
        "model.clientele.customers": {
            "resource_type": "model",
            "name": "customers",
            "description": "One row per customer.",
            "columns": columns,
        },
        "model.clientele.stg_x": {
            "resource_type": "model",
            "name": "stg_x",
            "description": "",
            "columns": {},
        },
        "seed.clientele.releases": {
            "resource_type": "seed",
            "name": "releases",
            "description": "",
            "columns": {},
        },
    }
    manifest.write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    assert read_descriptions(manifest) == {
        "customers": TableDescription("One row per customer.", {"customer_key": "The customer."})
    }


@pytest.mark.parametrize("text", [None, "{", "[]", '{"nodes": {"a": {}}}'])
def test_a_file_that_is_not_a_manifest_is_named(tmp_path, text):
    manifest = tmp_path / "manifest.json"
    if text is not None:
        manifest.write_text(text, encoding="utf-8")
    with pytest.raises(UnavailableError, match=r"manifest\.json is not a dbt manifest"):
        read_descriptions(manifest)
