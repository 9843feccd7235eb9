"""The operators' page: what became of files, and a load once more."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from catchment.local import storage
from tests.browser.conftest import grave_issues
from tests.running import Running

pytestmark = pytest.mark.browser

# Some of its records lack a value, and the contract (`strict`) wants all of them.
KEY = "incoming/hr/2022/hired_employees_2.csv"
OTHER_KEY = "incoming/observations/undated.csv"
FEED, COLUMN = "hired_employees", "name"
SECTIONS = ("loads", "refreshes", "freshness", "queue")


@pytest.fixture
def open_ops(open_page: Callable[..., Page], admin_key: str) -> Callable[..., Page]:
    """Opens an address of the page, as somebody who has given their key."""

    def opened(address: str = "", **words: object) -> Page:
        page = open_page("/docs", **words)
        page.evaluate(f"sessionStorage.setItem('catchment.secret', '{admin_key}')")
        page.goto(f"/ops{address}")
        expect(page.locator("#shown")).not_to_have_attribute("aria-busy", "true")
        return page

    return opened


@pytest.fixture
def database(system: Running) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(system.admin, autocommit=True) as connection:
        yield connection


@pytest.fixture
def mended(database: psycopg.Connection[Any]) -> Iterator[None]:
    """The catalog of a build whose contract requires nothing; the former one again."""
    newest = "select document from ops.catalog order by published_at desc limit 1"
    ((document,),) = database.execute(newest).fetchall()
    (feed,) = (feed for feed in document["feeds"] if feed["name"] == FEED)
    feed["config"]["meta"]["feed"]["strict"] = False
    database.execute(
        "insert into ops.catalog (hash, document) values ('mended', %s)",
        [json.dumps(document)],
    )
    yield
    database.execute("delete from ops.catalog where hash = 'mended'")


def load_of(database: psycopg.Connection[Any], key: str = KEY) -> tuple[int, int, int]:
    """The load that counts of a file: its number, its rows and its rejects."""
    ((load_id, rows, rejects),) = database.execute(
        "select load_id, rows_loaded, rows_rejected from ops.load "
        "where key = %s and status = 'loaded'",
        [key],
    )
    return load_id, rows, rejects


def replay(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Replay").click()


def test_a_rejected_row_is_seen_and_its_file_replayed_under_a_mended_contract(
    open_ops: Callable[..., Page],
    keep: Callable[..., Path],
    database: psycopg.Connection[Any],
    mended: None,
) -> None:
    load_id, rows, rejects = load_of(database)
    page = open_ops()
    page.get_by_label("Feed").select_option(FEED)
    page.get_by_label("with rejects").check()
    row = page.get_by_role("row").filter(has_text=KEY)
    expect(row).to_contain_text("loaded")
    row.get_by_role("link", name=str(load_id), exact=True).click()

    expect(page.get_by_role("heading", name=f"Load {load_id}")).to_be_visible()
    reasons = page.get_by_role("region", name="Rejects by reason")
    missing = reasons.get_by_role("row").filter(has_text=COLUMN)
    expect(missing).to_contain_text("required")
    records = page.get_by_role("region", name="Rejected records")
    expect(records.get_by_role("row")).to_have_count(rejects + 1)
    (original,) = database.execute(
        "select record from ops.reject where load_id = %s order by row_number limit 1",
        [load_id],
    ).fetchone() or ("",)
    expect(records.locator("code").first).to_have_text(original)
    keep(page, "before")

    replay(page, "Replay the file")
    expect(page.get_by_role("status")).to_contain_text("has taken its place")
    again, more, fewer = load_of(database)
    assert (more, fewer) == (rows + rejects, 0)
    expect(page.get_by_role("heading", name=f"Load {again}")).to_be_visible()
    expect(page.get_by_role("term").filter(has_text="Replaced")).to_be_visible()
    keep(page, "after")

    page.get_by_role("link", name="Loads", exact=True).click()
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text(str(again))
    expect(newest).to_contain_text(KEY)


def test_rejects_that_break_their_contract_still_stay_what_they_are(
    open_ops: Callable[..., Page], database: psycopg.Connection[Any]
) -> None:
    load_id, rows, rejects = load_of(database, OTHER_KEY)
    page = open_ops(f"#load={load_id}")
    replay(page, "Replay the rejects")
    expect(page.get_by_role("status")).to_contain_text(f"0 of {rejects} rejects")
    assert load_of(database, OTHER_KEY) == (load_id, rows, rejects)


def test_who_is_not_sure_changes_nothing(
    open_ops: Callable[..., Page], database: psycopg.Connection[Any]
) -> None:
    before = load_of(database)
    page = open_ops(f"#load={before[0]}")
    page.get_by_role("button", name="Replay the file").click()
    page.keyboard.press("Enter")  # the button that leaves it has the focus
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert load_of(database) == before


def test_a_file_that_comes_is_shown_and_told(
    open_ops: Callable[..., Page], system: Running
) -> None:
    page = open_ops("#loads&status=unmatched")
    s3 = storage.client("s3", system.words)
    s3.put_object(
        Bucket=system.words["CATCHMENT_BUCKET"], Key="incoming/of-no-feed", Body=b"x"
    )
    expect(page.get_by_role("row").filter(has_text="of-no-feed")).to_be_visible(
        timeout=30_000
    )
    expect(page.get_by_role("status")).to_have_text("1 new load")


def test_dead_letters_are_counted(
    open_ops: Callable[..., Page], system: Running
) -> None:
    sqs = storage.client("sqs", system.words)
    url = system.words["CATCHMENT_DEAD_LETTERS_URL"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    page = open_ops("#queue")
    dead = page.locator(".counts > div").filter(has_text="Dead letters")
    expect(dead.locator(".large")).to_have_text("1")
    sqs.purge_queue(QueueUrl=url)


def test_an_address_is_what_is_shown(open_ops: Callable[..., Page]) -> None:
    page = open_ops(f"#loads&feed={FEED}&rejects=true")
    expect(page.get_by_label("Feed")).to_have_value(FEED)
    expect(page.get_by_label("with rejects")).to_be_checked()
    page.get_by_label("Status").select_option("loaded")
    expect(page).to_have_url(re.compile(r"#loads&feed=hired_employees&status=loaded"))
    page.go_back()
    expect(page.get_by_label("Status")).to_have_value("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_using_it(
    open_ops: Callable[..., Page],
    keep: Callable[..., Path],
    database: psycopg.Connection[Any],
    scheme: str,
) -> None:
    page = open_ops(color_scheme=scheme)
    for section in (*SECTIONS, f"load={load_of(database)[0]}"):
        page.goto(f"/ops#{section}")
        expect(page.locator("#shown table, #shown .counts").first).to_be_visible()
        expect(page.locator("#shown")).not_to_have_attribute("aria-busy", "true")
        assert grave_issues(page) == [], section
        keep(page, section.partition("=")[0])


def test_on_a_phone_nothing_is_wider_than_the_page(
    open_ops: Callable[..., Page],
    keep: Callable[..., Path],
    database: psycopg.Connection[Any],
) -> None:
    page = open_ops(viewport={"width": 390, "height": 844})
    for section in (*SECTIONS, f"load={load_of(database)[0]}"):
        page.goto(f"/ops#{section}")
        expect(page.locator("#shown table, #shown .counts").first).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, section
        keep(page, section.partition("=")[0])
