"""Pre-K enrollment: from the service's pages to the states with most children."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api import container
from catchment.database import Database
from catchment.local import recorded
from loader.extract import handler as extract
from loader.extract.store import Store
from loader.extract.year import PageWritten, Result
from tests.conftest import Platform, copy_of, drop_database
from tests.examples import make_enrollment
from tests.examples.conftest import answer_of, new_world
from tests.examples.world import EXAMPLES, World, example_files, expected
from tests.loader.conftest import aws  # noqa: F401 (a fixture)

FEED = "enrollment"
# As published: children in Pre-K in 2021, by state.
TOP_TEN = [
    ("48", "Texas", 245135),
    ("17", "Illinois", 71078),
    ("12", "Florida", 58900),
    ("36", "New York", 56452),
    ("55", "Wisconsin", 51159),
    ("13", "Georgia", 46841),
    ("34", "New Jersey", 43884),
    ("39", "Ohio", 39632),
    ("40", "Oklahoma", 37733),
    ("51", "Virginia", 30979),
]
Get = Callable[[str], dict[str, Any]]


def extract_into(world: World, again: bool = False) -> list[Result]:
    """Extract what is recorded, as `catchment extract` does, and load it."""
    written: list[str] = []

    def hear(told: Result | PageWritten) -> None:
        if isinstance(told, PageWritten):
            written.append(told.written.key)

    database = Database(world.platform.loader)
    catalog = database.catalog()
    database.close()
    feed = catalog.feeds[FEED]
    with recorded.serving(EXAMPLES, [feed]) as url:
        years = recorded.years_of(EXAMPLES, feed)
        request = extract.Request(FEED, years, url, again)
        store = Store(world.bucket.client, world.bucket.name)
        results = extract.run(catalog, store, request, tell=hear)
    for key in written:
        world.drop(key.removeprefix("incoming/"), world.bucket.read(key))
    return results


@pytest.fixture(scope="module")
def world(
    server_url: str,
    built: Platform,
    aws: dict[str, str],  # noqa: F811
) -> Iterator[World]:
    """The example files of the feed, and the recorded years."""
    platform = copy_of(server_url, built)
    world = new_world(platform, aws, "enrollment-examples")
    world.load([file for file in example_files() if f"/{FEED}/" in file.key])
    results = extract_into(world)
    assert {result.status for result in results} == {"complete"}
    yield world
    drop_database(server_url, platform.admin)


@pytest.fixture
def get(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Get]:
    """Ask the API for a path and a query."""
    monkeypatch.setenv("DATABASE_URL", world.platform.api)
    container.database.cache_clear()
    yield answer_of
    container.database().close()
    container.database.cache_clear()


def page(number: int) -> list[dict[str, Any]]:
    """The records of a page of 2021."""
    path = EXAMPLES / FEED / recorded.FOLDER / "2021" / f"page-{number:04}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text())["results"]
    return rows


def by_state(rows: list[dict[str, Any]]) -> list[list[Any]]:
    """The rows of an answer as they are written in expected/."""
    columns = ("state_fips", "enrollment", "schools", "without_number")
    return [[row[column] for column in columns] for row in rows]


def test_the_ten_states_with_most_pre_k_children_in_2021(get: Get) -> None:
    rows = get("/stats/enrollment_by_state?limit=10")["data"]

    found = [(r["state_fips"], r["state_name"], r["enrollment"]) for r in rows]
    assert found == TOP_TEN
    assert {row["year"] for row in rows} == {2021}


def test_who_reads_page_one_alone_gets_it_wrong() -> None:
    first: Counter[str] = Counter()
    for row in page(1):
        if (row["race"], row["sex"]) == (99, 99) and row["enrollment"] > 0:
            first[f"{row['fips']:02}"] += row["enrollment"]

    assert page(1)[-1]["fips"] == page(2)[0]["fips"], "the page breaks within a state"
    assert [fips for fips, _ in first.most_common(10)] != [f for f, _, _ in TOP_TEN]


def test_every_year_by_state_is_as_expected(get: Get) -> None:
    wanted = json.loads(
        expected(f"{FEED}/expected/enrollment_by_state.json").read_text()
    )
    assert len(wanted) == 6

    for year, rows in wanted.items():
        found = get(f"/stats/enrollment_by_state?year={year}&limit=100")["data"]
        assert by_state(found) == rows, year


def test_california_has_no_rows_at_all(get: Get) -> None:
    rows = get("/stats/enrollment_by_state?limit=100&year=")["data"]

    assert "06" not in {row["state_fips"] for row in rows}


def test_a_state_of_which_no_school_gave_a_number_comes_last(get: Get) -> None:
    rows = get("/stats/enrollment_by_state?limit=100")["data"]

    assert by_state(rows)[-1] == ["60", None, 0, 3]


def test_a_state_has_its_boundary_and_one_that_nobody_knows_has_none(get: Get) -> None:
    features = get("/stats/enrollment_by_state?limit=100&f=geojson")["features"]

    shapes = {
        feature["properties"]["state_name"]: feature["geometry"] for feature in features
    }
    assert shapes["Texas"]["type"] == "MultiPolygon"
    assert shapes["FIPS 59"] is None


def test_records_by_year_are_as_expected(get: Get) -> None:
    rows = get("/stats/enrollment_counts")["data"]

    assert rows == json.loads(
        expected(f"{FEED}/expected/enrollment_counts.json").read_text()
    )


def test_rejects_are_as_expected(world: World) -> None:
    with expected(f"{FEED}/expected/rejects.csv").open() as file:
        wanted = [tuple(row.values()) for row in csv.DictReader(file)]

    found = [tuple(str(v or "") for v in row) for row in world.rejects(FEED)]
    assert found == wanted


def test_ids_keep_their_leading_zeros(world: World) -> None:
    found = world.ask(
        "select distinct length(school_id), length(district_id) "
        "from staging.stg_enrollment where state_fips = '01'"
    )
    assert found == [(12, 7)]


def test_a_year_is_compared_with_the_year_before(get: Get) -> None:
    rows = get("/stats/enrollment_changes?year=2021&limit=100")["data"]

    found = {row["state_name"]: row for row in rows}
    texas, montana = found["Texas"], found["Montana"]
    assert (texas["enrollment_before"], texas["enrollment_change"]) == (196560, 48575)
    assert texas["enrollment_change_share"] == round(48575 / 196560, 4)
    assert (montana["enrollment_before"], montana["enrollment"]) == (1330, None)


def warned_of(world: World, built: Platform, test: str) -> list[tuple[Any, ...]]:
    """The rows that a test of severity `warn` fails on, by the SQL that dbt runs."""
    done = built.dbt("compile", "--select", test)
    assert done.returncode == 0, done.stdout
    manifest = json.loads((built.target / "manifest.json").read_text())
    (node,) = (n for n in manifest["nodes"].values() if n["name"] == test)
    assert node["config"]["severity"] == "warn"
    query = next(built.target.rglob(f"compiled/**/{test}.sql")).read_text()
    query = query.replace(f'"{node["database"]}".', "")
    return world.ask(query.replace("%", "%%"))


def test_the_state_that_leaps_from_year_to_year_is_warned_of(
    world: World, built: Platform
) -> None:
    """And no other in any year."""
    found = warned_of(world, built, "enrollment_of_a_state_changes_slowly")

    assert [row[:3] for row in found] == [("72", "Puerto Rico", 2021)]


def test_a_state_that_nobody_knows_is_warned_of(world: World, built: Platform) -> None:
    found = warned_of(world, built, "enrollment_is_of_known_states")

    assert {row[1:3] for row in found} == {("59", "FIPS 59")}


def test_a_second_extract_finds_all_years_complete(world: World) -> None:
    assert {result.status for result in extract_into(world)} == {"present"}


def test_a_record_in_several_files_counts_once_as_the_newest_says(
    own_world: World,
) -> None:
    """A page again under another key, then a CSV; and the CSV taken back."""

    def state() -> tuple[Any, ...]:
        ((children, schools),) = own_world.ask(
            "select sum(enrollment), sum(schools) from marts.enrollment_by_state"
        )
        return children, schools

    rows = [record for record in page(3) if record["fips"] == 48]
    children = sum(row["enrollment"] for row in rows if row["enrollment"] > 0)
    schools = sum(row["enrollment"] > 0 for row in rows)
    school = rows[-1]
    line = {**school, "enrollment": school["enrollment"] + 1}

    own_world.drop(f"{FEED}/2021/page-0003.json", json.dumps({"results": rows}))
    once = state()
    own_world.drop(f"{FEED}/again.json", json.dumps(rows[::-1]))
    twice = state()
    own_world.drop(f"{FEED}/mended.csv", make_enrollment.table([line]))
    mended = state()
    own_world.drop(f"{FEED}/mended.csv", make_enrollment.table([]))

    assert school["enrollment"] > 0
    assert once == twice == (children, schools)
    assert mended == (children + 1, schools)
    assert state() == once


def test_the_example_files_are_what_their_generator_writes() -> None:
    """So that what is expected is counted apart from the models."""
    folder = EXAMPLES / FEED
    found = {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }

    assert found == make_enrollment.files()
    assert sum(len(text) for text in found.values()) < 1_500_000
