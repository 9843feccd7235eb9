"""Pages in a real Chromium, before a system that runs and holds the examples.

A test fails for whatever a page writes to the console as an error, and for each
request to another host. Screenshots are kept in `dist/screenshots`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from catchment.local import api_keys
from catchment.local.api_keys import Wish
from tests.conftest import ROOT, Platform
from tests.running import Running, running

SCREENSHOTS = ROOT / "dist" / "screenshots"
# A machine of tests has no graphics card: WebGL is drawn by the processor. Root has
# no sandbox to put Chromium into.
ARGUMENTS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox")
# What axe calls serious or worse (https://github.com/dequelabs/axe-core).
GRAVE = ("serious", "critical")


@pytest.fixture(scope="session")
def system(
    server_url: str, built: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("browser") / "project"
    with running(server_url, built, root) as system:
        yield system


@pytest.fixture(scope="session")
def admin_key(system: Running) -> str:
    """A key with both scopes."""
    key, _ = api_keys.create(system.admin, Wish("a browser", ("read", "admin")))
    return str(key)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        yield browser
        browser.close()


@pytest.fixture
def open_page(system: Running, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of its own context; the words are those of a context."""
    wrong: list[str] = []
    contexts = []

    def watched(url: str) -> None:
        parts = urlsplit(url)
        if parts.netloc and parts.netloc != urlsplit(system.url).netloc:
            wrong.append(f"asked {url}")

    def opened(path: str = "/", **words: object) -> Page:
        words = {"viewport": {"width": 1280, "height": 800}, **words}
        context = chromium.new_context(base_url=system.url, **words)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: watched(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda told: wrong.append(told.text) if told.type == "error" else None,
        )
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Keeps a screenshot of a page under the test's name."""

    def kept(page: Page, name: str = "") -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        parts = [request.node.name.removeprefix("test_"), name]
        path = SCREENSHOTS / f"{'-'.join(filter(None, parts))}.png"
        page.screenshot(path=path)
        return path

    return kept


def grave_issues(page: Page) -> list[str]:
    """What axe finds wrong with a page that keeps somebody from using it."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
