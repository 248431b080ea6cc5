"""The contracts of the published tables as their dbt models declare them: columns, types, descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clientele.errors import ConfigurationError
from clientele.publish.tables import PUBLISHED_TABLES


@dataclass(frozen=True)
class Column:
    """A column: its type in DuckDB's words, such as ``decimal(18, 4)``, and what it means, with its unit."""

    data_type: str
    description: str


@dataclass(frozen=True)
class Contract:
    """A published table: what one row is, and its columns in their order."""

    description: str
    columns: Mapping[str, Column]


def read_contracts(marts: Path) -> dict[str, Contract]:
    """Read the contract of every published table from the models' files below ``marts``.

    Returns table name -> contract, in the order of PUBLISHED_TABLES. Raises ConfigurationError for a
    published table without a contract there, and for a file that is not a description of models.
    """
    found: dict[str, Contract] = {}
    for path in sorted(marts.rglob("*.yml")):
        try:
            models = YAML(typ="safe", pure=True).load(path).get("models", [])
            found.update((model["name"], _contract(model)) for model in models if "columns" in model)
        except (OSError, YAMLError, AttributeError, KeyError, TypeError) as error:
            raise ConfigurationError(
                f"{path} does not describe models", remedy="write it as the models beside it are described"
            ) from error
    if missing := [table for table in PUBLISHED_TABLES if table not in found]:
        raise ConfigurationError(
            f"no contract below {marts}: {', '.join(missing)}",
            remedy="describe the columns of each published table beside its model",
        )
    return {table: found[table] for table in PUBLISHED_TABLES}


def _contract(model: Mapping[str, object]) -> Contract:
    columns = model["columns"]
    if not isinstance(columns, list):
        raise TypeError("columns are a list")
    return Contract(
        description=" ".join(str(model["description"]).split()),
        columns={
            column["name"]: Column(column["data_type"], " ".join(column["description"].split()))
            for column in columns
        },
    )
