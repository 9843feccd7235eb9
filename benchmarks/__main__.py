"""All that is measured of loading: `make bench`, or `python -m benchmarks --help`.

Rivals run by turns in one run; tables hold medians. Machines differ and are noisy:
read the ratios.
"""

import argparse
import json
import os
import platform as machine
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import burst, history, load, memory, timing, visible
from benchmarks.platform import Platform, empty, fresh

HANDLERS = ("loader.handler", "api.handler")
QUICK = {
    "rows": [60_000],
    "rounds": 1,
    "memory": [1, 10],
    "files": 10,
    "history": 2,
}
Options = argparse.Namespace


def main() -> None:
    """Print each table as soon as it is measured, and keep it."""
    options = _options()
    report: dict[str, Any] = {
        "machine": f"{machine.platform()}, Python {machine.python_version()}, "
        f"{os.cpu_count()} cores",
        "rounds": options.rounds,
    }
    print(report["machine"], flush=True)
    with fresh() as platform:
        for name in options.parts:
            part = PARTS[name]
            report[name] = part.measure(platform, options)
            print("", *part.table(report[name]), sep="\n", flush=True)
            if options.json:
                _write(options.json, report)


def _write(path: Path, report: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")


def _load(platform: Platform, options: Options) -> list[dict[str, Any]]:
    measured = (load.measure(platform, rows, options.rounds) for rows in options.rows)
    return [table for tables in measured for table in tables]


def _memory(platform: Platform, options: Options) -> list[dict[str, Any]]:
    measured = (memory.measure(platform, size) for size in options.memory)
    return [size for size in measured if size]


def _visible(platform: Platform, options: Options) -> dict[str, float]:
    return visible.measure(platform, options.rounds)


def _burst(platform: Platform, options: Options) -> dict[str, Any]:
    return burst.measure(platform, options.files, options.rounds)


def _imports(_: Platform, options: Options) -> dict[str, float]:
    return {name: timing.imports(name, options.rounds) for name in HANDLERS}


def _history(platform: Platform, options: Options) -> list[dict[str, Any]]:
    empty(platform)
    rows = history.measure(platform, (0, options.history), options.rounds)
    empty(platform)
    return history.report(rows)


def _history_table(measured: list[dict[str, Any]]) -> list[str]:
    return [history.table([history.Row(**row) for row in measured])]


@dataclass(frozen=True)
class Part:
    """How to measure it, and the Markdown of what was measured."""

    measure: Callable[[Platform, Options], Any]
    table: Callable[[Any], list[str]]


PARTS = {
    "imports": Part(_imports, timing.table),
    "visible": Part(_visible, visible.table),
    "burst": Part(_burst, burst.table),
    "load": Part(_load, load.tables),
    "memory": Part(_memory, memory.table),
    "history": Part(_history, _history_table),
}


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    several: Any = {"type": int, "nargs": "+"}
    sizes = [500_000, 2_000_000, 10_000_000]
    parser.add_argument("--rows", **several, default=sizes, help="of files to load")
    parser.add_argument("--rounds", type=int, default=5)
    mb = [100, 1000, 5000]
    parser.add_argument("--memory", **several, default=mb, help="MB of files")
    parser.add_argument("--files", type=int, default=100, help="that come at once")
    parser.add_argument(
        "--history", type=int, default=200, help="loads of 100,000 rows before"
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="all of it, in small")
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    return options


if __name__ == "__main__":
    main()
