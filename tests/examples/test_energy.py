"""Wind and solar parks: the examples, and what may befall their files."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.examples import energy_oracle as oracle
from tests.examples.energy_oracle import Reading, Row
from tests.examples.world import World

Get = Callable[[str], dict[str, Any]]
STATS = ("min", "max", "sum", "count", "energy_mwh")
HEADER = "datetime,MW\n"


def pages(get: Get, target: str) -> Iterator[dict[str, Any]]:
    """Everything that a path answers, page after page."""
    while target:
        answer = get(target)
        yield from answer["data"]
        following = [li["href"] for li in answer["links"] if li["rel"] == "next"]
        target = following[0].split("example.org")[1] if following else ""


def of_api(reading: Reading) -> tuple[Any, ...]:
    return (
        reading.park_name,
        reading.energy_type,
        reading.timezone,
        reading.measured_at,
        reading.instant,
        float(reading.megawatts),
    )


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["park_name"],
        row["energy_type"],
        row["timezone"],
        datetime.fromisoformat(row["measured_at"]),
        datetime.fromisoformat(row["instant"]),
        row["megawatts"],
    )


def numbers(row: Row) -> dict[str, Any]:
    """A row of expected statistics with numbers for texts."""
    return {k: float(v) if k in STATS else v for k, v in row.items()}


@pytest.mark.parametrize("name", oracle.RESULTS)
def test_what_is_expected_is_what_the_files_say(name: str) -> None:
    assert oracle.read(name) == oracle.RESULTS[name]()


def test_parks_have_their_zone_and_type_and_a_point_where_known(get: Get) -> None:
    expected = oracle.read("parks.csv")
    columns = ("park_name", "timezone", "energy_type")

    assert get("/parks")["data"] == [{c: row[c] for c in columns} for row in expected]
    points = {
        row["park_name"]: [float(row["longitude"]), float(row["latitude"])]
        for row in expected
        if row["longitude"]
    }
    features = get("/parks?f=geojson")["features"]
    assert {
        f["properties"]["park_name"]: f["geometry"]["coordinates"]
        for f in features
        if f["geometry"]
    } == points
    assert len(features) == len(expected) > len(points)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("energy_types=Wind", ["Bemmel", "Netterden"]),
        ("timezones=Europe/Amsterdam", ["Netterden", "Stadskanaal"]),
        (
            "timezones=Europe/Lisbon&timezones=America/Chicago",
            ["De Wijk", "Lange Akker"],
        ),
        ("timezones=Europe/Amsterdam&energy_types=Solar", ["Stadskanaal"]),
    ],
)
def test_parks_are_filtered(get: Get, query: str, names: list[str]) -> None:
    assert [row["park_name"] for row in get(f"/parks?{query}")["data"]] == names


def test_every_reading_is_answered_once_in_its_order(get: Get) -> None:
    """Over several pages, some of which end between two readings of one time."""
    found = [told(row) for row in pages(get, "/parks/energy_readings?limit=311")]

    assert found == [of_api(reading) for reading in oracle.readings()]


def test_both_readings_of_a_repeated_local_time_have_their_instant(get: Get) -> None:
    rows = oracle.read("repeated_local_times.csv")
    times = {(row["park_name"], row["measured_at"]) for row in rows}

    found = [
        row
        for row in pages(get, "/parks/energy_readings")
        if (row["park_name"], row["measured_at"]) in times
    ]

    assert [
        (
            row["park_name"],
            row["measured_at"],
            datetime.fromisoformat(row["instant"]),
            row["megawatts"],
        )
        for row in found
    ] == [
        (
            row["park_name"],
            row["measured_at"],
            datetime.fromisoformat(row["instant"]),
            float(row["megawatts"]),
        )
        for row in rows
    ]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        (
            "start_date=2020-10-24&end_date=2020-10-25",
            lambda r: datetime(2020, 10, 24) <= r.measured_at < datetime(2020, 10, 26),
        ),
        ("start_date=2020-10-28", lambda r: r.measured_at >= datetime(2020, 10, 28)),
        ("end_date=2020-03-28", lambda r: r.measured_at < datetime(2020, 3, 29)),
        (
            "park_names=Lange+Akker&park_names=Bemmel&end_date=2020-04-04",
            lambda r: r.park_name == "Bemmel" and r.measured_at.day == 4,
        ),
        (
            "energy_types=Solar&timezones=America/Chicago",
            lambda r: r.park_name == "Lange Akker",
        ),
    ],
)
def test_readings_are_filtered_by_local_dates_both_included(
    get: Get, query: str, holds: Callable[[Reading], bool]
) -> None:
    expected = [of_api(r) for r in oracle.readings() if holds(r)]

    found = pages(get, f"/parks/energy_readings?{query}")

    assert [told(row) for row in found] == expected
    assert 90 < len(expected) < 600


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/stats/parks", "stats_parks.csv"),
        ("/stats/energy_types", "stats_energy_types.csv"),
    ],
)
def test_statistics_by_local_date(get: Get, path: str, name: str) -> None:
    assert get(path)["data"] == [numbers(row) for row in oracle.read(name)]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("park_names=Netterden&park_names=Bemmel", lambda r: r.energy_type == "Wind"),
        ("timezones=Europe/Amsterdam", lambda r: r.timezone == "Europe/Amsterdam"),
        ("energy_types=Solar", lambda r: r.energy_type == "Solar"),
        (
            "start_date=2020-10-25&end_date=2020-10-27",
            lambda r: datetime(2020, 10, 25) <= r.measured_at < datetime(2020, 10, 28),
        ),
    ],
)
@pytest.mark.parametrize(
    ("path", "of"),
    [("/stats/parks", "park_name"), ("/stats/energy_types", "energy_type")],
)
def test_filters_act_inside_the_statistics(
    get: Get, path: str, of: str, query: str, holds: Callable[[Reading], bool]
) -> None:
    expected = oracle.stats(of, filter(holds, oracle.readings()))

    assert get(f"{path}?{query}")["data"] == [numbers(row) for row in expected]


def test_rejects_are_told(loaded: World) -> None:
    assert loaded.rejects("energy_readings") == [
        ("Netterden.csv", 41, 42, "megawatts", "type"),
        ("Netterden.csv", 201, 202, "megawatts", "required"),
        ("Netterden.csv", 301, 302, "measured_at", "type"),
    ]
    assert loaded.rejects("parks") == []


DAYS = """
select date::text, readings::int, megawatts_sum::text, energy_type
from marts.energy_by_park order by 1
"""
READINGS = """
select to_char(measured_at, 'DD HH24:MI'), occurrence::int, megawatts::text
from marts.energy_readings order by 1, 2
"""


def test_a_file_that_comes_again_replaces_its_readings(own_world: World) -> None:
    old = f"{HEADER}2020-03-01 00:00:00,1.5\n2020-03-02 00:00:00,2\n"
    own_world.drop("energy/readings/Bemmel.csv", old)
    own_world.drop("energy/readings/Bemmel.csv", f"{HEADER}2020-03-01 00:00:00,4\n")

    assert own_world.ask(DAYS) == [("2020-03-01", 1, "4", None)]
    assert own_world.ask(READINGS) == [("01 00:00", 1, "4")]


def test_files_of_one_park_add_up_and_the_newest_says_what_both_hold(
    own_world: World,
) -> None:
    """Also within a date, and for the readings of a repeated local time."""
    own_world.drop(
        "a/energy/readings/Bemmel.csv",
        f"{HEADER}2020-10-24 00:00:00,0.1\n2020-10-25 01:45:00,0.2\n"
        "2020-10-25 02:00:00,5\n2020-10-25 02:00:00,6\n",
    )
    own_world.drop(
        "b/energy/readings/Bemmel.csv",
        f"{HEADER}2020-10-25 02:00:00,0.4\n2020-10-25 02:00:00,0.7\n"
        "2020-10-25 02:15:00,-0.01\n2020-10-26 00:00:00,3\n",
    )

    assert own_world.ask(READINGS) == [
        ("24 00:00", 1, "0.1"),
        ("25 01:45", 1, "0.2"),
        ("25 02:00", 1, "0.4"),
        ("25 02:00", 2, "0.7"),
        ("25 02:15", 1, "-0.01"),
        ("26 00:00", 1, "3"),
    ]
    assert own_world.ask(DAYS) == [
        ("2020-10-24", 1, "0.1", None),
        ("2020-10-25", 4, "1.29", None),
        ("2020-10-26", 1, "3", None),
    ]


def test_what_is_told_of_a_park_later_shows_everywhere(own_world: World) -> None:
    """Its readings wait without a type, and have the newest one ever after."""
    header = "park_name,timezone,energy_type\n"
    types = """
    select energy_type, timezone, instant at time zone 'UTC'
    from marts.energy_readings
    """
    by_type = "select energy_type, megawatts_sum::int from marts.energy_by_type"
    own_world.drop("energy/readings/Bemmel.csv", f"{HEADER}2020-03-01 00:00:00,1\n")
    assert own_world.ask(types) == [(None, None, None)]
    assert own_world.ask(by_type) == [(None, 1)]

    own_world.drop("energy/park_info.csv", f"{header}Bemmel,Europe/Amsterdam,Wind\n")
    midnight = datetime(2020, 2, 29, 23)
    assert own_world.ask(types) == [("Wind", "Europe/Amsterdam", midnight)]
    assert own_world.ask(by_type) == [("Wind", 1)]

    own_world.drop("new/park_info.csv", f"{header}Bemmel,Asia/Tokyo,Solar\n")
    midnight = datetime(2020, 2, 29, 15)
    assert own_world.ask(types) == [("Solar", "Asia/Tokyo", midnight)]
    assert own_world.ask(by_type) == [("Solar", 1)]


def test_a_page_of_readings_is_read_along_an_index(loaded: World) -> None:
    """Whatever the size of the history: nothing is sorted, where Postgres can."""
    with loaded.admin() as db:
        db.execute("set enable_sort = off")
        db.execute("set enable_seqscan = off")
        plan = db.execute(
            """
            explain select instant from marts.energy_readings
            where (park_name, measured_at, occurrence) > ('B', '2020-01-01', 1)
            order by park_name, measured_at, occurrence limit 100
            """
        ).fetchall()

    text = "\n".join(line for (line,) in plan)
    assert "Sort" not in text
    assert "Index Cond: (ROW(park_name, measured_at, occurrence) >" in text
