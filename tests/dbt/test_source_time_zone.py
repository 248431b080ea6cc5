"""Times without an offset are in the time zone that the description of their source says."""

from __future__ import annotations

from types import SimpleNamespace

import jinja2
import pytest

from clientele.settings import PROJECT

MACROS = PROJECT / "dbt_project" / "macros" / "parsing.sql"
BUSINESS = "(select run_parameters.business_time_zone from lake.run_parameters as run_parameters)"


def zone(execute: bool = True, **time_zones: str | None) -> str:
    """What a model reads times in whose sources have these zones; the source ``other`` it does not read."""
    tables = {
        f"source.{name}": SimpleNamespace(
            unique_id=f"source.{name}",
            source_meta={"ingest": {"title": name, "time_zone": value}} if value else {},
        )
        for name, value in time_zones.items()
    }
    read = [name for name in tables if name != "source.other"]
    context = {
        "execute": execute,
        "graph": {"sources": tables} if execute else {},
        "model": SimpleNamespace(depends_on=SimpleNamespace(nodes=[*read, "model.another"])),
        "source": lambda schema, name: f"{schema}.{name}",
        "clientele": SimpleNamespace(),
    }
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    module = environment.from_string(MACROS.read_text(encoding="utf-8")).make_module(context)
    context["clientele"].business_time_zone = module.business_time_zone
    return str(module.source_time_zone()).strip()


@pytest.mark.parametrize(
    ("time_zones", "expected"),
    [
        ({"till": "Europe/London", "lake": None}, "'Europe/London'"),
        ({"till": "business", "lake": None}, BUSINESS),
        ({"till": None}, BUSINESS),
        ({"till": "business", "other": "Europe/London"}, BUSINESS),
        ({}, BUSINESS),
    ],
)
def test_the_zone_is_that_of_the_source_a_model_reads(time_zones, expected):
    assert zone(**time_zones) == expected


def test_before_the_sources_are_known_the_zone_names_what_a_model_depends_on():
    assert zone(execute=False, till="Europe/London") == BUSINESS
