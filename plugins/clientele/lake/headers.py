"""Which row of a table is its header."""

from __future__ import annotations

from collections.abc import Sequence

from clientele.lake.descriptions import FeedDescription, plain_header
from clientele.lake.reading import RefusedFileError

#: An export that has more lines than this before its header is another kind of file.
_MOST_TITLE_ROWS = 20


class HeaderSearch:
    """Looks at the first records of a table, one by one.

    ``given`` is the header of a table that has none of its own. Without titles, the first record with
    anything in it is the header. With them it is the first that has every required column, and no more than
    20 records may stand before it.
    """

    def __init__(self, feed: FeedDescription) -> None:
        self.given: tuple[str, ...] | None = None
        if not feed.header:
            self.given = feed.names or tuple(column.name for column in feed.columns)
        self.may_have_titles = feed.skip_title_rows == "auto"
        self._required = [column for column in feed.columns if column.is_required]
        self._title_rows = 0

    def is_header(self, cells: Sequence[str] | None) -> bool:
        """Whether this record is the header; None is a record that cannot be split."""
        if cells is not None and not any(cells):
            return False
        if not self.may_have_titles:
            return True
        names = {plain_header(cell) for cell in cells or ()}
        if all(names & set(column.headers) for column in self._required):
            return True
        self._title_rows += 1
        if self._title_rows > _MOST_TITLE_ROWS:
            raise self.not_found()
        return False

    def not_found(self) -> RefusedFileError:
        """Why a file whose records come to an end has no header."""
        if not self._title_rows:
            return RefusedFileError("empty_file", "it has nothing in it")
        names = ", ".join(column.name for column in self._required)
        return RefusedFileError("missing_required_column", f"no line has all of {names}")
