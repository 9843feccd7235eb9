"""The API on a loopback port, under its own role, over a small world: for clients
that are not ours."""

import copy
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest

from tests.conftest import ROOT, drop_database, new_database

# The world of tests/api, whose modules are of no package.
sys.path.append(str(ROOT / "tests" / "api"))

from api_world import DOCUMENT, SCHEMA, fill, publish
from rows_world import model

SERVE = (
    "from api.handler import handler; from catchment.local import web; "
    "web.serve('127.0.0.1', 0, handler)"
)
# Enough for several pages, keyed by one number, of which GDAL makes its FIDs.
STATIONS = 2_345
STATION = model(
    "stations",
    {
        "id": "integer",
        "name": "text",
        "kind": "text",
        "height": "double precision",
        "opened": "date",
        "seen_at": "timestamp with time zone",
        "geom": "geometry(Point,4326)",
    },
    {
        "title": "Stations",
        "key": ["id"],
        "columns": ["id", "name", "kind", "height", "opened", "seen_at"],
        "dimensions": ["kind", "name", "height", "opened"],
        "time": "seen_at",
        "geometry": {"column": "geom"},
    },
)
MAKE_STATIONS = f"""
create table marts.stations as
select
    i as id,
    'Station Ä ' || i as name,
    case i % 3 when 0 then 'wind' when 1 then 'sun' end as kind,
    case when i % 7 > 0 then i / 8.0::double precision end as height,
    date '2020-01-01' + i as opened,
    timestamptz '2024-01-01 00:00+00' + i * interval '1 hour' as seen_at,
    st_point(-180 + i * 0.15, -80 + (i * 37 % 1600) * 0.1, 4326) as geom
from generate_series(1, {STATIONS}) as i;
create unique index on marts.stations (id);
"""


@dataclass(frozen=True)
class Api:
    """An API that runs, and an administrator's connection to its database."""

    url: str
    admin: psycopg.Connection[Any]

    def collection(self, name: str) -> str:
        return f"{self.url}/collections/{name}"

    def one(self, statement: str) -> Any:
        row = self.admin.execute(statement).fetchone()
        return row[0] if row and len(row) == 1 else row


@pytest.fixture(scope="session")
def database(server_url: str) -> Iterator[str]:
    url = new_database(server_url)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("create extension postgis")
        admin.execute(SCHEMA)
        document = copy.deepcopy(DOCUMENT)
        document["models"].append(STATION)
        publish(admin, document, "hash-1")
        fill(admin)
        admin.execute(MAKE_STATIONS)
    yield url
    drop_database(server_url, url)


@pytest.fixture(scope="session")
def api(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    log = tmp_path_factory.mktemp("clients") / "api.log"
    with (
        serving(database, log) as url,
        psycopg.connect(database, autocommit=True) as admin,
    ):
        yield Api(url, admin)


@contextmanager
def serving(database: str, log: Path, **settings: str) -> Iterator[str]:
    """The address of an API in a process of its own, which reads this database."""
    role = urlencode({"options": "-c role=catchment_api"}, quote_via=quote)
    # Into a file: a pipe that nobody reads would stop the server when it is full.
    with log.open("w") as out:
        started = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=ROOT,
            env={**os.environ, **settings, "DATABASE_URL": f"{database}?{role}"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _url(log, started)
    finally:
        started.terminate()
        started.wait(30)


def _url(log: Path, server: subprocess.Popen[bytes]) -> str:
    """Where the server says that it listens."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("serving http://"):
                return line.split()[1]
        time.sleep(0.05)
    raise RuntimeError(f"the API did not start:\n{log.read_text()}")
