"""Writes the report: from a published release to files, an edition for each language and format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, Literal

from clientele.durable import draft_of, keep_draft, make_folder, private_draft
from clientele.errors import UnavailableError
from clientele.report import sections
from clientele.report.blocks import Column, Edition, Table, tables_of
from clientele.report.formats import LANGUAGES, Language
from clientele.report.reading import NO_LIMITS, NO_MEASURES, Limits, open_release
from clientele.tiers import SchemeMeasures

Format = Literal["html", "pdf", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = ("html", "pdf", "xlsx")
#: What an edition shows of customers beside their key.
Names = Literal["keys_only", "masked_names", "full_names"]
#: Finds the names of customers by their keys; who has none is left out.
FindNames = Callable[[Collection[str]], Mapping[str, str]]


def render(
    database: Path,
    output: Path,
    *,
    as_of_date: date | None = None,
    formats: Sequence[Format] = ("html",),
    languages: Sequence[Language] = LANGUAGES,
    scheme_ids: Sequence[str] = (),
    names: Names = "keys_only",
    find_names: FindNames | None = None,
    limits: Limits = NO_LIMITS,
    measures: SchemeMeasures = NO_MEASURES,
) -> list[Path]:
    """Write ``tier_review_<date>.<language>.<format>`` into the folder ``output``; returns what was written.

    ``database`` is a published DuckDB file, opened read-only. Without a date it is that of the newest sealed
    review, or else the release's own. The same release gives the same pages and workbooks, byte for byte; a
    file that is there is replaced. ``find_names`` is asked, once, for the names of the customers listed; with
    full names the files are their owner's alone. ``measures`` say what the figures of schemes are called; one
    that they do not name is told by its code.

    Raises UnavailableError when the tables cannot be read, hold no release, or a file cannot be written, and
    ConfigurationError for a date or a scheme without tiers.
    """
    with open_release(database, as_of_date, scheme_ids, limits, measures) as source:
        facts = sections.read(source)
    editions = {language: sections.say(facts, language, names) for language in languages}
    if find_names is not None:
        found = find_names({key for edition in editions.values() for key in _customer_keys(edition)})
        editions = {language: with_names(edition, found) for language, edition in editions.items()}
    stem = f"tier_review_{facts.scope.as_of_date.isoformat()}"
    written = []
    for form in formats:
        for language, edition in editions.items():
            file = output / f"{stem}.{language}.{form}"
            others = [f"{stem}.{other}.html" for other in languages if other != language]
            _write(edition, file, form, others[0] if others else None, is_private=names == "full_names")
            written.append(file)
    return written


def _write(edition: Edition, file: Path, form: Format, other: str | None, *, is_private: bool) -> None:
    try:
        if is_private:
            make_folder(file.parent, 0o700)
            with private_draft(file) as draft:
                _fill(edition, draft, form, other)
            return
        make_folder(file.parent)
        draft = draft_of(file)
        try:
            _fill(edition, draft, form, other)
            keep_draft(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"cannot write the tier review to {file.parent}: {error.strerror}",
            remedy="make the folder writable",
        ) from error


def _fill(edition: Edition, draft: Path, form: Format, other: str | None) -> None:
    # Each format's libraries are loaded only where it is asked for.
    if form == "html":
        from clientele.report.page import page_text

        draft.write_text(page_text(edition, other), encoding="utf-8", newline="\n")
    elif form == "pdf":
        from clientele.report.pdf import write_pdf

        write_pdf(edition, draft)
    else:
        from clientele.report.workbook import write_workbook

        write_workbook(edition, draft)


def _places(table: Table) -> list[int]:
    return [place for place, column in enumerate(table.columns) if column.kind == "customer"]


def _customer_keys(edition: Edition) -> set[str]:
    return {str(row[place]) for table in tables_of(edition) for place in _places(table) for row in table.rows}


def with_names(edition: Edition, names: Mapping[str, str]) -> Edition:
    """The edition with a column of names beside every column of customer keys."""

    def named(table: Table) -> Table:
        for place in _places(table):
            head = Column(edition.labels["name"])
            table = replace(
                table,
                columns=(*table.columns[: place + 1], head, *table.columns[place + 1 :]),
                rows=tuple(
                    (*row[: place + 1], names.get(str(row[place])), *row[place + 1 :]) for row in table.rows
                ),
            )
        return table

    return replace(
        edition,
        sections=tuple(
            replace(
                section,
                blocks=tuple(named(block) if isinstance(block, Table) else block for block in section.blocks),
            )
            for section in edition.sections
        ),
    )
