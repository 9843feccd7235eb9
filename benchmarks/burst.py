"""Many files at once: loaders in processes of their own empty the real queue.

All figures are the ledger's, so the start of the processes is in none of them.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import files
from benchmarks.bucket import bucket
from benchmarks.platform import FOLDER, ROOT, Platform, empty

ROWS = 1000
LOADERS = 4
PATIENCE = 300  # seconds
# From the first row of the ledger to the last aggregate, and what of it was what.
FIGURES = """
    select
        extract(epoch from max(refreshed_at) - min(started_at))::float8,
        sum(extract(epoch from finished_at - started_at))::float8,
        (
            select sum(took.value::float8)
            from ops.load as l, jsonb_each_text(l.seconds_by_part) as took
            where took.key = 'copy'
        ),
        (select sum(seconds) from ops.refresh),
        (select max(n) from (
            select count(*) as n from ops.refresh group by model
        ) as by_model)
    from ops.load
"""
NAMES = ("drained", "loads", "copies", "refreshes", "most_refreshes")


def measure(platform: Platform, number: int, rounds: int) -> dict[str, Any]:
    """Medians; of refreshes the most of any round."""
    seen = [_round(platform, number) for _ in range(rounds)]
    most = NAMES[-1]
    return {
        "files": number,
        "rows": ROWS,
        "loaders": LOADERS,
        **{name: round(statistics.median(r[name] for r in seen), 3) for name in NAMES},
        most: max(r[most] for r in seen),
    }


def _round(platform: Platform, number: int) -> dict[str, Any]:
    body = files.observations(FOLDER, ROWS).read_bytes()
    empty(platform)
    with bucket() as place:
        for name in range(number):
            place.put(f"observations/{name}.csv", body)
        with _loaders(platform):
            _wait(platform, number)
    with psycopg.connect(platform.admin) as connection:
        row = connection.execute(FIGURES).fetchone()
    assert row is not None
    return dict(zip(NAMES, row, strict=True))


@contextmanager
def _loaders(platform: Platform) -> Iterator[None]:
    command = [str(Path(sys.executable).parent / "catchment"), "poll"]
    environment = {**os.environ, "DATABASE_URL": platform.url("catchment_loader")}
    with (FOLDER / "burst.log").open("w") as log:
        running = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            for _ in range(LOADERS)
        ]
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


def _wait(platform: Platform, number: int) -> None:
    """Until so many loads are shown.

    Raises:
        SystemExit: where it takes too long.
    """
    deadline = time.monotonic() + PATIENCE
    shown = (
        "select count(*) from ops.load "
        "where status = 'loaded' and refreshed_at is not null"
    )
    with psycopg.connect(platform.admin, autocommit=True) as connection:
        while connection.execute(shown).fetchone() != (number,):
            if time.monotonic() > deadline:
                raise SystemExit(f"The loaders have not done; see {FOLDER}/burst.log")
            time.sleep(0.1)


def table(measured: dict[str, Any]) -> list[str]:
    """As Markdown."""
    loaders = measured["loaders"]
    return [
        f"| {measured['files']} files of {measured['rows']:,} rows, {loaders} loaders "
        "| seconds |",
        "| --- | ---: |",
        f"| the queue drained, all of it visible | {measured['drained']:.2f} |",
        f"| all loads, without their moves, for each of {loaders} loaders "
        f"| {measured['loads'] / loaders:.2f} |",
        f"| of it COPY | {measured['copies'] / loaders:.2f} |",
        f"| all refreshes | {measured['refreshes']:.2f} |",
        f"| refreshes of one model, at most | {measured['most_refreshes']} |",
    ]
