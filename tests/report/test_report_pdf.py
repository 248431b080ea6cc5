"""The print: A4 pages with numbers, Chinese as text in embedded fonts, charts on the paper, never boxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from clientele.errors import UnavailableError
from clientele.report import render
from clientele.report.blocks import Edition, Section, Text
from clientele.report.charts import tier_colour
from clientele.report.pdf import write_pdf


def page(text: str) -> Edition:
    return Edition("en", "Tier review", "", (Section("a", "A", (Text(text),)),), {"contents": ""})


@pytest.fixture(scope="module", autouse=True)
def _can_print(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A machine without Pango, or without a font with Chinese, cannot print."""
    try:
        write_pdf(page("客户"), tmp_path_factory.mktemp("probe") / "probe.pdf")
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def print_of(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (file,) = render(reviewed, tmp_path_factory.mktemp("print"), formats=["pdf"], languages=["zh"])
    return file


@pytest.fixture(scope="module")
def pages(print_of: Path) -> list[Any]:
    return list(PdfReader(print_of).pages)


def fonts_of(page: Any) -> dict[str, bool]:
    """Each font of a page, and whether it is embedded."""
    found = {}
    for font in page["/Resources"]["/Font"].values():
        for descendant in font.get_object().get("/DescendantFonts", [font]):
            descriptor = descendant.get_object()["/FontDescriptor"]
            found[str(font.get_object()["/BaseFont"])] = any(
                name.startswith("/FontFile") for name in descriptor
            )
    return found


def test_the_pages_are_a4_and_numbered(pages: list[Any]) -> None:
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"{number} / {len(pages)}" in page.extract_text()


def test_chinese_is_text(pages: list[Any]) -> None:
    text = "".join(page.extract_text() for page in pages)
    said = ("客户等级评审", "客户数量金字塔", "名次上升", "店长", "控制总数", "关于本报告")
    assert [words for words in said if words not in text] == []
    assert "截至 2026年3月31日" in pages[1].extract_text()


def test_every_font_is_embedded(pages: list[Any]) -> None:
    fonts = {name: embedded for page in pages for name, embedded in fonts_of(page).items()}
    assert fonts
    assert [name for name, embedded in fonts.items() if not embedded] == []


def test_the_charts_are_on_the_paper(print_of: Path) -> None:
    document = pypdfium2.PdfDocument(print_of)
    wanted = tuple(bytes.fromhex(tier_colour(0).removeprefix("#")))
    dark, inked = 0, []
    for page in document:
        image: Image.Image = page.render(scale=1).to_pil().convert("RGB")
        counts = {rgb: count for count, rgb in image.getcolors(maxcolors=1 << 24) or []}
        dark += counts.get(wanted, 0)
        inked.append(1 - counts.get((255, 255, 255), 0) / (image.width * image.height))
    assert dark > 3000
    assert min(inked) > 0.005


def test_a_character_that_no_font_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="would show boxes") as raised:
        write_pdf(page("A name with \U0010fffd"), tmp_path / "boxes.pdf")
    assert "fonts-noto-cjk" in str(raised.value)
    assert list(tmp_path.iterdir()) == []
