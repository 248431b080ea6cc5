"""Descriptions of sources: which files come in and what their columns mean.

A source is described once, in ``dbt_project/staging/<source>/_<source>__sources.yml``. dbt documents and
resolves sources from that file; what ingest needs stands in it under ``config.meta.ingest``.
"""

from __future__ import annotations

import codecs
import fnmatch
import hashlib
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clientele.errors import ConfigurationError

BUSINESS_TIME_ZONE = "business"
#: Names that become folders and relations.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Contact = Literal["phone", "email", "birth_date", "other"]
Format = Literal["delimited", "fixed_width", "xlsx", "parquet", "json", "ndjson", "xml"]
DETECTED_ENCODING = "auto"
_STEP = r"[^/@.\s\[\]][^/@\[\]]*"
_STEP_OR_CHOICE = rf"{_STEP}(\[@[\w.-]+='[^'/\[\]]*'\])?"
_RECORDS = re.compile(rf"{_STEP}(/{_STEP})*")
_PATH = re.compile(rf"(\.\./)*({_STEP_OR_CHOICE}(/{_STEP_OR_CHOICE})*(/@[\w.-]+)?|@[\w.-]+|\.)")
#: Part of the digest of a description: raise it when files refused before may be taken in now.
_READING_RULES = 2
#: Codecs that take any byte or unwrap something: no file would ever be wrong.
_NO_TEXT_ENCODINGS = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "utf-7", "undefined"}
_Model = TypeVar("_Model", bound=BaseModel)


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnDescription(_Described):
    """A column of an export. ``contact`` says how its personal data is kept out of the lake's tables.

    ``aliases`` are further headers for it; ``path`` is where it stands in a JSON or XML record; ``start``
    (1 = first character of the line) and ``width`` are its place in fixed-width text.
    """

    name: Annotated[str, StringConstraints(min_length=1)]
    is_required: bool = False
    contact: Contact | None = None
    aliases: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    path: str | None = None
    start: Annotated[int, Field(ge=1)] | None = None
    width: Annotated[int, Field(ge=1)] | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header it may stand under, as ``plain_header`` writes them."""
        return tuple(plain_header(name) for name in (self.name, *self.aliases))

    @property
    def lake_name(self) -> str | None:
        """Its name in the lake's tables: ``phone`` -> ``phone_hash``; None when only the vault has it."""
        if self.contact is None:
            return self.name
        if self.contact in ("phone", "email"):
            return f"{self.name}_hash"
        if self.contact == "birth_date":
            return f"{self.name.removesuffix('_date')}_year"
        return None


class ControlTotal(_Described):
    """The money of a feed: the product of one or two columns, in one currency or in a column's.

    ``written`` tells plain decimals from amounts as shops write them: ``$1,234.50``, ``(7.00)``, ``￥１２``.
    """

    amount: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    currency_column: str | None = None
    written: Literal["plain", "shop"] = "plain"

    @model_validator(mode="after")
    def _has_one_currency(self) -> ControlTotal:
        if (self.currency is None) == (self.currency_column is None):
            raise ValueError("give either currency or currency_column")
        return self


class AccountDescription(_Described):
    """Whose contact fields a feed brings: the columns of the account id and, in order, of the name."""

    type: Literal["member", "ecommerce", "prospect"]
    id: str
    name: tuple[str, ...] = ()


class FeedDescription(_Described):
    """One kind of export file: its names, its dialect and its columns.

    ``format`` is that of files whose name does not tell: ``.xlsx``, ``.parquet``, ``.json``, ``.jsonl``,
    ``.ndjson`` and ``.xml`` do.
    """

    source: Name
    name: Name
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    columns: Annotated[tuple[ColumnDescription, ...], Field(min_length=1)]
    format: Format = "delimited"
    encoding: str = "utf-8"
    encodings: tuple[str, ...] = ()
    header: bool = True
    names: tuple[str, ...] = ()
    skip_title_rows: Literal["auto", "never"] = "never"
    sheet: str | None = None
    records: str | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    final_line_break: Literal["required", "optional"] = "required"
    control_total: ControlTotal | None = None
    key: tuple[str, ...] = ()
    account: AccountDescription | None = None
    volume: Literal["warning", "blocking", "off"] = "warning"

    @property
    def view(self) -> str:
        """Name of its relation in the schema ``lake``."""
        return f"{self.source}__{self.name}"

    @property
    def lake_columns(self) -> tuple[str, ...]:
        """Columns of its relation, without those that say where a row comes from."""
        return tuple(column.lake_name for column in self.columns if column.lake_name is not None)

    def takes(self, file_name: str) -> bool:
        """Whether a file of this name, folders left out, belongs to this feed; case does not matter."""
        return any(fnmatch.fnmatchcase(file_name.casefold(), pattern.casefold()) for pattern in self.files)

    @model_validator(mode="after")
    def _has_a_readable_layout(self) -> FeedDescription:
        if (self.encoding == DETECTED_ENCODING) != bool(self.encodings):
            raise ValueError("encodings: encoding auto and a list of encodings go together")
        for encoding in self.encodings or (self.encoding,):
            _check_encoding(encoding)
        if self.names and self.header:
            raise ValueError("names: only for files without a header (header: false)")
        if self.records is not None and not _RECORDS.fullmatch(self.records):
            raise ValueError("records: names of steps with / between them")
        if self.format == "xml" and self.records is None:
            raise ValueError("records: format xml needs the path of its rows")
        for column in self.columns:
            if column.path is not None and not _PATH.fullmatch(column.path):
                raise ValueError(f"columns: path {column.path!r} of {column.name!r} is none")
            if (column.start is None) != (column.width is None):
                raise ValueError(f"columns: {column.name!r} needs both start and width")
        if self.format == "fixed_width":
            self._check_places()
        return self

    def _check_places(self) -> None:
        end = 1
        for column in sorted(self.columns, key=lambda column: column.start or 0):
            if column.start is None or column.width is None:
                raise ValueError(f"columns: {column.name!r} needs start and width")
            if column.start < end:
                raise ValueError(f"columns: {column.name!r} begins within another column")
            end = column.start + column.width

    @model_validator(mode="after")
    def _is_consistent(self) -> FeedDescription:
        if self.delimiter in '"\r\n' or not self.delimiter.isascii():
            raise ValueError("delimiter: has to be one ASCII character, no quote and no line break")
        names = [header for column in self.columns for header in sorted(set(column.headers))]
        lake_names = [name.casefold() for name in self.lake_columns]
        for repeated in (names, lake_names):
            twice = sorted({name for name in repeated if repeated.count(name) > 1})
            if twice:
                raise ValueError(f"columns: {', '.join(twice)} described twice")
        if any(name.startswith("_") for name in lake_names):
            raise ValueError("columns: names that begin with _ are the lake's own")
        plain = {column.name for column in self.columns if column.contact is None}
        mentioned = set(self.key)
        if self.control_total:
            mentioned |= {*self.control_total.amount, self.control_total.currency_column or ""} - {""}
        for name in sorted(mentioned - plain):
            raise ValueError(f"key, control_total: {name!r} is not a plain column of the feed")
        if self.account is not None and self.account.id not in plain:
            raise ValueError(f"account.id: {self.account.id!r} is not a plain column of the feed")
        for name in self.account.name if self.account else ():
            if name not in {column.name for column in self.columns if column.contact == "other"}:
                raise ValueError(f"account.name: {name!r} is not a column with contact: other")
        return self


def plain_header(text: str) -> str:
    """A header as headers are compared: full-width forms folded, no spaces around it, small letters."""
    return unicodedata.normalize("NFKC", text).strip("\ufeff\u200b \t\r\n\v\f").casefold()


def _check_encoding(encoding: str) -> None:
    try:
        is_text = codecs.lookup(encoding).name not in _NO_TEXT_ENCODINGS
        "".encode(encoding)
    except LookupError as error:
        raise ValueError(f"encoding: {encoding!r} is not known") from error
    if not is_text:
        raise ValueError(f"encoding: {encoding!r} is not read strictly")


class SourceDescription(_Described):
    """A system that exports files; they lie in ``landing/<name>/``."""

    name: Name
    title: str
    time_zone: str = BUSINESS_TIME_ZONE
    feeds: dict[Name, FeedDescription]

    @property
    def digest(self) -> str:
        """Changes with the description: files refused under another one are worth another look."""
        content = f"{_READING_RULES}\n{self.model_dump_json()}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def feeds_of(self, file_name: str) -> list[FeedDescription]:
        """The feeds whose patterns a file name matches; one, where the description is right."""
        return [feed for feed in self.feeds.values() if feed.takes(file_name)]

    @model_validator(mode="after")
    def _has_a_time_zone(self) -> SourceDescription:
        if self.time_zone != BUSINESS_TIME_ZONE:
            try:
                ZoneInfo(self.time_zone)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"time_zone: {self.time_zone!r} is not a time zone") from error
        return self


def load_descriptions(dbt_project: Path) -> dict[str, SourceDescription]:
    """Read every ``staging/*/_*__sources.yml`` that describes files to ingest, by source name.

    Raises ConfigurationError naming the file and the key that is wrong.
    """
    descriptions: dict[str, SourceDescription] = {}
    for path in sorted(dbt_project.glob("staging/*/_*__sources.yml")):
        seen = path.stat()
        for description in _read(path, seen.st_mtime_ns, seen.st_size):
            if description.name in descriptions:
                raise ConfigurationError(f"{path}: source {description.name!r} is described twice")
            descriptions[description.name] = description
    return descriptions


@lru_cache(maxsize=64)
def _read(path: Path, _modified_ns: int, _size_bytes: int) -> tuple[SourceDescription, ...]:
    """The sources of a file; read again only when the file has changed, for parsing takes 50 ms."""
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read") from error
    except YAMLError as error:
        raise ConfigurationError(f"{path}: {' '.join(str(error).split())}") from error
    found = []
    for entry in _list(document, "sources", path):
        meta = _ingest_meta(entry)
        if meta is not None:
            found.append(_source(entry, meta, path))
    return tuple(found)


def _source(entry: dict[str, Any], meta: dict[str, Any], path: Path) -> SourceDescription:
    name = str(entry.get("name"))
    if entry.get("schema") != "lake":
        raise ConfigurationError(f"{path}: {name}.schema has to be lake")
    feeds = {}
    for table in _list(entry, "tables", path):
        table_meta = _ingest_meta(table)
        if table_meta is None:
            continue
        feed_name = str(table.get("name"))
        columns = [_column(column) for column in _list(table, "columns", path)]
        feed = _validated(
            FeedDescription,
            {"source": name, "name": feed_name, "columns": columns, **table_meta},
            f"{path}: {name}.{feed_name}",
        )
        if table.get("identifier") != feed.view:
            raise ConfigurationError(f"{path}: {name}.{feed_name}.identifier has to be {feed.view}")
        feeds[feed_name] = feed
    return _validated(SourceDescription, {"name": name, "feeds": feeds, **meta}, f"{path}: {name}")


def _column(column: dict[str, Any]) -> dict[str, Any]:
    meta = dict((column.get("config") or {}).get("meta") or {})
    described = {"name": column.get("name")}
    for key in ("contact", "aliases", "path", "start", "width"):
        if key in meta:
            described[key] = meta[key]
    if "required" in meta:
        described["is_required"] = meta["required"]
    return described


def _ingest_meta(entry: dict[str, Any]) -> dict[str, Any] | None:
    meta: dict[str, Any] | None = ((entry.get("config") or {}).get("meta") or {}).get("ingest")
    return meta


def _list(mapping: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    entries = mapping.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigurationError(f"{path}: {key} has to be a list of mappings")
    return entries


def _validated(model: type[_Model], values: dict[str, Any], where: str) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"{where}{'.' + key if key else ''}: {message}") from error
