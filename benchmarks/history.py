"""What loading and refreshing 100,000 rows takes, with a history and without.

    python -m benchmarks.history [--loads 200] [--rounds 5]

The history is that of 2,000 sensors that stay where they are: each of its loads is a
day, with ten readings of five quantities from each. It is written by SQL, a partition
for each load as the loader makes them, and brought down to the marts by the loader's
own refresh. Then days are loaded from files, as in production.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from benchmarks import platform as platforms
from benchmarks.one_load import LocalFile
from benchmarks.platform import FOLDER, Platform
from catchment.database import Database
from catchment.settings import Settings
from loader.events import ObjectVersion
from loader.load import Loader
from loader.refresh import refresh

CATEGORIES = ("temperature", "humidity", "pressure", "noise", "pm10")
PLACES = 2_000
READINGS = 10
ROWS = PLACES * len(CATEGORIES) * READINGS
FIRST_DAY = date(2026, 1, 1)

# The places of sensors, in and around the United States.
MAKE_PLACES = """
create schema bench;
select setseed(0.5);
create table bench.places as
select
    n - 1 as number,
    round((28 + random() * 20)::numeric, 6)::float8 as latitude,
    round((-120 + random() * 45)::numeric, 6)::float8 as longitude
from generate_series(1, %(places)s) as n
"""
OPEN_LOAD = """
insert into ops.load (
    load_id, feed, bucket, key, version, status, rows_read, rows_loaded, finished_at
)
values (
    2000000000000 + nextval('ops.load_load_id_seq'), 'observations', 'bench',
    'incoming/observations/day-' || %(day)s || '.csv', '1', 'loaded', %(rows)s,
    %(rows)s, clock_timestamp()
)
returning load_id
"""
# In the order in which the files have them: by hour, then by place.
FILL = """
insert into raw.{partition} (
    _load_id, _row_number, id, latitude, longitude, category, value, observed_at
)
select
    %(load_id)s, n + 1, n + 1, latitude, longitude,
    (%(categories)s::text[])[1 + n / %(places)s %% cardinality(%(categories)s::text[])],
    round((random() * 100)::numeric, 2),
    %(day)s::timestamp at time zone 'UTC' + n * interval '1 day' / %(rows)s
from generate_series(0, %(rows)s - 1) as n
inner join bench.places on places.number = n %% %(places)s
order by n
"""


@dataclass(frozen=True)
class Row:
    """Seconds of one load and its refresh, at a history of so many rows."""

    history_rows: int
    load: float
    refresh: float
    together: float
    rounds: Sequence[float]


def measure(
    platform: Platform, loads: Sequence[int] = (0, 200), rounds: int = 5
) -> list[Row]:
    """Medians at each length of history, shortest first; the platform is empty."""
    with psycopg.connect(platform.admin, autocommit=True) as db:
        db.execute("drop schema if exists bench cascade")
        for statement in MAKE_PLACES.split(";"):
            db.execute(statement, {"places": PLACES})
        places = db.execute("select latitude, longitude from bench.places").fetchall()
    rows, made = [], 0
    for length in sorted(loads):
        make_history(platform, range(made, length))
        made = max(made, length)
        files = [day_file(places, number) for number in range(made, made + rounds)]
        rows.append(_medians(platform, files, made * ROWS))
        made += rounds
    return rows


def make_history(platform: Platform, days: Sequence[int]) -> None:
    """One load a day, refreshed, and vacuumed as by then it would be."""
    with psycopg.connect(platform.admin, autocommit=True) as db:
        for number in days:
            with db.transaction():
                _write_load(db, FIRST_DAY + timedelta(days=number))
    database = Database(platform.url("catchment_loader"))
    refresh(database)
    database.close()
    with psycopg.connect(platform.admin, autocommit=True) as db:
        db.execute("vacuum analyze")
        db.execute("checkpoint")


def _write_load(db: psycopg.Connection[Any], day: date) -> None:
    values = {"day": day, "rows": ROWS}
    found = db.execute(OPEN_LOAD, values).fetchone()
    assert found is not None
    (load_id,) = found
    db.execute("select ops.open_partition('observations', %s)", [load_id])
    db.execute(
        FILL.format(partition=f"observations__{load_id}"),
        {**values, "load_id": load_id, "places": PLACES, "categories": [*CATEGORIES]},
    )
    db.execute("select ops.attach_partition('observations', %s)", [load_id])


def day_file(places: Sequence[tuple[float, float]], number: int) -> Path:
    """The CSV of one day, always the same by its number."""
    folder = FOLDER / "history"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"day-{number}.csv"
    chance = Random(number)
    begin = FIRST_DAY + timedelta(days=number)
    with path.open("w") as file:
        file.write("id,latitude,longitude,category,value,observed_at\n")
        for n in range(ROWS):
            latitude, longitude = places[n % PLACES]
            category = CATEGORIES[n // PLACES % len(CATEGORIES)]
            seconds = n * 86_400 // ROWS
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            file.write(
                f"{n + 1},{latitude},{longitude},{category},"
                f"{chance.uniform(0, 100):.2f},{begin}T{clock}Z\n"
            )
    return path


def _medians(platform: Platform, files: Sequence[Path], history_rows: int) -> Row:
    database = Database(platform.url("catchment_loader"))
    took = [_load_and_refresh(database, path) for path in files]
    database.close()
    together = [round(load + refreshed, 3) for load, refreshed in took]
    return Row(
        history_rows=history_rows,
        load=round(statistics.median(load for load, _ in took), 3),
        refresh=round(statistics.median(refreshed for _, refreshed in took), 3),
        together=statistics.median(together),
        rounds=together,
    )


def _load_and_refresh(database: Database, path: Path) -> tuple[float, float]:
    loader = Loader(
        catalog=database.catalog(),
        db=database.connection(),
        storage=LocalFile(path),
        settings=Settings("-"),
    )
    key = f"incoming/observations/{path.name}"
    begin = time.perf_counter()
    outcome = loader.load(ObjectVersion("bench", key, etag="1"))
    loaded = time.perf_counter()
    refresh(database)
    refreshed = time.perf_counter()
    if outcome.status != "loaded" or outcome.counts.loaded != ROWS:
        raise SystemExit(str(outcome))
    return loaded - begin, refreshed - loaded


def table(rows: Sequence[Row]) -> str:
    """Markdown; the ratio is to the first row."""
    lines = [
        f"| {ROWS:,} rows, medians | load | refresh | together | ratio |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| history of {row.history_rows:,} rows | {row.load:.2f} s "
        f"| {row.refresh:.2f} s | {row.together:.2f} s "
        f"| {row.together / rows[0].together:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)


def report(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as JSON has them."""
    return [asdict(row) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--loads", type=int, default=200, help="of the history")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with platforms.fresh() as platform:
        print(table(measure(platform, (0, options.loads), options.rounds)))


if __name__ == "__main__":
    main()
