"""How fast CSV goes into the lake, and in how much memory, beside DuckDB's own reader in the same run.

Three measurements of the same file, each in a process of its own and each repeated: ingest (hash, read
strictly, split off contact data, encrypt, write Parquet, balance), DuckDB's typed scan of every column, and
DuckDB from CSV to Parquet with every column as text. The best repetition counts: what disturbs a run only
makes it slower.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from made_up_shop import TYPED_COLUMNS, Shop, write_month
from processes import measured
from results import MEBIBYTE, machine, print_table, write_measured

from clientele.duck import connect, path_literal
from clientele.lake.ingest import ingest
from clientele.settings import Settings

#: Lines are alike in length, so a quarter of them shows whether memory grows with the file.
SMALLER = 4


def take_in(settings: Settings, _file: Path) -> int:
    """From the landing folder into the lake; returns the rows."""
    result = ingest(settings, "generic")
    if result.count("accepted") != 1:
        raise SystemExit(f"the file was not taken in: {result.files}")
    return result.row_count


def scan(settings: Settings, file: Path) -> int:
    """Every column as its type; counting makes DuckDB convert each."""
    counts = ", ".join(f"count({column})" for column in TYPED_COLUMNS)
    with connect(None, settings) as connection:
        row = connection.execute(
            f"select count(*), {counts} from read_csv({path_literal(file)}, header = true, columns = ?)",
            [TYPED_COLUMNS],
        ).fetchone()
    return int(row[0]) if row else 0


def convert(settings: Settings, file: Path) -> int:
    """Every column as text, into Parquet compressed as the lake's is."""
    target = settings.home / "converted.parquet"
    with connect(None, settings) as connection:
        row = connection.execute(
            f"copy (from read_csv({path_literal(file)}, header = true, all_varchar = true))"
            f" to {path_literal(target)} (format parquet, compression zstd)"
        ).fetchone()
    target.unlink()
    return int(row[0]) if row else 0


def _export(folder: Path) -> Path:
    """The only file of the shop."""
    (file,) = folder.iterdir()
    return file


STEPS = {"ingest": take_in, "duckdb_typed_scan": scan, "duckdb_csv_to_parquet": convert}


def measure(step: str, lines: int, repetitions: int, folder: Path) -> dict[str, Any]:
    """Best times and highest memory of a step; the processor's time includes starting Python."""
    home = folder / f"home_{lines}"
    best, processor, peak = float("inf"), float("inf"), 0
    for _ in range(repetitions):
        shutil.rmtree(home / "lake", ignore_errors=True)
        figures, output = measured(step, [sys.executable, __file__, "--step", step, "--home", str(home)])
        outcome = json.loads(output)
        if outcome["rows"] != lines:
            raise SystemExit(f"{step} found {outcome['rows']} rows of {lines}")
        best = min(best, outcome["seconds"])
        processor = min(processor, figures["processor_seconds"])
        peak = max(peak, figures["peak_memory_bytes"])
    size = _export(home / "landing" / "generic").stat().st_size
    return {
        "step": step,
        "lines": lines,
        "file_bytes": size,
        "seconds": round(best, 2),
        "processor_seconds": processor,
        "bytes_per_second": int(size / best),
        "peak_memory_bytes": peak,
    }


def run(lines: int, repetitions: int, output: Path) -> None:
    """Measure, write the results as JSON and print them as a table."""
    before = machine()
    results = []
    with tempfile.TemporaryDirectory(prefix="clientele_bench_") as name:
        for size in (max(lines // SMALLER, 1), lines):
            write_month(Path(name) / f"home_{size}" / "landing" / "generic", Shop(size, months=1), month=0)
            results += [measure(step, size, repetitions, Path(name)) for step in STEPS]
    write_measured(output, before, repetitions=repetitions, results=results)
    print_table(
        ("step", "lines", "file, MiB", "seconds", "MiB/s", "processor seconds", "peak memory, MiB"),
        (
            (
                result["step"],
                result["lines"],
                round(result["file_bytes"] / MEBIBYTE),
                result["seconds"],
                round(result["bytes_per_second"] / MEBIBYTE),
                result["processor_seconds"],
                round(result["peak_memory_bytes"] / MEBIBYTE),
            )
            for result in results
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--repetitions", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path(".clientele/bench/ingest.json"))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step is None:
        run(arguments.lines, arguments.repetitions, arguments.output)
        return
    settings = Settings(home=arguments.home, settle_seconds=0)
    file = _export(settings.landing / "generic")
    started = time.perf_counter()
    rows = STEPS[arguments.step](settings, file)
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
