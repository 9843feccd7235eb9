"""How fast a file loads beside rivals: one run, by turns, the same file.

Each round begins with empty tables and a checkpoint, and each rival runs in a
process of its own. After the first round all must show the same rows.
"""

import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

import psycopg

from benchmarks import files, rivals
from benchmarks.platform import FOLDER, Platform, empty
from benchmarks.rivals import SCHEMA, Rival
from benchmarks.timing import timed

INDEX = "idx_observations_geom"
WITHOUT_GIST = f"drop index if exists raw.{INDEX}"
WITH_GIST = f"create index if not exists {INDEX} on raw.observations using gist (geom)"


@dataclass
class Rounds:
    """What a rival took in each round, and its highest memory in MB."""

    seconds: list[float] = field(default_factory=list)
    peak_memory_mb: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def run(self, rival: Rival) -> None:
        took = [timed(command) for command in rival.commands]
        self.seconds.append(round(sum(seconds for seconds, _ in took), 3))
        self.peak_memory_mb = max(self.peak_memory_mb, *(peak for _, peak in took))


@dataclass(frozen=True)
class Row:
    """A line of the report; seconds are medians over the rounds.

    Attributes:
        against_psql: its rate, where psql's is 1.
        ours_is_faster: how many times its seconds are ours.
    """

    what: str
    seconds: float
    rows_per_second: int
    against_psql: float
    ours_is_faster: float
    peak_memory_mb: int
    rounds: list[float]


def measure(platform: Platform, rows: int, rounds: int) -> list[dict[str, Any]]:
    """A table with the GiST index in place, of all that cope with so many rows, and
    one without it, of psql and the loader."""
    path = files.observations(FOLDER, rows)
    pair = [rivals.psql(platform, path), rivals.ours(platform, path)]
    others = [r for r in rivals.others(platform, path) if rows <= r.most_rows]
    try:
        return [
            {
                "rows": rows,
                "megabytes": round(path.stat().st_size / 1e6),
                "gist": gist,
                "ways": _compare(platform, rows, rounds, gist, ways),
            }
            for gist, ways in ((True, pair + others), (False, pair))
        ]
    finally:
        _execute(platform, WITH_GIST)


def _compare(
    platform: Platform, rows: int, rounds: int, gist: bool, ways: Sequence[Rival]
) -> list[dict[str, Any]]:
    seen = {rival.name: Rounds() for rival in ways}
    shown = {}
    for number in range(rounds):
        for rival in ways:
            print(f"{rows:,} rows: {rival.name}", file=sys.stderr)
            _prepare(platform, rival, gist)
            seen[rival.name].run(rival)
            if number == 0:
                shown[rival.name] = _shown(platform, rival)
        _require_same(rows, shown)
    psql, ours = (seen[rival.name].median for rival in ways[:2])
    return [
        asdict(
            Row(
                what=name,
                seconds=found.median,
                rows_per_second=round(rows / found.median),
                against_psql=round(psql / found.median, 2),
                ours_is_faster=round(found.median / ours, 2),
                peak_memory_mb=found.peak_memory_mb,
                rounds=found.seconds,
            )
        )
        for name, found in seen.items()
    ]


def _require_same(rows: int, shown: Mapping[str, tuple[int, Decimal]]) -> None:
    """All rows are there, and their values are psql's.

    Raises:
        SystemExit: where they are not.
    """
    first, *_ = shown.values()
    for name, (count, total) in shown.items():
        if count != rows or total != first[1]:
            raise SystemExit(f"{name} shows {count} rows with a sum of {total}")


def _prepare(platform: Platform, rival: Rival, gist: bool) -> None:
    fresh_schema = f"drop schema if exists {SCHEMA} cascade; create schema {SCHEMA};"
    _execute(platform, WITH_GIST if gist else WITHOUT_GIST)
    _execute(platform, fresh_schema + rival.setup)
    empty(platform)


def _shown(platform: Platform, rival: Rival) -> tuple[int, Decimal]:
    """How many rows can be seen, and the sum of their values."""
    with psycopg.connect(platform.admin) as connection:
        row = connection.execute(
            f"select count(*), sum(value::numeric(20, 2)) from {rival.table}"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def _execute(platform: Platform, statements: str) -> None:
    with psycopg.connect(platform.admin, autocommit=True) as connection:
        connection.execute(statements)


def tables(measured: Sequence[dict[str, Any]]) -> list[str]:
    """As Markdown, a table after the other."""
    return [line for one in measured for line in [*_table(one), ""]][:-1]


def _table(measured: dict[str, Any]) -> list[str]:
    gist = "with the GiST index in place" if measured["gist"] else "without GiST"
    head = f"{measured['rows']:,} rows, {measured['megabytes']} MB, {gist}"
    return [
        f"| {head} | seconds | rows/s | psql = 1 | ours is faster | peak memory |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {way['what']} | {way['seconds']:.2f} | {way['rows_per_second']:,} "
            f"| {way['against_psql']:.2f} | {way['ours_is_faster']:.2f} times "
            f"| {way['peak_memory_mb']} MB |"
            for way in measured["ways"]
        ),
    ]
