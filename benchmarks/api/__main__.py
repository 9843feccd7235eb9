"""How fast the API answers: beside bare SQL, and beside tipg and pygeoapi.

All on one private server, in one run, by turns. Machines differ and are noisy:
read the ratios.
"""

import argparse
import json
import os
import platform as machine
import statistics
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.api import clients, inside, servers, world
from benchmarks.api.clients import Load
from benchmarks.api.servers import Server
from benchmarks.platform import Platform, fresh
from benchmarks.timing import imports

LIMITS = (10_000, 1_000, 100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of one load")
    parser.add_argument("--no-rivals", action="store_true", help="ours alone")
    parser.add_argument("--json", type=Path, help="where the figures go as JSON")
    options = parser.parse_args()
    with fresh(with_models=False) as platform:
        world.fill(platform.admin)
        report = {
            "machine": f"{machine.platform()}, Python {machine.python_version()}, "
            f"{os.cpu_count()} cores",
            "inside": [
                {**asdict(row), "ratio": row.ratio} for row in inside.measure(platform)
            ],
            **over_http(platform, options),
            "import_milliseconds": imports("api.handler", options.rounds),
        }
    print(table(report))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def over_http(platform: Platform, options: argparse.Namespace) -> dict[str, Any]:
    """Our server beside its rivals, all of them up at the same time."""
    with ExitStack() as stack:
        ours = stack.enter_context(servers.ours(platform))
        rivals = [ours]
        if not options.no_rivals:
            for start in (servers.tipg, servers.pygeoapi):
                rivals.append(stack.enter_context(start(platform)))
        return {
            "http": [
                row for limit in LIMITS for row in compare(rivals, limit, options)
            ],
            "clients": [
                {
                    "clients": n,
                    **asdict(clients.ask(f"{ours.items}limit=100", n, options.seconds)),
                }
                for n in (1, 8, 64)
            ],
            "connections": connections(platform),
        }


def compare(
    rivals: list[Server], limit: int, options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Polygons as GeoJSON, 4 clients; medians of the rounds."""
    loads: dict[str, list[Load]] = {server.name: [] for server in rivals}
    for _ in range(options.rounds):
        for server in rivals:
            url = f"{server.items}limit={limit}"
            loads[server.name].append(clients.ask(url, 4, options.seconds))
    ours = _median(loads[rivals[0].name])
    return [
        {
            "polygons": limit,
            "server": name,
            "requests_per_second": _median(seen),
            "p50": statistics.median(load.p50 for load in seen),
            "p99": statistics.median(load.p99 for load in seen),
            "ours_is_faster": round(ours / _median(seen), 1),
            "errors": sum(load.errors for load in seen),
        }
        for name, seen in loads.items()
    ]


def _median(loads: list[Load]) -> float:
    return statistics.median(load.requests_per_second for load in loads)


def connections(platform: Platform) -> int:
    """How many our server holds after all of that."""
    with psycopg.connect(platform.admin) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity "
            "where application_name = 'catchment-api' and pid <> pg_backend_pid()"
        ).fetchone()
    return int(row[0]) - 1 if row else 0  # one is this very process


def table(report: dict[str, Any]) -> str:
    lines = [
        report["machine"],
        "",
        "| in the handler | p50 ms | p95 | p99 | bare SQL p50 | p99 | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['what']} | {row['p50']:.2f} | {row['p95']:.2f} | {row['p99']:.2f} "
        f"| {row['sql_p50'] or ''} | {row['sql_p99'] or ''} | {row['ratio'] or ''} |"
        for row in report["inside"]
    ]
    lines += [
        "",
        "| polygons | server, 4 clients | requests/s | p50 ms | p99 | ours is faster |",
        "| ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['polygons']:,} | {row['server']} | {row['requests_per_second']:.1f} "
        f"| {row['p50']:.1f} | {row['p99']:.1f} | {row['ours_is_faster']} |"
        for row in report["http"]
    ]
    lines += ["", "| clients, 100 polygons | requests/s | p50 ms | p99 | errors |"]
    lines += ["| ---: | ---: | ---: | ---: | ---: |"]
    lines += [
        f"| {row['clients']} | {row['requests_per_second']:.0f} | {row['p50']:.1f} "
        f"| {row['p99']:.1f} | {row['errors']} |"
        for row in report["clients"]
    ]
    lines += [
        "",
        f"Connections of the server after that: {report['connections']}; "
        f"import api.handler: {report['import_milliseconds']:.0f} ms",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
