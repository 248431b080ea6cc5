"""The page in a real browser: drawn, not blank, and asking nobody for anything."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from clientele.report import render
from clientele.report.charts import SERIES, tier_colour

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-first-run",
    "--hide-scrollbars",
    "--window-size=1200,4200",
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")


@dataclass(frozen=True)
class Opened:
    """What a browser made of the page: a picture, a print, and every address that it was made to ask for."""

    image: Image.Image
    print: Path
    addresses: list[str]


@pytest.fixture(scope="module")
def opened(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("browser")
    (page,) = render(reviewed, folder, languages=["zh"])
    picture, printed, log = folder / "page.png", folder / "page.pdf", folder / "net.json"
    subprocess.run(
        [
            str(BROWSER),
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--screenshot={picture}",
            f"--print-to-pdf={printed}",
            "--no-pdf-header-footer",
            f"--log-net-log={log}",
            page.as_uri(),
        ],
        check=True,
        timeout=120,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    # What Chromium asks for itself, such as the time, has no origin.
    asked = [event["params"] for event in events if event.get("params", {}).get("initiator", "")]
    addresses = {request["url"] for request in asked if request["initiator"] != "not an origin"}
    with Image.open(picture) as image:
        return Opened(image.convert("RGB"), printed, sorted(addresses))


def pixels(image: Image.Image, colour: str) -> int:
    wanted = tuple(bytes.fromhex(colour.removeprefix("#")))
    counts = {rgb: count for count, rgb in image.getcolors(maxcolors=1 << 24) or []}
    return counts.get(wanted, 0)


def test_the_charts_are_drawn(opened: Opened) -> None:
    image = opened.image
    # The best tier's bars and columns, the last one's, and the curve of a month ago.
    assert pixels(image, tier_colour(0)) > 5000
    assert pixels(image, tier_colour(1)) > 5000
    assert pixels(image, SERIES[1]) > 200


def test_the_page_is_full_of_text(opened: Opened) -> None:
    rows = opened.image.convert("L").resize((1, opened.image.height), Image.Resampling.BOX).tobytes()
    written = [number for number, brightness in enumerate(rows) if brightness < 254]
    assert len(written) > opened.image.height / 4
    assert max(written) > opened.image.height - 200


def test_nothing_is_asked_of_the_network(opened: Opened) -> None:
    assert opened.addresses == []


def test_printed_by_the_browser_tables_are_whole_on_a4_pages(opened: Opened) -> None:
    pages = list(pypdfium2.PdfDocument(opened.print))
    assert 3 < len(pages) < 30
    assert {tuple(map(round, page.get_size())) for page in pages} == {(595, 842)}
    # Of a table that is too wide the last columns are not on the paper: those of what was sealed are digests.
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
    assert text.count("sha256:dd") == 2
