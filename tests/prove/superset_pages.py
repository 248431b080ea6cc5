"""Open dashboards in a browser, logged in, and look at every chart; runs in Superset's environment.

    echo '[{"slug": "clientele-tiers-zh", "charts": 10}]' | superset_pages.py URL PASSWORD_FILE OUTPUT

Writes a picture of each dashboard into OUTPUT and says what is wrong; exit code 1 when something is.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, Response, sync_playwright

ERRORS = ".ant-alert-error, .superset-error, [data-test='error-boundary']"
#: A font without Chinese draws the same box for both.
DRAWS_CHINESE = """
() => {
    const drawn = (text) => {
        const canvas = document.createElement('canvas');
        const context = canvas.getContext('2d');
        context.font = '40px ' + getComputedStyle(document.body).fontFamily;
        context.fillText(text, 5, 50);
        return canvas.toDataURL();
    };
    return drawn('客') !== drawn('户') && drawn('客') !== drawn('');
}
"""
PATIENCE_S = 300


def main() -> int:
    url, password_file, output = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    output.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    problems = []
    with sync_playwright() as playwright:
        # Without a path the browser that Playwright has installed itself.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        page.goto(f"{url}/login/")
        page.locator("#username").fill("admin")
        page.locator("#password").fill(password_file.read_text(encoding="ascii").strip())
        page.keyboard.press("Enter")
        page.wait_for_url("**/superset/welcome/**", timeout=PATIENCE_S * 1000)
        for dashboard in json.load(sys.stdin):
            found = look(page, f"{url}/superset/dashboard/{dashboard['slug']}/", dashboard["charts"])
            page.screenshot(path=output / f"{dashboard['slug']}.png")
            print(f"{dashboard['slug']}: {'; '.join(found) or 'every chart shows data'}", flush=True)
            problems += found
        browser.close()
    return int(bool(problems))


def look(page: Page, address: str, charts: int) -> list[str]:
    """Open a dashboard and wait until all ``charts`` have asked for their data; returns what is wrong."""
    answers: list[Response] = []

    def keep(response: Response) -> None:
        if "/api/v1/chart/data" in response.url and "slice_id" in response.url:
            answers.append(response)

    page.on("response", keep)
    page.goto(address)
    deadline = time.monotonic() + PATIENCE_S
    while len(answers) < charts and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    # What has come is drawn with a short animation.
    page.wait_for_timeout(3000)
    page.remove_listener("response", keep)
    found = [problem for answer in answers for problem in wrong_with(answer)]
    if len(answers) != charts:
        found.append(f"{len(answers)} of {charts} charts asked for data")
    if boxes := page.locator(ERRORS).count():
        found.append(f"{boxes} error boxes")
    drawn = page.locator("[data-test='chart-container']").count()
    if drawn != charts:
        found.append(f"{drawn} of {charts} charts are on the page")
    if not page.evaluate(DRAWS_CHINESE):
        found.append("no font for Chinese")
    return found


def wrong_with(answer: Response) -> list[str]:
    """What is wrong with the data of one chart."""
    asked = answer.url.partition("?")[2]
    if not answer.ok:
        return [f"{answer.status} for {asked}"]
    return [] if all(result["rowcount"] for result in answer.json()["result"]) else [f"no rows for {asked}"]


if __name__ == "__main__":
    sys.exit(main())
