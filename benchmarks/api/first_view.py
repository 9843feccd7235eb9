"""How long the map takes to its first picture: in Chromium, of the API's own world.

10,000 polygons and 10,000 cells, the latter grouped of 300,000 rows, each in a browser
that has nothing kept. The clock runs from the navigation to the frame after which the
map has nothing left to draw. WebGL is drawn by the processor.
"""

import argparse
import json
import shutil
import statistics
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, sync_playwright

from benchmarks.api import servers, world
from benchmarks.platform import fresh

# As in the tests: no graphics card, and for root no sandbox.
ARGUMENTS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox")
DRAWN = "performance.getEntriesByName('drawn')[0].startTime"
# Of the world's 250 days, each of 20,000 rows.
DAYS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    options = parser.parse_args()
    with fresh(with_models=False) as platform:
        world.fill(platform.admin)
        with psycopg.connect(platform.admin, autocommit=True) as connection:
            last = f"date '2025-01-01' + {DAYS}"
            connection.execute(f"delete from marts.cells where day >= {last}")
            connection.execute("vacuum full analyze marts.cells")
        with servers.ours(platform) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=[*ARGUMENTS]
            )
            report = {
                name: [first_picture(browser, server.url, name) for _ in range(n + 1)]
                for name, n in (("polygons", options.rounds), ("cells", options.rounds))
            }
            browser.close()
    # The first of them also warms the server.
    for name, milliseconds in report.items():
        kept = milliseconds[1:]
        median = statistics.median(kept)
        print(f"10,000 {name}: median {median:.0f} ms, best {min(kept):.0f}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def first_picture(browser: Browser, url: str, name: str) -> float:
    """Milliseconds to the first picture of a collection."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{url}/#dataset={name}")
    page.wait_for_selector("#map[aria-busy=false]")
    milliseconds = float(page.evaluate(DRAWN))
    context.close()
    return milliseconds


if __name__ == "__main__":
    main()
