"""Peak resident memory of the validated load of larger and larger files."""

import shutil
import sys
from typing import Any

import psycopg

from benchmarks import files, rivals
from benchmarks.platform import FOLDER, Platform, empty
from benchmarks.timing import timed

# What a file takes of the disk beside itself: rows, indexes, their sorting and WAL.
TIMES_ITS_SIZE = 6


def measure(platform: Platform, megabytes: int) -> dict[str, Any] | None:
    """One load of a file of so many MB; None, with a sentence, without the room."""
    free = shutil.disk_usage(FOLDER).free / files.MEGABYTE
    if free < TIMES_ITS_SIZE * megabytes:
        print(f"{megabytes} MB are left out: {free:.0f} MB are free.", file=sys.stderr)
        return None
    print(f"memory: {megabytes} MB", file=sys.stderr)
    empty(platform)
    with files.repeated(FOLDER, megabytes) as file:
        (command,) = rivals.ours(platform, file.path).commands
        seconds, peak = timed(command)
    loaded = _rows_loaded(platform)
    if loaded != file.rows:
        raise SystemExit(f"{loaded} of {file.rows} rows were loaded")
    empty(platform)
    return {
        "megabytes": megabytes,
        "rows": loaded,
        "seconds": round(seconds, 2),
        "peak_memory_mb": peak,
    }


def _rows_loaded(platform: Platform) -> int:
    with psycopg.connect(platform.admin) as connection:
        row = connection.execute("select sum(rows_loaded) from ops.load").fetchone()
    assert row is not None
    return int(row[0])


def table(measured: list[dict[str, Any]]) -> list[str]:
    """As Markdown."""
    return [
        "| a file of | rows | seconds | rows/s | peak memory of the loader |",
        "| ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {size['megabytes']:,} MB | {size['rows']:,} | {size['seconds']:.1f} "
            f"| {size['rows'] / size['seconds']:,.0f} | {size['peak_memory_mb']} MB |"
            for size in measured
        ),
    ]
