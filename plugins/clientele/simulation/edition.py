"""A simulation as sections of figures, tables and drawings, in one language."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from clientele.report import formats
from clientele.report.blocks import Block, Cell, Column, Edition, Figure, Figures, Section, Table, Text
from clientele.report.formats import Language
from clientele.report.words import Speaker, speaker
from clientele.simulation import sections
from clientele.simulation.result import Direction, Flapping, Side, Simulation
from clientele.simulation.texts import TEXTS
from clientele.simulation.threshold_section import sensitivity
from clientele.simulation.totals import month_cost, moved

_CENT: Final = Decimal("0.01")


def edition(simulation: Simulation, language: Language) -> Edition:
    """The whole simulation in one language."""
    words = speaker(TEXTS, language)
    return Edition(
        language=language,
        title=words("page_title", title=simulation.title.of(language)),
        subtitle=words(
            "subtitle",
            scheme_id=simulation.scheme_id,
            version=simulation.scheme_version,
            first=formats.day(simulation.from_date, language),
            last=formats.day(simulation.to_date, language),
            against=simulation.against_title.of(language),
            release=simulation.release_id,
        ),
        labels={key: words(key) for key in ("contents", "chart_data", "other_language")},
        sections=(
            Section("overview", words("overview"), tuple(_overview(simulation, words, language))),
            Section("sizes", words("sizes"), sections.sizes(simulation, words, language)),
            Section("movement", words("movement"), sections.movement(simulation, words, language)),
            Section("flapping", words("flapping"), _flapping(simulation, words, language)),
            Section("costs", words("costs"), sections.costs(simulation, words, language)),
            Section("sensitivity", words("sensitivity"), sensitivity(simulation, words, language)),
            Section("about", words("about"), (Text(_about(simulation, words), style="note"),)),
        ),
    )


def _overview(simulation: Simulation, words: Speaker, language: Language) -> list[Block]:
    past, *others = [note.of(language) for note in simulation.notes]
    return [
        Text(past, style="statement", tone="bad"),
        Figures(
            (
                Figure(
                    words("placed"),
                    (formats.count(_placed(simulation, "simulated")),),
                    _was(simulation, words, formats.count(_placed(simulation, "happened"))),
                ),
                _moved_figure(simulation, words, "up", "higher"),
                _moved_figure(simulation, words, "down", "lower"),
                _flapping_figure(simulation, words),
                _cost_figure(simulation, words),
            )
        ),
        *(Text(note, style="absent") for note in others),
    ]


def _placed(simulation: Simulation, side: Side) -> int:
    return sum(
        size.customers_count
        for size in simulation.sizes
        if size.side == side and size.as_of_date == simulation.to_date
    )


def _was(simulation: Simulation, words: Speaker, figure: str) -> tuple[str, ...]:
    """What the figure was, where it is known."""
    if simulation.to_date not in simulation.compared_dates:
        return (words("not_known"),)
    return (words("in_reality", figure=figure),)


def _moved_figure(simulation: Simulation, words: Speaker, direction: Direction, key: str) -> Figure:
    customers, net_sales = moved(simulation, simulation.to_date, direction)
    return Figure(
        words(key), (formats.count(customers),), (words("with_sales", figure=formats.amount(net_sales)),)
    )


def _flapping_figure(simulation: Simulation, words: Speaker) -> Figure:
    ratios = {each.side: formats.percent(each.flapping_ratio) for each in simulation.flapping}
    return Figure(
        words("flapping_ratio"), (ratios["simulated"],), (words("in_reality", figure=ratios["happened"]),)
    )


def _cost_figure(simulation: Simulation, words: Speaker) -> Figure:
    costs = {
        side: formats.amount(month_cost(simulation, simulation.to_date, side)) for side in simulation.costs
    }
    return Figure(
        words("costs_a_month"), (costs["simulated"],), (words("in_reality", figure=costs["happened"]),)
    )


def _flapping(simulation: Simulation, words: Speaker, language: Language) -> tuple[Block, ...]:
    if not simulation.compared_dates:
        return (Text(words("nothing_compared"), style="absent"),)

    def row(each: Flapping) -> tuple[Cell, ...]:
        return (
            words(each.side),
            each.customers_count,
            each.customer_years,
            each.changes_count,
            None if each.changes_per_year is None else each.changes_per_year.quantize(_CENT),
            each.flapping_customers_count,
            each.flapping_ratio,
        )

    return (
        Table(
            caption=words("flapping"),
            columns=(
                Column(""),
                Column(words("customers"), "count"),
                Column(words("customer_years"), "number"),
                Column(words("changes_count"), "count"),
                Column(words("changes_per_year"), "number"),
                Column(words("flapping_customers"), "count"),
                Column(words("flapping_share"), "ratio"),
            ),
            rows=tuple(row(each) for each in simulation.flapping),
            note=words(
                "flapping_note",
                first=formats.day(simulation.compared_dates[0], language),
                last=formats.day(simulation.compared_dates[-1], language),
            ),
        ),
    )


def _about(simulation: Simulation, words: Speaker) -> str:
    return words("definitions", release=simulation.release_id, load=formats.count(simulation.known_load_id))
