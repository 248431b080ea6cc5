"""What moved thresholds do, as a section of the page, in one language."""

from __future__ import annotations

from clientele.report import formats
from clientele.report.blocks import Block, Column, Table, Text
from clientele.report.formats import Language
from clientele.report.words import Speaker
from clientele.simulation.result import Effect, Simulation
from clientele.simulation.totals import by_revenue


def sensitivity(simulation: Simulation, words: Speaker, language: Language) -> tuple[Block, ...]:
    """What each moved threshold does, the most revenue first, and the thresholds that could not be moved."""
    if not simulation.effects:
        return (Text(words("no_thresholds"), style="absent"),)
    moved_effects = by_revenue(simulation)
    stuck = [effect for effect in simulation.effects if effect.customers is None]
    note = Text(words("sensitivity_note", date=formats.day(simulation.to_date, language)), style="note")
    blocks: list[Block] = [note]
    heading = (
        Column(words("threshold")),
        Column(words("about_whom")),
        Column(words("from_value")),
        Column(words("to_value")),
    )
    if moved_effects:
        blocks.append(
            Table(
                caption=words("sensitivity"),
                columns=(
                    *heading,
                    Column(words("up_count"), "count"),
                    Column(words("down_count"), "count"),
                    Column(words("moved_net_sales"), "amount"),
                    Column(words("tiers_then"), is_wide=True),
                ),
                rows=tuple(
                    (
                        *_threshold(simulation, effect, language),
                        effect.up_customers_count,
                        effect.down_customers_count,
                        effect.net_sales_moved_amount,
                        _changes(simulation, effect, words, language),
                    )
                    for effect in moved_effects
                ),
            )
        )
    if stuck:
        blocks.append(
            Table(
                caption=words("not_moved"),
                columns=(*heading, Column(words("why_not"), is_wide=True)),
                rows=tuple((*_threshold(simulation, effect, language), effect.problem) for effect in stuck),
            )
        )
    return tuple(blocks)


def _threshold(simulation: Simulation, effect: Effect, language: Language) -> tuple[str, str, str, str]:
    threshold = next(each for each in simulation.thresholds if each.number == effect.threshold_number)
    unit = "%" if threshold.kind == "share" else ""
    return (
        threshold.name.of(language),
        threshold.about.of(language),
        f"{formats.number(threshold.value)}{unit}",
        f"{formats.number(effect.value)}{unit}",
    )


def _changes(simulation: Simulation, effect: Effect, words: Speaker, language: Language) -> str:
    changes = []
    for tier in simulation.tiers_of("simulated"):
        difference = (effect.customers or {})[tier.tier_code] - simulation.computed[tier.tier_code]
        if difference:
            changes.append(f"{tier.name.of(language)} {formats.change(difference)}")
    return (" · ").join(changes) or words("unchanged")
