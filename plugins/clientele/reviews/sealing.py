"""From a candidate to the files of a review: what is sealed is read here and nowhere else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from clientele.duck import connect, identifier, path_literal, text_literal
from clientele.lake.reviews import ReviewedScheme
from clientele.lake.sealed import SEALED_FILES
from clientele.publish.digest import table_digest
from clientele.reviews.schemes import SCHEMES, SchemeContent, scheme_file
from clientele.settings import Settings

_FIRST_DAY: Final = date(1, 1, 1)
_DECISIONS: Final = "reviewed_decisions"
_SCHEMES: Final = "reviewed_schemes"
_MOVES: Final = "reviewed_moves"

#: What the build leaves -> the file of the review that keeps it.
_SOURCES: Final = {
    "accounts": "intermediate.int_accounts_resolved",
    "scheme_rules": "intermediate.int_scheme_rules semi join reviewed_schemes using (scheme_id)",
    "scheme_tiers": "intermediate.int_scheme_tiers semi join reviewed_schemes using (scheme_id)",
    "scheme_changes": "intermediate.int_scheme_changes semi join reviewed_schemes using (scheme_id)",
    "decisions": _DECISIONS,
    "moves": _MOVES,
}


class ReviewedDecisions:
    """The decisions of a candidate that a review as of a date takes, scheme by scheme.

    They are those up to the date that no review has sealed; ``sealed_through`` tells for schemes that were
    sealed after the candidate was built up to which date.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        as_of_date: date,
        scheme_ids: Sequence[str],
        sealed_through: Mapping[str, date] | None = None,
    ) -> None:
        self._connection = connection
        self._as_of_date = as_of_date
        self._scheme_ids = scheme_ids
        connection.execute(
            f"create or replace temp table {_SCHEMES} (scheme_id varchar, sealed_through_date date)"
        )
        for scheme_id in scheme_ids:
            through = (sealed_through or {}).get(scheme_id, _FIRST_DAY)
            connection.execute(f"insert into {_SCHEMES} values (?, ?)", [scheme_id, through])  # noqa: S608
        columns = ", ".join(map(identifier, SEALED_FILES["decisions"]))
        connection.execute(
            f"create or replace temp view {_DECISIONS} as select {columns}"  # noqa: S608
            f" from intermediate.int_tier_decisions_made inner join {_SCHEMES} using (scheme_id)"
            " where decided_on_date > sealed_through_date"
            f" and decided_on_date <= {text_literal(as_of_date.isoformat())}::date"
        )

    def schemes(self, contents: Mapping[str, SchemeContent]) -> tuple[ReviewedScheme, ...]:
        """What the review says of each scheme; those of which there is nothing to say are left out."""
        counts: dict[str, dict[str, int]] = {}
        for scheme_id, outcome, count in self._connection.execute(
            f"select scheme_id, outcome, count(*) from {_DECISIONS} group by all order by all"  # noqa: S608
        ).fetchall():
            counts.setdefault(scheme_id, {})[outcome] = count
        return tuple(
            ReviewedScheme(
                scheme_id=scheme_id,
                scheme_version=contents[scheme_id].version,
                content_hash=contents[scheme_id].content_hash,
                decisions_count=sum(counts[scheme_id].values()),
                digest=self.digest(scheme_id),
                outcomes=counts[scheme_id],
            )
            for scheme_id in self._scheme_ids
            if scheme_id in counts
        )

    def movements(self) -> list[dict[str, Any]]:
        """Customers of each scheme at the date and how many of them are new, rise and fall."""
        cursor = self._connection.execute(
            f"""
            select
                scheme_id,
                count(tier_rank) as customers_count,
                count(*) filter (outcome = 'new') as new_count,
                count(*) filter (tier_rank > previous_date_tier_rank) as upgraded_count,
                count(*) filter (tier_rank < previous_date_tier_rank) as downgraded_count
            from {_DECISIONS}
            where decided_on_date = $as_of_date
            group by scheme_id
            order by list_position($scheme_ids, scheme_id)
            """,  # noqa: S608
            {"as_of_date": self._as_of_date, "scheme_ids": list(self._scheme_ids)},
        )
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def digest(self, scheme_id: str) -> str:
        """Digest of the decisions on one scheme."""
        return table_digest(
            self._connection,
            f"(from {_DECISIONS} where scheme_id = {text_literal(scheme_id)})",
        ).digest

    def write_files(self, settings: Settings, folder: Path, schemes: Sequence[ReviewedScheme]) -> None:
        """Write everything that is sealed, but for the restatements, into ``folder``, emptied first."""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / SCHEMES).mkdir(parents=True)
        for scheme in schemes:
            file = scheme_file(settings, scheme.scheme_id)
            shutil.copyfile(file, folder / SCHEMES / file.name)
        self._show_moves()
        for name, source in _SOURCES.items():
            columns = ", ".join(map(identifier, SEALED_FILES[name]))
            self._write(f"select {columns} from {source}", folder / f"{name}.parquet")  # noqa: S608
        self._write(
            f"from review_outcomes semi join {_SCHEMES} using (scheme_id)"
            f" where as_of_date = {text_literal(self._as_of_date.isoformat())}::date",
            folder / "outcomes.parquet",
        )

    def _show_moves(self) -> None:
        """The counts of the dates whose decisions the review takes."""
        columns = ", ".join(map(identifier, SEALED_FILES["moves"]))
        self._connection.execute(
            f"create or replace temp view {_MOVES} as select {columns}"  # noqa: S608
            f" from intermediate.int_tier_moves_counted as moves inner join {_SCHEMES} using (scheme_id)"
            f" where moves.as_of_date > sealed_through_date"
            f" and moves.as_of_date <= {text_literal(self._as_of_date.isoformat())}::date"
            " and not exists (from lake.sealed_reviews as known where known.scheme_id = moves.scheme_id"
            " and known.as_of_date >= moves.as_of_date)"
        )

    def _write(self, select: str, path: Path) -> None:
        self._connection.execute(
            f"copy (from ({select}) order by all) to {path_literal(path)} (format parquet, compression zstd)"
        )


@contextmanager
def reviewed_decisions(
    settings: Settings,
    database: Path,
    as_of_date: date,
    scheme_ids: Sequence[str],
    sealed_through: Mapping[str, date] | None = None,
) -> Iterator[ReviewedDecisions]:
    """Open a built candidate read-only; see ``ReviewedDecisions``."""
    with connect(database, settings, read_only=True) as connection:
        yield ReviewedDecisions(connection, as_of_date, scheme_ids, sealed_through)


def write_restatements(
    settings: Settings, folder: Path, restated_review_id: str | None, found: Path | None
) -> int:
    """Write ``restatements.parquet`` from what was ``found`` (None: nothing); returns the number of rows."""
    columns = SEALED_FILES["restatements"]
    path = folder / "restatements.parquet"
    with connect(None, settings) as connection:
        declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        connection.execute(f"create table restatements ({declared})")
        if found is not None:
            others = ", ".join(identifier(name) for name in columns if name != "restated_review_id")
            connection.execute(
                f"insert into restatements select ?, {others} from read_parquet({path_literal(found)})",  # noqa: S608
                [restated_review_id],
            )
        connection.execute(
            f"copy (from restatements order by all) to {path_literal(path)}"
            " (format parquet, compression zstd)"
        )
        row = connection.execute("select count(*) from restatements").fetchone()
    return int(row[0]) if row else 0
