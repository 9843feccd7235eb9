"""Local times: the instant that each occurrence of one is, in any zone.

Held against Python's zoneinfo, which tells the two by `fold` (PEP 495).
"""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import psycopg
import pytest
import yaml

from tests.conftest import ROOT, Platform
from tests.warehouse.dbt_process import dbt

MACROS: Any = jinja2.Environment().from_string(
    "".join(
        (ROOT / "warehouse/macros/time" / f"{name}.sql").read_text()
        for name in ("zone_by_name", "instant_of")
    )
)
INSTANT_OF = MACROS.module.instant_of("local", "zone", "occurrence")
STEP = timedelta(minutes=15)
# A clock goes back an hour here, half an hour there, two hours in Troll; at
# midnight, in summer, in winter for a month of fasting, or never.
ZONES = [
    "Europe/Amsterdam",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Caracas",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
    # Names of zones that Postgres takes for abbreviations.
    "CET",
    "EET",
    "MET",
    "WET",
]


@pytest.fixture
def db(migrated: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(migrated.owner) as connection:
        yield connection


def local_times(zone: ZoneInfo) -> Iterator[datetime]:
    """Every quarter of an hour of two days around each change of the clock."""
    hour = datetime(2007, 1, 1, tzinfo=UTC)
    while hour.year < 2020:
        then, now = (at.astimezone(zone) for at in (hour, hour + timedelta(hours=1)))
        if then.utcoffset() != now.utcoffset():
            start = now.replace(tzinfo=None, minute=0) - timedelta(days=1)
            yield from (start + n * STEP for n in range(2 * 96))
        hour += timedelta(hours=1)
    yield datetime(2019, 7, 1, 12)


def instants(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What the first and the second occurrence of a local time are.

    They differ only where the clock went back; one that it leapt over is read
    by the offset before.
    """
    first, second = (
        local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    return (first, second) if first < second else (first, first)


@pytest.mark.parametrize("name", ZONES)
def test_each_occurrence_of_a_local_time_has_its_instant(
    db: psycopg.Connection[Any], name: str
) -> None:
    zone = ZoneInfo(name)
    asked = sorted({*local_times(zone)})

    found = db.execute(
        f"""
        select local, occurrence, {INSTANT_OF}
        from unnest(%s::timestamp[]) as local
        cross join (values (1), (2), (3)) as times (occurrence)
        cross join (values (%s)) as zones (zone)
        order by local, occurrence
        """,
        [asked, name],
    ).fetchall()

    expected = []
    for local in asked:
        first, second = instants(local, zone)
        expected += [(local, 1, first), (local, 2, second), (local, 3, second)]
    assert found == expected


def test_the_zones_have_what_they_are_tested_for() -> None:
    """Without repeated local times the test above would test nothing."""
    names = ("Europe/Amsterdam", "Australia/Lord_Howe", "UTC")
    zones = {name: ZoneInfo(name) for name in names}
    repeated = {
        name: sum(len({*instants(t, zone)}) == 2 for t in {*local_times(zone)})
        for name, zone in zones.items()
    }
    # Thirteen autumns, of four and of two quarters of an hour.
    assert repeated["Europe/Amsterdam"] == 13 * 4
    assert repeated["Australia/Lord_Howe"] == 13 * 2
    assert repeated["UTC"] == 0


def test_without_a_zone_there_is_no_instant(db: psycopg.Connection[Any]) -> None:
    found = db.execute(
        f"""
        select {INSTANT_OF}
        from (values (timestamp '2020-10-25 02:00', null::text, 1))
            as row (local, zone, occurrence)
        """
    ).fetchall()
    assert found == [(None,)]


TIMES = """
create table staging.times as
select * from (values
    ('a', timestamp '2020-07-01 12:00', 1, 'Europe/Amsterdam'),
    ('b', timestamp '2020-10-25 02:00', 1, 'Europe/Amsterdam'),
    ('b', timestamp '2020-10-25 02:00', 2, 'Europe/Amsterdam'),
    ('c', timestamp '2020-03-29 02:30', 1, 'Europe/Amsterdam'),
    ('d', timestamp '2020-07-01 12:00', 2, 'Europe/Amsterdam'),
    ('e', timestamp '2020-03-29 02:30', 2, null)
) as row (park_name, measured_at, occurrence, timezone)
"""
GOOD, LEAPT_OVER, AGAIN = "'a', 'b', 'e'", "'c'", "'d'"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has nothing but the generic test, on three sorts of rows."""
    parts = ("macros/checks", "macros/time", "macros/quoted.sql", "profiles.yml")
    for part in (*parts, "tests/generic/local_times_fit_their_zone.sql"):
        source, copy = ROOT / "warehouse" / part, tmp_path / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy)
    arguments = {"local": "measured_at", "zone": "timezone", "occurrence": "occurrence"}
    tests = [
        {
            "local_times_fit_their_zone": {
                "name": name,
                "arguments": {**arguments, "key": "park_name"},
                "config": {"where": f"park_name in ({parks})"},
            }
        }
        for name, parks in (("good", GOOD), ("leapt", LEAPT_OVER), ("again", AGAIN))
    ]
    table = {"name": "times", "data_tests": tests}
    sources = [{"name": "checked", "schema": "staging", "tables": [table]}]
    (tmp_path / "models").mkdir()
    (tmp_path / "models/sources.yml").write_text(yaml.safe_dump({"sources": sources}))
    words = {
        "name": "checked",
        "version": "1.0.0",
        "profile": "catchment",
        "flags": {"send_anonymous_usage_stats": False},
    }
    (tmp_path / "dbt_project.yml").write_text(yaml.safe_dump(words))
    return tmp_path


def test_a_check_finds_local_times_that_no_clock_showed(
    bare_platform: Platform, project: Path
) -> None:
    with psycopg.connect(bare_platform.owner) as db:
        db.execute(TIMES.encode())

    dbt(bare_platform, "test", project=project)

    (target,) = project.glob("target/*/run_results.json")
    found = {
        result["unique_id"].split(".")[2]: result
        for result in json.loads(target.read_text())["results"]
    }
    assert found["good"]["status"] == "pass"
    with psycopg.connect(bare_platform.owner) as db:
        problems = {
            name: [row[-1] for row in db.execute(result["compiled_code"]).fetchall()]
            for name, result in found.items()
        }
    assert problems == {
        "good": [],
        "leapt": ["2020-03-29 02:30:00 does not exist in Europe/Amsterdam"],
        "again": [
            "2020-07-01 12:00:00 comes again, and the clock of Europe/Amsterdam "
            "did not go back"
        ],
    }
