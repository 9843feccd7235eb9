"""How fast a file loads: `make bench`, or `python -m benchmarks.load --help`.

Rivals run by turns in one run, each in a process of its own, on the same file
and the same table definition; the table holds medians. Machines differ and are
noisy: read the ratios.
"""

import argparse
import json
import platform as machine
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import files, visible
from benchmarks.platform import FOLDER, ROOT, Platform, empty, fresh
from catchment.local import binaries

COLUMNS = "id, latitude, longitude, category, value, observed_at"
# The raw table once more, for psql: it cannot fill the audit columns by itself.
TABLES = """
    create schema bench;
    create table bench.{name} (like raw.observations including all)
    partition by range (_load_id);
    create table bench.{name}_1 partition of bench.{name} default;
    alter table bench.{name} alter _load_id set default 1;
    alter table bench.{name} alter _row_number set default 1;
"""


@dataclass(frozen=True)
class Row:
    """A line of the report: seconds are medians over the rounds."""

    what: str
    seconds: float
    rows_per_second: int
    against_psql: float
    peak_memory_mb: int
    rounds: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    options = parser.parse_args()
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
    path = files.observations(FOLDER, options.rows)
    with fresh() as platform:
        report = {
            "machine": f"{machine.platform()}, Python {machine.python_version()}",
            "rows": options.rows,
            "megabytes": round(path.stat().st_size / 1e6),
            "load": [
                asdict(row)
                for gist in (True, False)
                for row in compare(platform, path, options, gist)
            ],
            "visible_seconds": visible.measure(platform, options.rounds),
            "import_milliseconds": {
                name: imports(name, options.rounds)
                for name in ("loader.handler", "api.handler")
            },
        }
    print(table(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def compare(
    platform: Platform, path: Path, options: argparse.Namespace, gist: bool
) -> list[Row]:
    """psql and the loader by turns, with the GiST in place or without it."""
    prepare(platform, gist)
    rivals: dict[str, list[str]] = {
        "psql \\copy": psql(platform, path),
        "validated load": [
            *(sys.executable, "-m", "benchmarks.one_load"),
            *(platform.url("catchment_loader"), str(path)),
        ],
    }
    if find_spec("duckdb"):
        duckdb = [sys.executable, "-m", "benchmarks.duckdb_load"]
        rivals["DuckDB and COPY"] = [*duckdb, platform.admin, str(path)]
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    memory: dict[str, int] = dict.fromkeys(rivals, 0)
    for _ in range(options.rounds):
        for name, command in rivals.items():
            empty(platform)
            took, peak = timed(command)
            seconds[name].append(round(took, 3))
            memory[name] = max(memory[name], peak)
    base = statistics.median(seconds["psql \\copy"])
    suffix = "with GiST" if gist else "without GiST"
    return [
        Row(
            what=f"{name}, {suffix}",
            seconds=statistics.median(seconds[name]),
            rows_per_second=round(options.rows / statistics.median(seconds[name])),
            against_psql=round(base / statistics.median(seconds[name]), 2),
            peak_memory_mb=memory[name],
            rounds=seconds[name],
        )
        for name in rivals
    ]


def prepare(platform: Platform, gist: bool) -> None:
    """psql's table, like the raw one; both with the GiST index or without."""
    with psycopg.connect(platform.admin, autocommit=True) as connection:
        connection.execute("drop schema if exists bench cascade")
        if not gist:
            connection.execute("drop index raw.idx_observations_geom")
        for statement in TABLES.format(name="observations").split(";"):
            if statement.strip():
                connection.execute(statement)


def psql(platform: Platform, path: Path) -> list[str]:
    folder = binaries.find()
    program = str(folder / "psql") if folder else "psql"
    copy = f"\\copy bench.observations ({COLUMNS}) from '{path}' (format csv, header)"
    return [program, "-q", platform.admin, "-c", copy]


def timed(command: list[str]) -> tuple[float, int]:
    """Seconds of a command, and its peak resident memory in MB."""
    peak = 0
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None:
            # Not ru_maxrss: that begins with what this process had at the fork.
            peak = max(peak, resident_megabytes(process.pid))
            time.sleep(0.005)
    took = time.perf_counter() - begin
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with status {process.returncode}")
    return took, peak


def resident_megabytes(pid: int) -> int:
    """The highest resident memory of a process so far (Linux); 0 if unknown."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        said = next(line for line in lines if line.startswith("VmHWM"))
        return int(said.split()[1]) // 1024
    return 0


def imports(module: str, rounds: int) -> float:
    """Milliseconds to import a handler in a new process."""
    code = (
        "import time; t = time.perf_counter(); "
        f"import {module}; print((time.perf_counter() - t) * 1000)"
    )
    command = [sys.executable, "-c", code]
    took = [float(subprocess.check_output(command, cwd=ROOT)) for _ in range(rounds)]
    return round(statistics.median(took), 1)


def table(report: dict[str, Any]) -> str:
    lines = [
        f"{report['rows']:,} rows, {report['megabytes']} MB; {report['machine']}",
        "",
        "| | seconds | rows/s | psql = 1 | peak memory |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['what']} | {row['seconds']:.2f} | {row['rows_per_second']:,} "
        f"| {row['against_psql']:.2f} | {row['peak_memory_mb']} MB |"
        for row in report["load"]
    ]
    lines += [
        "",
        f"PUT of 1,000 rows to visible on the API: {report['visible_seconds']:.3f} s",
    ]
    lines += [
        f"import {name}: {took:.0f} ms"
        for name, took in report["import_milliseconds"].items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
