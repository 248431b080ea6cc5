"""Writes the tier review: one HTML file that carries both languages, its style and its drawings."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from clientele.errors import UnavailableError
from clientele.report import charts, formats, queries
from clientele.report.findings import SchemeReview, headline, scheme_reviews
from clientele.report.formats import LANGUAGES
from clientele.report.texts import TEXTS

#: ISO 4217 for "no currency": rows whose feed carries no money.
NO_CURRENCY = "XXX"


def render(database: Path, output: Path) -> Path:
    """Write ``tier_review_<as_of>.html`` into the folder ``output`` and return its path.

    ``database`` is a published DuckDB file, opened read-only. The page depends on nothing else: the same
    release gives the same bytes, and the page loads nothing from anywhere. A page that is there is replaced.

    Raises UnavailableError when the tables cannot be read, hold no release, or the page cannot be written.
    """
    published = queries.read(database)
    page = output / f"tier_review_{published.release.as_of_date.isoformat()}.html"
    text = page_text(published)
    unfinished = page.with_name(f".{page.name}.part")
    try:
        output.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(page)
    except OSError as error:
        raise UnavailableError(
            f"cannot write the tier review to {output}: {error.strerror}",
            remedy="make the folder writable",
        ) from error
    return page


def page_text(published: queries.Published) -> str:
    """The whole page as text."""
    reviews = scheme_reviews(published)
    script = _asset("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            languages=LANGUAGES,
            texts=TEXTS,
            style=Markup(_asset("page.css")),  # noqa: S704 -- our own file
            script=Markup(script),  # noqa: S704 -- our own file
            script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            published=published,
            release=published.release,
            headline=headline(published),
            reviews=reviews,
            drawings={review.scheme_id: _drawings(review) for review in reviews},
            unbalanced_count=sum(not total.is_balanced for total in published.control_totals),
        )
    )


def _drawings(review: SchemeReview) -> dict[str, Markup]:
    measures: tuple[charts.Measure, ...] = ("customers", "net_sales")
    drawn = {measure: charts.shares_over_time(review.history, measure) for measure in measures}
    return {measure: Markup(svg) for measure, svg in drawn.items() if svg is not None}  # noqa: S704 -- digits only


@cache
def _asset(name: str) -> str:
    return files("clientele.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("clientele.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        count=formats.count,
        amount=formats.amount,
        exact_amount=formats.exact_amount,
        percent=formats.percent,
        change=formats.change,
        amount_change=formats.amount_change,
        day=formats.day,
        instant=formats.instant,
        currency=lambda code: formats.NOTHING if code in (None, NO_CURRENCY) else code,
    )
    environment.globals.update(
        share_bar=lambda *arguments: Markup(charts.share_bar(*arguments)),  # noqa: S704 -- numbers only
        tier_colour=charts.tier_colour,
        nothing=formats.NOTHING,
        refused_files_shown=queries.REFUSED_FILES_SHOWN,
        quarantine_reasons_shown=queries.QUARANTINE_REASONS_SHOWN,
    )
    return environment
