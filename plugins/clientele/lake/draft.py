"""A first description of a source, drafted from one of its files.

The draft marks what it guesses and holds no value of the file: names of columns, and what they seem to be.
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from clientele.errors import ConfigurationError, UnavailableError
from clientele.lake.containers import Container
from clientele.lake.descriptions import (
    DETECTED_ENCODING,
    ColumnDescription,
    FeedDescription,
    Format,
    load_descriptions,
    plain_header,
)
from clientele.lake.encodings import encoding_of
from clientele.lake.formats import open_reader
from clientele.lake.guesses import ColumnGuess, amount_of_line, guess_column, is_header
from clientele.lake.reading import Limits, Reader, RefusedFileError
from clientele.lake.text import StrictText

_FORMATS: Mapping[str, Format] = {
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "ndjson",
    ".ndjson": "ndjson",
}
#: Beside UTF-8 and UTF-16, which a file proves by itself.
_OTHER_ENCODINGS = ("gb18030", "big5", "cp1252")
_DELIMITERS = (",", ";", "\t", "|")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What is looked at for guesses.
_SAMPLE_ROWS = 1_000
_SAMPLE_RECORDS = 50
_SAMPLE_CHARACTERS = 256 * 1024
_DESCRIPTIONS = {
    "receipt": "Number of the receipt or order.",
    "line": "Number of the line in its receipt or order.",
    "account": "The customer's card or account.",
    "time": "Day or time.",
    "amount": "Amount of money.",
    "quantity": "Quantity.",
    "currency": "ISO 4217 code of the currency.",
}


@dataclass(frozen=True)
class _Layout:
    """How a file is written. Each option comes with the reason why it is a guess, if it is one."""

    format: Format
    options: dict[str, tuple[object, str | None]]
    columns: tuple[str, ...] = ()

    def feed(self, name: str, path: Path) -> FeedDescription:
        """What is needed to read the file before its columns are known."""
        columns = [ColumnDescription(name=column) for column in self.columns or ("-",)]
        columns[0] = columns[0].model_copy(update={"is_required": bool(self.columns)})
        options = {key: value for key, (value, _) in self.options.items()}
        described = {"source": name, "name": "rows", "files": (path.name,), "columns": tuple(columns)}
        return FeedDescription.model_validate({**described, "format": self.format, **options})


def draft_source(name: str, path: Path) -> str:
    """A description, as YAML, that takes in ``path`` and files like it as the source ``name``.

    Raises ConfigurationError for a name that cannot be one and for a file of which no description can be
    drafted, UnavailableError when the file cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} cannot name a source", remedy="use small letters, digits and _, a letter first"
        )
    try:
        layout = _layout(path)
        with open_reader(path, path.name, layout.feed(name, path), Limits()) as reader:
            guesses = [guess_column(column, values) for column, values in _sample(reader, layout.format)]
        draft = _yaml(name, path, layout, guesses)
        with open_reader(path, path.name, _as_loaded(name, draft), Limits()) as reader:
            next(reader.chunks(), None)
    except RefusedFileError as error:
        raise ConfigurationError(
            f"no description can be drafted from {path.name}: {error.reason}",
            remedy="write it by hand, as docs/sources.md shows",
        ) from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror or error}") from error
    return draft


def write_description(dbt_project: Path, name: str, draft: str) -> Path:
    """Write ``staging/<name>/_<name>__sources.yml``; raises ConfigurationError for a name that is taken."""
    if name in load_descriptions(dbt_project):
        raise ConfigurationError(f"there is a source {name!r}", remedy="edit it, or choose another name")
    path = dbt_project / "staging" / name / f"_{name}__sources.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(draft)
    except FileExistsError as error:
        raise ConfigurationError(f"{path} exists", remedy="edit it, or choose another name") from error
    return path


def _as_loaded(name: str, draft: str) -> FeedDescription:
    """The feed of the draft as ingest will load it."""
    with tempfile.TemporaryDirectory() as folder:
        write_description(Path(folder), name, draft)
        (feed,) = load_descriptions(Path(folder))[name].feeds.values()
    return feed


def _layout(path: Path) -> _Layout:
    container = Container(path, path.name, Limits())
    ending = Path(container.inner_name).suffix
    if ending == ".xml":
        raise RefusedFileError("no_draft", "which XML elements are rows has to be said")
    kind = _FORMATS.get(ending, "delimited")
    if kind in ("xlsx", "parquet"):
        return _Layout(kind, {})
    encoding, doubt = _encoding(container, path)
    options: dict[str, tuple[object, str | None]] = {"encoding": (encoding, doubt)}
    if kind != "delimited":
        return _Layout(kind, options)
    head, is_ended = _text(container, encoding)
    delimiter, records = _records(head)
    options["delimiter"] = (delimiter, None if any(len(record) > 1 for record in records) else "one column")
    if not is_ended:
        options["final_line_break"] = ("optional", "this file's last line does not end")
    width = Counter(len(record) for record in records).most_common(1)[0][0] if records else 0
    tables = (place for place, record in enumerate(records) if len(record) == width and not _is_title(record))
    position = next(tables, 0)
    if not records or not is_header(records[position]):
        options["header"] = (False, "the first line does not look like names")
        return _Layout(kind, options, tuple(f"column_{place}" for place in range(1, width + 1)))
    if position == 0:
        return _Layout(kind, options)
    options["skip_title_rows"] = ("auto", f"{position} lines stand before the header")
    return _Layout(kind, options, tuple(_names(records[position])))


def _encoding(container: Container, path: Path) -> tuple[str, str | None]:
    """Chosen by strict decoding of the whole file, and the doubt that is left."""
    head = container.first_bytes()
    for encoding in ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8",):
        try:
            _text(container, encoding)
        except RefusedFileError as error:
            if error.reason_code not in ("wrong_encoding", "truncated_file"):
                raise
        else:
            return encoding, None
    detected = FeedDescription(
        source="draft",
        name="draft",
        files=(path.name,),
        columns=(ColumnDescription(name="-"),),
        encoding=DETECTED_ENCODING,
        encodings=_OTHER_ENCODINGS,
    )
    try:
        return encoding_of(container.open, detected), "it decodes and reads best"
    except RefusedFileError as error:
        if error.reason_code != "ambiguous_encoding":
            raise
        # The reason lists what it may be, in the order of the candidates.
        possible = [encoding for encoding in _OTHER_ENCODINGS if encoding in error.reason]
        return possible[0], error.reason


def _text(container: Container, encoding: str) -> tuple[str, bool]:
    """The beginning of the text, all of it decoded strictly, and whether its last line ends."""
    head, last = "", ""
    with container.open() as stream:
        text = StrictText(stream, encoding)
        while piece := text.read():
            head += piece[: _SAMPLE_CHARACTERS - len(head)]
            last = piece[-1]
    return head, last in "\r\n"


def _records(head: str) -> tuple[str, list[list[str]]]:
    """The delimiter that splits the most records alike, and the first records split by it."""
    best: tuple[tuple[int, int], str, list[list[str]]] = ((0, 0), ",", [])
    for delimiter in _DELIMITERS:
        records = list(islice(_split(head, delimiter), _SAMPLE_RECORDS))
        widths = Counter(len(record) for record in records if len(record) > 1)
        width, alike = widths.most_common(1)[0] if widths else (1, 0)
        if not best[2] or (alike, width) > best[0]:
            best = ((alike, width), delimiter, records)
    return best[1], best[2]


def _split(head: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(head.splitlines(keepends=True), delimiter=delimiter)
    try:
        for record in reader:
            if any(record):
                yield record
    except csv.Error:
        # What comes after a record that cannot be split is left out of the sample.
        return


def _is_title(record: Sequence[str]) -> bool:
    """Whether most cells are empty, as where a title or the names of groups of columns were merged cells."""
    return 2 * sum(bool(cell.strip()) for cell in record) < len(record)


def _names(header: Sequence[str]) -> list[str]:
    """Names of the columns that can be described: those with a name that is not the lake's own."""
    cleaned = [cell.strip("\ufeff\u200b \u3000\t\r\n") for cell in header]
    return [name for name in cleaned if name and not name.startswith("_")]


def _sample(reader: Reader, kind: Format) -> Iterator[tuple[str, list[str]]]:
    """Every column with some of its values."""
    chunk = next(reader.chunks(), None)
    cells: list[list[str | None]] = [
        column.slice(0, _SAMPLE_ROWS).to_pylist() for column in (chunk.columns if chunk else ())
    ] or [[] for _ in reader.header]
    named = list(zip(reader.header, cells, strict=True))
    if kind in ("json", "ndjson"):
        # The last column has, as JSON, the fields that no column describes: all of them.
        named = _fields(cells[-1])
    header = [name for name, _ in named]
    if not is_header(header):
        raise RefusedFileError("no_draft", "its first row does not look like names of columns")
    if len({plain_header(name) for name in header}) < len(header):
        raise RefusedFileError("no_draft", "two of its columns have the same name")
    for cell, values in named:
        for name in _names([cell]):
            yield name, [value for value in values if value is not None]


def _fields(records: Sequence[str | None]) -> list[tuple[str, list[str | None]]]:
    """Every field of some records that holds no further fields, with its values; numbers as written."""
    values: dict[str, list[str | None]] = {}
    for record in records:
        for name, value in json.loads(record or "{}", parse_int=str, parse_float=str).items():
            if not isinstance(value, dict | list):
                values.setdefault(name, []).append(None if value is None else str(value))
    return list(values.items())


def _yaml(name: str, path: Path, layout: _Layout, guesses: Sequence[ColumnGuess]) -> str:
    if not guesses:
        raise RefusedFileError("no_draft", "it has no column with a name")
    stem, ending = _pattern(path)
    feed = re.sub(r"[^a-z0-9]+", "_", stem.casefold()).strip("_")
    feed = feed if _NAME.fullmatch(feed) else "rows"
    lines = [
        "# Drafted from one file. Every line marked as a guess has to be checked, see docs/sources.md.",
        "version: 2",
        "",
        "sources:",
        f"  - name: {name}",
        "    schema: lake",
        "    description: Not described yet.",
        "    config:",
        "      meta:",
        "        ingest:",
        f"          title: {name}",
        "          time_zone: business  # guess: of times without an offset",
        "    tables:",
        f"      - name: {feed}",
        f"        identifier: {name}__{feed}",
        "        description: Not described yet.",
        "        config:",
        "          meta:",
        "            ingest:",
        f"              files: [{_quoted(f'{stem}*{ending}')}]  # guess",
    ]
    if layout.format != "delimited":
        lines.append(f"              format: {layout.format}")
    for key, (value, doubt) in layout.options.items():
        lines.append(f"              {key}: {_quoted(value)}{f'  # guess: {doubt}' if doubt else ''}")
    lines += [f"              {line}" for line in _meaning(guesses)]
    lines.append("        columns:")
    needs_a_required_column = "skip_title_rows" in layout.options
    for place, guess in enumerate(guesses):
        is_required = guess.role in ("receipt", "line", "time", "amount") or (
            needs_a_required_column and place == 0
        )
        lines += [
            f"          {line}" for line in _column(guess, is_required=is_required and not guess.contact)
        ]
    return "\n".join(lines) + "\n"


def _column(guess: ColumnGuess, *, is_required: bool) -> Iterator[str]:
    seems = f"guess: {guess.kind}" if guess.contact else f"guess: {guess.role or 'no role'}, {guess.kind}"
    yield f"- name: {_quoted(guess.name)}  # {seems}"
    description = (
        "Contact data." if guess.contact else _DESCRIPTIONS.get(guess.role or "", "Not described yet.")
    )
    yield f"  description: {description}"
    if guess.contact:
        yield f"  config: {{meta: {{contact: {guess.contact}}}}}  # guess"
    elif is_required:
        yield "  config: {meta: {required: true}}  # guess"


def _meaning(guesses: Sequence[ColumnGuess]) -> Iterator[str]:
    """What identifies a row, whose it is, and its money."""
    by_role = {role: [guess.name for guess in guesses if guess.role == role] for role in _DESCRIPTIONS}
    key = [*by_role["receipt"][:1], *by_role["line"][:1]]
    if key:
        yield f"key: {_quoted(key)}  # guess"
    if by_role["account"]:
        yield f"account: {{type: member, id: {_quoted(by_role['account'][0])}}}  # guess: member or ecommerce"
    amount = amount_of_line(guesses)
    if amount is None:
        yield "# control_total: {amount: [COLUMN], currency: CODE}, no column of money was found"
    elif by_role["currency"]:
        currency = _quoted(by_role["currency"][0])
        yield f"control_total: {{amount: [{_quoted(amount)}], currency_column: {currency}}}  # guess"
    else:
        doubt = "the file names no currency"
        yield f"control_total: {{amount: [{_quoted(amount)}], currency: CNY}}  # guess: {doubt}"


def _pattern(path: Path) -> tuple[str, str]:
    """Beginning and ending of the names of files like this one: without the date or number of this one."""
    name = path.name
    for wrapping in (".gz", ".zip"):
        if name.casefold().endswith(wrapping):
            name = name[: -len(wrapping)]
    ending = Path(name).suffix + path.name[len(name) :]
    beginning = re.match(r"[^\W\d]*(?:[ _-][^\W\d]+)*", Path(name).stem)
    return (beginning[0].rstrip("_") if beginning else ""), ending


def _quoted(value: object) -> str:
    """A value in YAML's flow style, of which JSON is a part; unusual characters escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)
