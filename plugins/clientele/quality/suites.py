"""Suites and checkpoints: read from ``expectations/``, validated, without Great Expectations.

``checkpoints/<boundary>.yml`` lists the suites of a boundary; ``suites/<table>.<blocking|warning>.yml``
holds the checks of one table at one severity. Every threshold stands in those files.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clientele.errors import GateFailedError
from clientele.quality.results import Severity

SQL_CHECK = "unexpected_rows_expectation"

#: Columns that name files, rows of files and groups, never a person: a result may show their values.
PUBLIC_KEYS = frozenset(
    {
        "_load_id",
        "_row_number",
        "as_of_date",
        "boundary",
        "business_date",
        "channel",
        "currency_code",
        "feed",
        "file_name",
        "line_kind",
        "load_id",
        "row_number",
        "scheme_id",
        "source",
        "status",
        "tier_code",
    }
)

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Model = TypeVar("_Model", bound=BaseModel)


def is_public(column: str) -> bool:
    """Whether a result may show ``column``: a public key, or the figure of a group of rows."""
    return column in PUBLIC_KEYS or re.fullmatch(r"[a-z0-9_]+_(amount|count|ratio)", column) is not None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Strict):
    """One expectation: its id within the suite, what it promises (with units) and its configuration.

    ``shows``: columns of a SQL check's rows that a failure tells beside the suite's keys. For checks whose
    rows are files or groups, not customers.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    description: _Text
    type: Annotated[str, Field(pattern=r"^(expect_[a-z0-9_]+|unexpected_rows_expectation)$")]
    kwargs: dict[str, Any] = {}
    shows: list[str] = []

    @property
    def column(self) -> str | None:
        """The column the check is about, several joined by commas; None for the table as a whole."""
        if "column" in self.kwargs:
            return str(self.kwargs["column"])
        several = [self.kwargs[key] for key in ("column_A", "column_B") if key in self.kwargs]
        return ",".join(map(str, several or self.kwargs.get("column_list", []))) or None

    @property
    def query(self) -> str | None:
        """The SQL of a check written as SQL: it must return no rows."""
        return str(self.kwargs["unexpected_rows_query"]) if self.type == SQL_CHECK else None

    @model_validator(mode="after")
    def _reads_its_own_table(self) -> Check:
        if self.query is not None and "{batch}" not in self.query:
            raise ValueError(f"check {self.id}: unexpected_rows_query does not read {{batch}}")
        if private := sorted(name for name in self.shows if not is_public(name)):
            raise ValueError(f"check {self.id}: {', '.join(private)} may not be shown in results")
        return self


class Suite(_Strict):
    """The checks of one table at one severity.

    ``rows``: ``required`` fails every check when the table is empty; ``optional`` reports the checks of an
    empty table as not delivered, except those written as SQL, which say themselves what an empty table means.
    ``keys`` name the offending rows of a failed check.
    """

    table: str
    severity: Severity
    description: _Text
    rows: Literal["required", "optional"]
    keys: list[str] = []
    expectations: list[Check]

    @property
    def name(self) -> str:
        return f"{self.table}.{self.severity}"

    @field_validator("keys")
    @classmethod
    def _keys_are_public(cls, keys: list[str]) -> list[str]:
        if private := sorted(name for name in keys if name not in PUBLIC_KEYS):
            raise ValueError(f"{', '.join(private)} may not be shown in results")
        return keys

    @model_validator(mode="after")
    def _checks_are_distinct(self) -> Suite:
        ids = [check.id for check in self.expectations]
        if not ids:
            raise ValueError("the suite is empty")
        if repeated := sorted({check_id for check_id in ids if ids.count(check_id) > 1}):
            raise ValueError(f"check {', '.join(repeated)} appears twice")
        return self


class _CheckpointFile(_Strict):
    description: _Text
    schema_name: Annotated[_Text, Field(alias="schema")]
    suites: Annotated[list[str], Field(min_length=1)]


@dataclass(frozen=True)
class Checkpoint:
    """One boundary: the schema its tables stand in and its suites, in order."""

    boundary: str
    description: str
    schema: str
    suites: tuple[Suite, ...]


def load_checkpoint(expectations: Path, boundary: str) -> Checkpoint:
    """Read the checkpoint ``boundary`` and its suites.

    Raises GateFailedError naming file and key: a gate that cannot read its own checks says no.
    """
    known = sorted(path.stem for path in (expectations / "checkpoints").glob("*.yml"))
    if boundary not in known:
        raise GateFailedError(
            f"{boundary!r} is not a boundary", remedy=f"known: {', '.join(known) or 'none'}"
        )
    path = expectations / "checkpoints" / f"{boundary}.yml"
    content = _parse(_CheckpointFile, path, {})
    if repeated := sorted({name for name in content.suites if content.suites.count(name) > 1}):
        raise GateFailedError(f"{path.name}: suite {', '.join(repeated)} is listed twice")
    return Checkpoint(
        boundary=boundary,
        description=content.description,
        schema=content.schema_name,
        suites=tuple(_load_suite(expectations / "suites", name) for name in content.suites),
    )


def _load_suite(folder: Path, name: str) -> Suite:
    match = re.fullmatch(r"(?P<table>[a-z][a-z0-9_]*)\.(?P<severity>blocking|warning)", name)
    if match is None:
        raise GateFailedError(f"suite {name!r} is not named <table>.<blocking|warning>")
    return _parse(Suite, folder / f"{name}.yml", match.groupdict())


def _parse(model: type[_Model], path: Path, named: dict[str, str]) -> _Model:
    """``path`` as ``model``; ``named`` holds what the file's name already says."""
    try:
        content = YAML(typ="safe", pure=True).load(io.StringIO(path.read_text(encoding="utf-8")))
        if not isinstance(content, dict):
            raise GateFailedError(f"{path.name}: the file is empty")
        return model.model_validate(content | named)
    except OSError as error:
        raise GateFailedError(f"{path.name} cannot be read: {error.strerror}") from error
    except YAMLError as error:
        raise GateFailedError(f"{path.name} is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors()
        )
        raise GateFailedError(f"{path.name}: {problems}") from error
