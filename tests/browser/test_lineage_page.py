"""The lineage site, as a person follows a column through it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catchment.local import state
from catchment.local.lineage import site
from tests.browser.conftest import grave_issues
from tests.running import Running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def lineage(system: Running) -> None:
    words = {**system.words, "DBT_TARGET_PATH": str(system.root / "target")}
    site.build(system.root, words, system.root / state.LINEAGE)


def test_a_column_is_found_and_followed(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page("/lineage")
    keep(page, "whole")
    page.keyboard.press("/")
    page.keyboard.type("energy_by_park max")
    expect(page.get_by_role("option").first).to_contain_text(
        "energy_by_park.megawatts_max"
    )
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("#marts.energy_by_park.megawatts_max$"))
    graph = page.locator(".graph")
    for name in ("MW", "megawatts", "max"):
        expect(graph.locator(".column", has_text=name).first).to_be_visible()
    expect(graph.locator(".column.self")).to_have_text("megawatts_max")
    assert graph.locator("path").count() > 6
    expect(page.locator(".way")).to_contain_text("max(readings.megawatts)")
    assert grave_issues(page) == []
    keep(page, "column")


def test_another_page_can_name_a_column(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    """By the model's name alone; from there each column of the way is a link."""
    page = open_page("/lineage/#energy_by_park.energy_mwh", color_scheme="dark")
    page.locator(".column", has_text="MW").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("energy_readings.MW")
    expect(page.locator(".card", has_text="/stats/parks")).to_be_visible()
    assert grave_issues(page) == []
    keep(page)


def test_an_endpoint_on_a_telephone(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page("/lineage/#/stats/parks", viewport={"width": 390, "height": 844})
    expect(page.get_by_role("heading", level=1)).to_have_text("/stats/parks")
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    keep(page)


def test_dbts_own_docs_show_the_endpoints(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page("/lineage/dbt/#!/exposure/exposure.catchment.api_leads_by_state")
    expect(page.locator("body")).to_contain_text("Leads by state", ignore_case=True)
    keep(page)


def test_the_pages_of_the_api_lead_there(open_page: Callable[..., Page]) -> None:
    page = open_page("/docs")
    page.get_by_role("link", name="Lineage").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("From files to endpoints")
