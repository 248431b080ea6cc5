"""How the cost of a full build grows with the lines, each size beside a scan of the same CSV in the same run.

    python tests/bench/growth.py --sizes 1000000 5000000 20000000 --picture docs/performance_growth.svg

A customer has twenty lines. The results are written after each size, as JSON, as a Markdown table beside it,
and as a picture; a size that cannot be built, for want of memory or disk, says so.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import altair
import vl_convert
from full_build import STEPS, all_but_scan, home_environment, measure
from made_up_shop import Shop, write_shop
from processes import ProcessFailedError
from results import MEBIBYTE, machine, markdown, print_machine, write_report

from clientele.report.charts import FONT, INK, RULE, SERIES
from clientele.settings import load_settings

LINES_PER_CUSTOMER = 20
HEADINGS = (
    "lines",
    "customers",
    "CSV, MiB",
    "full build, s",
    "of that dbt, s",
    "processor seconds",
    "peak memory, MiB",
    "scan, s",
    "times the scan",
    "microseconds a line",
)


def measure_size(lines: int, months: int) -> dict[str, Any]:
    """A shop of that size built once, or why it was not."""
    shop = Shop(lines, max(lines // LINES_PER_CUSTOMER, 1), months)
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        environment = home_environment(name)
        size = write_shop(load_settings(environment).landing / "generic", shop)
        found: dict[str, Any] = {"lines": lines, "customers": shop.customers, "file_bytes": size}
        try:
            steps = {step: measure(step, environment) for step in STEPS}
        except ProcessFailedError as failure:
            return {**found, "failure": str(failure)}
    return {**found, "steps": steps, "together": all_but_scan(steps)}


def table(results: list[dict[str, Any]]) -> str:
    return markdown(HEADINGS, map(row_of, results))


def row_of(result: dict[str, Any]) -> tuple[object, ...]:
    size = (result["lines"], result["customers"], round(result["file_bytes"] / MEBIBYTE))
    if "failure" in result:
        return *size, result["failure"], *[None] * (len(HEADINGS) - 4)
    built, steps = result["together"], result["steps"]
    return (
        *size,
        round(built["seconds"], 1),
        round(steps["build"]["seconds"], 1),
        round(built["processor_seconds"], 1),
        round(built["peak_memory_bytes"] / MEBIBYTE),
        round(steps["scan"]["seconds"], 1),
        built["ratio_to_scan"],
        round(1e6 * built["seconds"] / result["lines"], 1),
    )


def picture(results: list[dict[str, Any]]) -> str:
    """Seconds over lines, both axes logarithmic, as SVG."""
    points = [
        {"lines": result["lines"], "seconds": figures["seconds"], "what": what}
        for result in results
        if "together" in result
        for what, figures in (
            ("full build", result["together"]),
            ("DuckDB's scan of the CSV", result["steps"]["scan"]),
        )
    ]
    by_tens = altair.Scale(type="log", nice=False, padding=12)
    chart = (
        altair.Chart(altair.InlineData(values=points))
        .mark_line(point=altair.OverlayMarkDef(size=50), strokeWidth=2)
        .encode(
            x=altair.X(
                "lines:Q",
                title="lines",
                scale=by_tens,
                axis=altair.Axis(values=sorted({point["lines"] for point in points}), format="~s"),
            ),
            y=altair.Y(
                "seconds:Q",
                title="seconds",
                scale=by_tens,
                axis=altair.Axis(values=[10**power for power in range(6)], format=","),
            ),
            color=altair.Color(
                "what:N", title=None, sort=None, scale=altair.Scale(range=list(SERIES)), legend=None
            ),
        )
    )
    names = (
        chart.transform_filter(f"datum.lines == {max(point['lines'] for point in points)}")
        .mark_text(align="right", dx=-4, dy=-14)
        .encode(text="what:N")
    )
    drawn = (
        altair.layer(chart, names)
        .properties(width=560, height=300)
        .configure(font=FONT, background="white")
        .configure_axis(
            labelColor=INK, titleColor=INK, gridColor=RULE, domainColor=RULE, tickColor=RULE, titleFontSize=12
        )
        .configure_view(stroke=None)
    )
    return str(vl_convert.vegalite_to_svg(drawn.to_dict()))


def run(sizes: list[int], months: int, output: Path, drawing: Path) -> None:
    """Measure the sizes from the smallest, and write what is known after each."""
    before = machine()
    results: list[dict[str, Any]] = []
    for lines in sorted(sizes):
        results.append(measure_size(lines, months))
        write_report(output, before, months=months, results=results)
        output.with_suffix(".md").write_text(table(results) + "\n", encoding="utf-8")
        if any("together" in result for result in results):
            drawing.parent.mkdir(parents=True, exist_ok=True)
            drawing.write_text(picture(results), encoding="utf-8")
    print_machine(before)
    print(f"\n{table(results)}\n\nwritten to {output}, drawn in {drawing}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000], metavar="LINES"
    )
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/growth.json"))
    parser.add_argument("--picture", type=Path, help="an SVG file (default: beside the output)")
    arguments = parser.parse_args()
    drawing = arguments.picture or arguments.output.with_suffix(".svg")
    run(arguments.sizes, arguments.months, arguments.output, drawing)


if __name__ == "__main__":
    main()
