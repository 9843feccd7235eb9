"""The map at `/`, in a browser: what is chosen is what is shown, asked for and kept."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from catchment.local import api_keys
from catchment.local.api_keys import Wish
from catchment.local.process import free_port
from tests.browser.conftest import grave_issues
from tests.conftest import Platform
from tests.running import Running

pytestmark = pytest.mark.browser

STATES = "/#dataset=earthquakes_by_state"
PHONE = {"width": 390, "height": 844}
EARTHQUAKES = """
select state_fips, state_name, sum(n)::bigint,
    sum(magnitude_sum) / sum(magnitude_n)
from marts.earthquakes_by_state
where category = 'earthquake'
group by state_fips, state_name
order by state_fips
"""


def drawn(page: Page) -> None:
    """Wait until the map shows what is chosen, and its ground."""
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false", timeout=30_000)
    page.wait_for_load_state("networkidle")


def answers(page: Page, act: Callable[[], object]) -> str:
    """The address of the rows that an act asks for."""
    with page.expect_response(
        # The outlines below are asked for as well, in the background.
        lambda one: "f=geojson" in one.url and "/states/" not in one.url
    ) as response:
        act()
    drawn(page)
    return response.value.url


def test_the_first_collection_with_places_is_shown(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page("/")
    drawn(page)
    expect(page.locator("#dataset option:checked")).to_have_text(
        "Earthquakes by hexagon"
    )
    assert page.locator("#classes li").count() > 3
    expect(page.locator("#count")).to_have_text("205 rows")
    keep(page)


def test_another_measure_has_other_colours(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page(STATES)
    drawn(page)
    before = page.locator("#map").screenshot()
    classes = page.locator("#classes").inner_text()

    page.get_by_label("Colour by").select_option("avg")
    expect(page.locator("#classes")).not_to_have_text(classes)
    # A frame of the map comes after its legend.
    page.wait_for_timeout(500)
    assert page.locator("#map").screenshot() != before
    expect(page.locator("#legend-of")).to_have_text("avg")
    expect(page.locator("#legend-means")).not_to_be_empty()
    keep(page)


def test_what_is_filtered_and_downloaded_is_what_sql_says(
    open_page: Callable[..., Page], system: Running
) -> None:
    page = open_page(STATES, accept_downloads=True)
    drawn(page)
    page.get_by_label("Filters", exact=True).select_option("category")
    asked = answers(page, page.get_by_label("earthquake", exact=True).check)
    assert asked.partition("?")[2] == "category=earthquake&f=geojson&limit=10000"

    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    with download.value.path().open(newline="") as lines:
        got = [
            (row["state_fips"], row["state_name"], int(row["n"]), float(row["avg"]))
            for row in csv.DictReader(lines)
        ]
    with psycopg.connect(system.admin) as connection:
        wanted = connection.execute(EARTHQUAKES).fetchall()
    assert [row[:3] for row in got] == [row[:3] for row in wanted]
    assert [row[3] for row in got] == pytest.approx([float(row[3]) for row in wanted])
    expect(page.locator("#count")).to_have_text(f"{len(wanted)} rows")


def test_a_day_is_chosen_and_its_link_opens_it_again(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(STATES)
    drawn(page)
    asked = answers(page, lambda: page.get_by_label("Time").select_option("day"))
    assert "datetime=2018-02-07/2018-02-07" in asked.replace("%2F", "/")
    slider = page.get_by_role("slider", name="Which days")
    asked = answers(page, lambda: slider.press("ArrowLeft"))
    assert "datetime=2018-02-06/2018-02-06" in asked.replace("%2F", "/")
    expect(page.locator("#curl")).to_contain_text("datetime=2018-02-06/2018-02-06&")

    again = open_page(page.url.removeprefix(page.url.partition("/#")[0]))
    drawn(again)
    expect(again.locator("#days")).to_have_text("Feb 6, 2018")
    assert again.locator("tbody tr").count() == page.locator("tbody tr").count()

    page.go_back()
    expect(page.locator("#days")).to_have_text("Feb 7, 2018")


def test_time_is_played(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{STATES}&step=day&from=2018-02-01")
    drawn(page)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#days")).to_have_text("Feb 3, 2018", timeout=10_000)
    page.get_by_role("button", name="Pause").click()


def test_a_row_is_found_on_the_map_by_keys_alone(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page(STATES)
    drawn(page)
    page.get_by_role("button", name="Alaska").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#said")).to_have_text("Arizona: n 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Arizona")).to_be_visible()
    expect(page.locator("tr[data-pinned]")).to_contain_text("Arizona")
    assert page.url.endswith("item=04,Arizona")
    keep(page)
    page.get_by_role("button", name="Close").press("Enter")
    expect(page.locator("#pinned")).to_be_hidden()


def test_what_is_under_the_pointer_is_told_and_pinned(
    open_page: Callable[..., Page],
) -> None:
    # Nevada is in the middle.
    page = open_page(f"{STATES}&camera=5/39/-117")
    drawn(page)
    box = page.locator("#map").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    expect(page.locator("#tip strong")).to_have_text("Nevada")
    page.mouse.click(*middle)
    expect(page.locator("#pinned-name")).to_have_text("Nevada")
    expect(page.locator("tr[data-pinned]")).to_contain_text("Nevada")


def test_areas_that_would_hide_each_other_are_shown_one_year_at_a_time(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/#dataset=enrollment_by_state")
    drawn(page)
    expect(page.get_by_label("year from")).to_have_value("2018")
    expect(page.locator("#measure")).to_have_value("enrollment")
    expect(page.locator("#count")).to_have_text("4 rows")


def test_groups_without_areas_are_shown_at_their_centre(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(STATES)
    drawn(page)
    asked = answers(
        page, lambda: page.get_by_label("Group by").select_option("category")
    )
    assert "/aggregated-data?dataset=earthquakes_by_state&group_by=category&" in asked
    assert page.locator("tbody tr").count() == 3


def test_what_does_not_fit_into_one_answer_comes_as_tiles(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page("/docs")

    def smaller(route: Route) -> None:
        text = route.fetch().text()
        assert "PAGE = 10000;" in text
        route.fulfill(
            body=text.replace("PAGE = 10000;", "PAGE = 100;"),
            content_type="text/javascript",
        )

    page.route("**/request.js", smaller)
    tiles: list[str] = []
    page.on(
        "response", lambda one: tiles.append(one.url) if "Quad/" in one.url else None
    )
    page.goto("/#dataset=lead&measure=capacity&where.state=NV,TX,OK")
    drawn(page)
    assert tiles
    assert all("state=NV,TX,OK" in url for url in tiles)
    expect(page.locator("#count")).to_have_text("the first 100 rows of 151")
    # Classes are made of all rows, not of those in the table.
    counts = page.locator(".many").all_inner_texts()
    assert sum(map(int, counts)) == 151
    keep(page)


def test_what_has_no_place_is_a_table(open_page: Callable[..., Page]) -> None:
    page = open_page("/#dataset=hires_by_quarter")
    drawn(page)
    expect(page.locator("#count")).to_have_text("175 rows, without a place")
    expect(page.locator(".picture")).to_be_hidden()
    page.get_by_role("button", name="q1").click()
    values = page.locator("tbody tr td:nth-of-type(3)").all_inner_texts()
    assert values == sorted(values, key=int, reverse=True)


def test_nothing_found_is_said_so(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{STATES}&where.category=none")
    expect(page.locator("#message")).to_contain_text("Nothing matches")
    expect(page.locator("#count")).to_have_text("0 rows")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [f"{STATES}&where.category=earthquake", "/#dataset=lead"]
)
def test_nothing_keeps_anybody_from_using_it(
    open_page: Callable[..., Page], keep: Callable[..., Path], path: str, scheme: str
) -> None:
    page = open_page(path, color_scheme=scheme)
    drawn(page)
    for summary in page.locator("summary").all():
        summary.click()
    page.locator("tbody button").first.click()
    assert grave_issues(page) == []
    keep(page)


def test_it_is_used_on_a_phone(
    open_page: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = open_page(STATES, viewport=PHONE, has_touch=True, is_mobile=True)
    drawn(page)
    keep(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    page.get_by_label("Colour by").select_option("max")
    expect(page.locator("#legend-of")).to_have_text("max")
    assert grave_issues(page) == []


@pytest.fixture
def closed(system: Running) -> Iterator[str]:
    """The address of an API of the same data that wants a key."""
    port = free_port(0)
    password = system.words["CATCHMENT_API_PASSWORD"]
    environment = {
        **os.environ,
        "API_ACCESS": "key",
        "DATABASE_URL": Platform(system.admin, password).api,
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }
    catchment = str(Path(sys.executable).parent / "catchment")
    command = [catchment, "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            awaited(f"{url}/health")
            yield url
        finally:
            process.terminate()


def awaited(url: str) -> None:
    for _ in range(300):
        with suppress(URLError), urlopen(url):
            return
        time.sleep(0.1)
    raise TimeoutError(url)


def test_a_closed_api_asks_for_a_key_once(
    chromium: Browser, closed: str, system: Running
) -> None:
    key, _ = api_keys.create(system.admin, Wish("a map"))
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{closed}{STATES}")
    page.get_by_role("textbox", name="This is read").fill(str(key))
    page.get_by_role("button", name="Read").click()
    drawn(page)
    expect(page.locator("#count")).to_have_text("19 rows")
    expect(page.locator("#curl")).to_contain_text('-H "x-api-key: $KEY"')
    assert str(key) not in page.content()
    assert not any(str(key) in url for url in asked)
    context.close()
