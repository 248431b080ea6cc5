from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from clientele.errors import ConfigurationError, UnavailableError
from clientele.sample import generate, generator

IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from clientele.sample import generate
home = Path(sys.argv[1])
generate(home / "landing", home / "truth", customers=150, months=3, seed=4)
"""


def digests(home: Path) -> dict[str, str]:
    files = [path for path in sorted(home.rglob("*")) if path.is_file()]
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def rows(landing: Path) -> dict[str, list[str]]:
    found = {}
    for path in sorted(landing.iterdir()):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
        found[path.name] = sorted(text.splitlines())
    return found


def test_same_arguments_give_the_same_bytes_in_any_environment(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    generate(here / "landing", here / "truth", customers=150, months=3, seed=4)
    other = {
        "PYTHONHASHSEED": "7",
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "NPY_DISABLE_CPU_FEATURES": "AVX2",
    }
    subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(there)], check=True, env={**os.environ, **other}
    )
    assert digests(here) == digests(there)
    assert len(digests(here)) > 10


def test_generating_again_changes_nothing(tmp_path: Path) -> None:
    landing, truth = tmp_path / "landing", tmp_path / "truth"
    generate(landing, truth, customers=80, months=2)
    before = digests(tmp_path)
    generate(landing, truth, customers=80, months=2)
    assert digests(tmp_path) == before


def test_another_seed_gives_another_shop(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(tmp_path / str(seed), tmp_path / f"truth{seed}", customers=50, months=2, seed=seed)
    assert rows(tmp_path / "1") != rows(tmp_path / "2")


def test_how_many_people_are_made_at_a_time_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "whole", tmp_path / "truth", customers=500, months=4)
    monkeypatch.setattr(generator, "_BLOCK", 37)
    generate(tmp_path / "blocks", tmp_path / "truth_of_blocks", customers=500, months=4)
    assert rows(tmp_path / "whole") == rows(tmp_path / "blocks")
    totals = [(tmp_path / name / "files.csv").read_text() for name in ("truth", "truth_of_blocks")]
    assert totals[0] == totals[1]


def test_memory_does_not_grow_with_the_number_of_customers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "_BLOCK", 250)

    def peak(customers: int) -> int:
        tracemalloc.start()
        generate(tmp_path / f"{customers}", tmp_path / f"truth{customers}", customers=customers, months=3)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(250)
    assert peak(2_500) < 1.3 * peak(500)


def test_every_file_is_whole_and_named_as_an_export(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    summary = generate(landing, tmp_path / "truth", customers=200, months=4, end=date(2026, 6, 30))
    contents = rows(landing)
    assert not [
        path for path in tmp_path.rglob("*") if path.suffix in {".part", ".tmp"} or path.name == "spill"
    ]
    assert len(contents) == summary.files
    assert {name.split("_20")[0] for name in contents} == set(summary.rows)
    assert len(summary.rows) == 6
    assert {"pos_sales_2026-03-31.csv.gz", "pos_sales_2026-06-23.csv.gz", "pos_sales_2026-06-24.csv"} <= set(
        contents
    )
    assert all(len(lines) > 1 for lines in contents.values())


def test_the_summary_counts_the_rows_of_the_files(tmp_path: Path) -> None:
    summary = generate(tmp_path / "landing", tmp_path / "truth", customers=200, months=3)
    counted = dict.fromkeys(summary.rows, 0)
    for name, lines in rows(tmp_path / "landing").items():
        if "again" not in name and "till_9" not in name:
            counted[name.split("_20")[0]] += len(lines) - 1
    assert summary.rows == counted
    assert (summary.first_date, summary.end_date) == (date(2026, 4, 1), date(2026, 6, 30))


def test_progress_is_told_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "_BLOCK", 40)
    told: list[str] = []
    generate(tmp_path / "landing", tmp_path / "truth", customers=100, months=1, progress=told.append)
    assert told == [f"sample: {done} of 100 customers" for done in (40, 80, 100)]


@pytest.mark.parametrize(
    ("name", "value"),
    [("customers", 0), ("months", 0), ("months", 500), ("end", date(1999, 1, 1)), ("seed", -1)],
)
def test_an_argument_out_of_range_is_named(tmp_path: Path, name: str, value: object) -> None:
    arguments = {"customers": 10, "months": 1} | {name: value}
    with pytest.raises(ConfigurationError, match=f"^{name}="):
        generate(tmp_path / "landing", tmp_path / "truth", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "landing").exists()


def test_two_shops_do_not_share_a_folder(tmp_path: Path) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", customers=20, months=1)
    before = digests(tmp_path)
    with pytest.raises(ConfigurationError, match="other arguments"):
        generate(tmp_path / "landing", tmp_path / "truth", customers=21, months=1)
    assert digests(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UnavailableError, match="cannot write the sample"):
        generate(tmp_path / "file", tmp_path / "truth", customers=20, months=1)
