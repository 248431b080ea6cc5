"""One edition as a PDF: A4, numbered pages, every font embedded. A character without a glyph is an error."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from clientele.errors import UnavailableError
from clientele.report.blocks import Edition
from clientele.report.page import page_text

#: How WeasyPrint's log begins where a character had to be drawn as a box.
_BOX: Final = ".notdef glyph rendered"


class _Boxes(logging.Handler):
    """Remembers whether any character was drawn as a box."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.has_boxes = False

    def emit(self, record: logging.LogRecord) -> None:
        self.has_boxes |= record.getMessage().startswith(_BOX)


def write_pdf(edition: Edition, file: Path) -> None:
    """Write the edition to ``file``.

    Raises UnavailableError where Pango is not installed, or no font has a glyph for a character.
    """
    try:
        import weasyprint
    except OSError as error:
        raise UnavailableError(
            "a PDF needs the text library Pango, which is not installed",
            remedy="install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0, or the like",
        ) from error
    boxes = _Boxes()
    log = logging.getLogger("weasyprint")
    log.addHandler(boxes)
    try:
        document = weasyprint.HTML(string=page_text(edition), url_fetcher=_fetches_nothing)
        content = document.write_pdf(presentational_hints=False)
    finally:
        log.removeHandler(boxes)
    if boxes.has_boxes:
        raise UnavailableError(
            "no installed font has every character of the report: a PDF of it would show boxes",
            remedy="install a font with Chinese characters, such as the package fonts-noto-cjk",
        )
    file.write_bytes(content)


def _fetches_nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"the report loads nothing, also not {url}")
