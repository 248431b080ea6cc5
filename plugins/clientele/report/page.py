"""One edition as one HTML document: style and drawings inside, nothing loaded from anywhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from clientele.report import charts
from clientele.report.blocks import Bar, Chart, Edition, Flow, Shade, Value
from clientele.report.cells import FIGURES, kind_of, written
from clientele.report.charts import tier_colour


def page_text(edition: Edition, other_edition: str | None = None) -> str:
    """The document as text: on the screen it scrolls, printed it is A4 pages, by a browser too.

    ``other_edition`` is the name of the file beside it in the other language, where there is one.
    """
    language = edition.language

    def drawing(block: Chart | Flow) -> Markup:
        return Markup(charts.svg(block, language))  # noqa: S704 -- drawn here, its texts escaped

    def cell(value: Value, kind: str) -> str:
        return written(value, kind, language)  # type: ignore[arg-type]

    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            edition=edition,
            labels=edition.labels,
            other_edition=other_edition,
            style=Markup(f"{_asset('report.css')}@media print {{\n{_asset('print.css')}}}\n"),  # noqa: S704 -- ours
            drawing=drawing,
            cell=cell,
        )
    )


def _bar(bar: Bar) -> Markup:
    """A share drawn as a bar that grows away from the middle of a pyramid."""
    width = float(max(bar.ratio or 0, 0) / bar.largest) * 100 if bar.largest > 0 else 0.0
    start = 100 - width if bar.side == "left" else 0.0
    return Markup(  # noqa: S704 -- numbers only
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{start:.3f}" y="0" width="{width:.3f}" height="10" fill="{tier_colour(bar.position)}"/>'
        "</svg>"
    )


def _kind(block: object) -> str:
    """The name of a block's template."""
    return type(block).__name__.lower()


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
    environment.filters.update(block=_kind, bar=_bar)
    environment.tests.update(
        bar=lambda value: isinstance(value, Bar),
        shade=lambda value: isinstance(value, Shade),
        flow=lambda value: isinstance(value, Flow),
        figure=lambda column: column.kind in FIGURES,
    )
    environment.globals.update(kind_of=kind_of)
    return environment
