"""The page in a real browser: drawn, not blank, and asking nobody for anything."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

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


@pytest.fixture(scope="module")
def opened(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Image.Image, list[str]]:
    """The page as a picture, and every address that it made the browser ask for."""
    folder = tmp_path_factory.mktemp("browser")
    (page,) = render(reviewed, folder, languages=["zh"])
    picture, log = folder / "page.png", folder / "net.json"
    subprocess.run(
        [
            str(BROWSER),
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--screenshot={picture}",
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
        return image.convert("RGB"), sorted(addresses)


def pixels(image: Image.Image, colour: str) -> int:
    wanted = tuple(bytes.fromhex(colour.removeprefix("#")))
    counts = {rgb: count for count, rgb in image.getcolors(maxcolors=1 << 24) or []}
    return counts.get(wanted, 0)


def test_the_charts_are_drawn(opened: tuple[Image.Image, list[str]]) -> None:
    image, _ = opened
    # The best tier's bars and columns, the last one's, and the curve of a month ago.
    assert pixels(image, tier_colour(0)) > 5000
    assert pixels(image, tier_colour(1)) > 5000
    assert pixels(image, SERIES[1]) > 200


def test_the_page_is_full_of_text(opened: tuple[Image.Image, list[str]]) -> None:
    image, _ = opened
    rows = image.convert("L").resize((1, image.height), Image.Resampling.BOX).tobytes()
    written = [number for number, brightness in enumerate(rows) if brightness < 254]
    assert len(written) > image.height / 4
    assert max(written) > image.height - 200


def test_nothing_is_asked_of_the_network(opened: tuple[Image.Image, list[str]]) -> None:
    _, addresses = opened
    assert addresses == []
