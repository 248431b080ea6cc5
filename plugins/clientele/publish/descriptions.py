"""Descriptions of the published tables, read from dbt's manifest, for the comments of the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clientele.errors import UnavailableError
from clientele.publish.tables import PUBLISHED_TABLES


@dataclass(frozen=True)
class TableDescription:
    """What a table holds, and what each of its columns means: ``columns`` maps a name to a text."""

    description: str
    columns: Mapping[str, str]


def read_descriptions(manifest: Path) -> dict[str, TableDescription]:
    """Describe the published tables from dbt's ``manifest.json``: table name -> description.

    A table without a model is absent. Raises UnavailableError when the file is missing or not a manifest.
    """
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        return {
            node["name"]: TableDescription(
                description=node["description"],
                columns={name: column["description"] for name, column in node["columns"].items()},
            )
            for node in nodes.values()
            if node["resource_type"] == "model" and node["name"] in PUBLISHED_TABLES
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnavailableError(
            f"{manifest} is not a dbt manifest", remedy="build the candidate again"
        ) from error
