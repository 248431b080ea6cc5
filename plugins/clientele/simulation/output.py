"""The files of a simulation: JSON for programs, CSV and Parquet for tables, pages for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import duckdb
import pyarrow as pa

from clientele.durable import draft_of, keep_draft, make_folder, write_durably
from clientele.errors import UnavailableError
from clientele.report.formats import LANGUAGES, Language
from clientele.report.page import page_text
from clientele.simulation import comparison
from clientele.simulation.edition import edition
from clientele.simulation.result import Simulation

_OTHER: Final[dict[Language, Language]] = {"zh": "en", "en": "zh"}
_MONEY: Final = pa.decimal128(38, 4)
_SIZES: Final = pa.schema(
    [
        ("as_of_date", pa.date32()),
        ("side", pa.string()),
        ("tier_code", pa.string()),
        ("customers_count", pa.int64()),
        ("customers_ratio", pa.decimal128(9, 6)),
        ("net_sales_12m_amount", _MONEY),
        ("cost_amount", pa.decimal128(38, 2)),
    ]
)
_SENSITIVITY: Final = pa.schema(
    [
        ("threshold_number", pa.int64()),
        ("metric", pa.string()),
        ("value", pa.decimal128(38, 6)),
        ("moved", pa.string()),
        ("moved_value", pa.decimal128(38, 6)),
        ("problem", pa.string()),
        ("tier_code", pa.string()),
        ("customers_count", pa.int64()),
        ("customers_change", pa.int64()),
        ("up_customers_count", pa.int64()),
        ("up_net_sales_12m_amount", _MONEY),
        ("down_customers_count", pa.int64()),
        ("down_net_sales_12m_amount", _MONEY),
        ("joined_or_left_customers_count", pa.int64()),
    ]
)


def write(simulation: Simulation, connection: duckdb.DuckDBPyConnection) -> None:
    """Write every file into the simulation's folder; each replaces the one of an earlier simulation whole.

    ``connection`` is the one that made the comparison: who moves is read from it, all of them. Raises
    UnavailableError when the folder cannot be written.
    """
    tables = {
        "sizes": connection.from_arrow(
            pa.Table.from_pylist([asdict(size) for size in simulation.sizes], _SIZES)
        ),
        "movements": connection.sql(comparison.MOVEMENTS),
        "movers": connection.sql(comparison.MOVERS),
        "sensitivity": connection.from_arrow(
            pa.Table.from_pylist(sensitivity_rows(simulation), _SENSITIVITY)
        ),
    }
    document = json.dumps(asdict(simulation), ensure_ascii=False, indent=1, default=str) + "\n"
    pages = {
        f"simulation.{language}.html": page_text(
            edition(simulation, language), f"simulation.{_OTHER[language]}.html"
        )
        for language in LANGUAGES
    }
    try:
        make_folder(simulation.folder)
        for name, table in tables.items():
            for suffix, writer in (("csv", table.write_csv), ("parquet", table.write_parquet)):
                file = simulation.folder / f"{name}.{suffix}"
                writer(str(draft_of(file)))
                keep_draft(file)
        write_durably(simulation.folder / "simulation.json", document)
        for name, page in pages.items():
            write_durably(simulation.folder / name, page)
    except (OSError, duckdb.IOException) as error:
        raise UnavailableError(
            f"cannot write the simulation to {simulation.folder}", remedy="make the folder writable"
        ) from error


def sensitivity_rows(simulation: Simulation) -> list[dict[str, Any]]:
    """One row per moved threshold and tier; where a threshold could not be moved, one row that says why."""
    thresholds = {threshold.number: threshold for threshold in simulation.thresholds}
    rows = []
    for effect in simulation.effects:
        threshold = thresholds[effect.threshold_number]
        counts: Sequence[tuple[str | None, int | None]] = list((effect.customers or {}).items()) or [
            (None, None)
        ]
        for code, count in counts:
            stated = simulation.computed[code] if code else None
            rows.append(
                {
                    "threshold_number": threshold.number,
                    "metric": threshold.metric,
                    "value": threshold.value,
                    "moved": effect.moved,
                    "moved_value": effect.value,
                    "problem": effect.problem,
                    "tier_code": code,
                    "customers_count": count,
                    "customers_change": None if count is None or stated is None else count - stated,
                    "up_customers_count": effect.up_customers_count,
                    "up_net_sales_12m_amount": effect.up_net_sales_12m_amount,
                    "down_customers_count": effect.down_customers_count,
                    "down_net_sales_12m_amount": effect.down_net_sales_12m_amount,
                    "joined_or_left_customers_count": effect.joined_or_left_customers_count,
                }
            )
    return rows
