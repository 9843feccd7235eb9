"""The page of the data checks, in a browser, after a run over the examples."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import grave_issues
from tests.running import Running

pytestmark = pytest.mark.browser

# Eleven days' files like the shipped one, and a twelfth of half the rows.
MORE_LOADS = """
insert into ops.load (
    feed, bucket, key, version, status, rows_read, rows_loaded, finished_at
)
select feed, bucket, 'incoming/observations/day-' || n || '.csv', n, 'loaded',
    size, size, now() - make_interval(days => 13 - n)
from ops.load
cross join generate_series(1, 12) as n
cross join lateral (select case when n = 12 then 500 else 1000 + n end) as s (size)
where feed = 'observations' and key like '%sensors%'
"""


@pytest.fixture(scope="module", autouse=True)
def _checked(system: Running, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One run of all checks, as the schedule makes it."""
    with psycopg.connect(system.admin) as db:
        db.execute(MORE_LOADS.encode())
    done = subprocess.run(
        [sys.executable, "-m", "catchment.cli", "check", "--no-alert"],
        cwd=system.root,
        env={
            **os.environ,
            **system.words,
            "DBT_TARGET_PATH": str(tmp_path_factory.mktemp("target")),
        },
        capture_output=True,
        text=True,
    )
    assert "12 new" in done.stdout, done.stdout + done.stderr


@pytest.fixture
def quality(open_page: Callable[..., Page], admin_key: str) -> Callable[..., Page]:
    def opened(path: str = "", **words: object) -> Page:
        # A browser tells the console of each answer that asks for a key.
        key = {"extra_http_headers": {"x-api-key": admin_key}}
        return open_page(f"/ops/quality{path}", **key, **words)

    return opened


def test_from_the_list_to_the_rows_that_fail_and_their_file(
    quality: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = quality()
    expect(page.get_by_text(re.compile("checks, .* warn or fail"))).to_be_visible()
    expect(page.get_by_label("Status")).to_have_value("wrong")
    keep(page, "list")
    assert grave_issues(page) == []

    page.get_by_label("Words").fill("humidity")
    page.get_by_role("link", name="8 rows of column value out of 0..100").click()

    failing = page.get_by_role("region", name="Rows that fail")
    expect(failing).to_contain_text("incoming/observations/sensors-2026-03.csv")
    expect(failing.get_by_role("link").first).to_have_attribute(
        "href", re.compile(r"/ops#load=\d+$")
    )
    keep(page, "check")
    assert grave_issues(page) == []

    page.go_back()
    expect(page.get_by_label("Words")).to_have_value("humidity")


def test_the_history_of_a_feed_shows_what_is_unusual(
    quality: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    page = quality("#feed=observations")

    chart = page.get_by_role("img", name=re.compile(r"Rows of each load of .*day-#"))
    expect(chart).to_have_accessible_name(re.compile("1 outside of what was usual"))
    figure = page.get_by_role("figure").filter(has=chart)
    figure.get_by_text("Numbers").press("Enter")
    expect(figure.get_by_role("row").nth(1)).to_contain_text("500805 to 1,207")
    keep(page, "feed")
    assert grave_issues(page) == []


def test_it_can_be_read_on_a_phone_and_at_night(
    quality: Callable[..., Page], keep: Callable[..., Path]
) -> None:
    small = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    page = quality(**small)
    expect(page.get_by_role("row").first).to_be_visible()
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    keep(page, "phone")
    assert grave_issues(page) == []
