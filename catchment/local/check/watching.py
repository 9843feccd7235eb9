"""What follows from a feed's own history: counts, rejects and the drift of values.

Nobody has to ask for these checks. A contract's `varies` says of which nothing
follows. All statistics are SQL (migration 0008); here they become findings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg

from catchment.contract import Column, Feed
from catchment.local.check import queries
from catchment.local.check.findings import Finding, Kind, Sample, Status
from catchment.local.check.sentences import counted
from catchment.local.voice import SILENT, Voice

Row = Mapping[str, Any]
Database = psycopg.Connection[dict[str, Any]]
# Loads that a finding names at most.
_NAMED = 10
_SHORT = "too little history to compare with"
_TIMEOUT = "set local statement_timeout = '60s'"


def findings(
    feeds: Iterable[Feed], database: Database, voice: Voice = SILENT
) -> tuple[Finding, ...]:
    """How the loads since the last run of all checks compare with those before."""
    last = database.execute(queries.LAST_RUN).fetchone()
    since = (last or {})["started_at"] or "-infinity"
    found: list[Finding] = []
    for feed in feeds:
        voice.tick(f"History of {feed.name}")
        found += _counts_and_rejects(feed, database, since)
        if Kind.DRIFT not in feed.varies:
            found += _drifts(feed, database, _profiled(feed, database))
    return tuple(found)


def watched_columns(feed: Feed) -> list[Column]:
    """The columns whose values are counted."""
    return [
        column
        for column in feed.columns
        if column.stored and not column.generated and not column.varies
    ]


def _profiled(feed: Feed, database: Database) -> list[int]:
    """Profile the loads that have no profile yet; the ids of those that got one."""
    columns = watched_columns(feed)
    if not columns:
        return []
    wanted = {"feed": feed.name, "most": queries.FIRST_LOADS}
    new = []
    for load in database.execute(queries.TO_PROFILE, wanted).fetchall():
        statement = queries.profile(feed, columns, load["rows_loaded"])
        # A load may be older than a column, and be gone meanwhile.
        with suppress(psycopg.Error), database.transaction():
            database.execute(_TIMEOUT)
            database.execute(statement, {**load, "feed": feed.name})
            new.append(load["load_id"])
    return new


def _counts_and_rejects(
    feed: Feed, database: Database, since: object
) -> Iterator[Finding]:
    wanted = {"feed": feed.name, "since": since}
    loads = database.execute(queries.COUNTS_OF_LOADS, wanted).fetchall()
    if Kind.COUNT not in feed.varies:
        periods = database.execute(queries.COUNTS_OF_PERIODS, wanted).fetchall()
        yield _counts(feed, loads, periods)
    if Kind.REJECTS not in feed.varies:
        yield _rejects(feed, loads)


def _counts(feed: Feed, loads: Sequence[Row], periods: Sequence[Row]) -> Finding:
    kept = [load for load in loads if load["status"] == "loaded"]
    judged = [one for one in (*kept, *periods) if one["low"] is not None]
    wrong = [
        one for one in judged if not one["low"] <= one["rows_loaded"] <= one["high"]
    ]
    told = [_count(one) for one in wrong]
    return _finding(Kind.COUNT, feed, judged, told, "{times} an unusual number of rows")


def _count(one: Row) -> Sample:
    usual = f"usually {one['low']:,.0f} to {one['high']:,.0f}"
    if "load_id" in one:
        return _sample(one, f"{one['rows_loaded']:,} rows, {usual}")
    when = f"on {one['starts']}"
    if one["days"] > 1:
        when = f"in the {one['days']} days from {one['starts']} on"
    return Sample(f"{one['rows_loaded']:,} rows {when}, {usual}")


def _rejects(feed: Feed, loads: Sequence[Row]) -> Finding:
    """A load that its contract refuses is wrong whatever was usual."""
    refused = [load for load in loads if load["status"] == "rejected"]
    judged = [one for one in loads if one["high_share"] is not None or one in refused]
    wrong = [one for one in judged if one in refused or _share(one) > one["high_share"]]
    told = [_reject(one, feed) for one in wrong]
    return _finding(
        Kind.REJECTS, feed, judged, told, "{loads} with more rejects than usual"
    )


def _reject(one: Row, feed: Feed) -> Sample:
    words = (
        f"{one['rows_rejected']:,} of {one['rows_read']:,} rows rejected "
        f"({_share(one):.1%})"
    )
    if one["high_share"] is not None:
        words += f", expected up to {one['high_share']:.1%}"
    if one["status"] == "rejected":
        words += f"; nothing was published, the limit is {feed.reject_limit}"
    return _sample(one, words)


def _share(one: Row) -> float:
    rejected, read = one["rows_rejected"], one["rows_read"]
    return float(rejected / read) if read else 0.0


def _drifts(feed: Feed, database: Database, new: Sequence[int]) -> Iterator[Finding]:
    wanted = {"feed": feed.name, "new": list(new)}
    profiles = database.execute(queries.DRIFT, wanted).fetchall()
    for column in watched_columns(feed):
        mine = [one for one in profiles if one["column_name"] == column.name]
        judged = [one for one in mine if one["allowed"] is not None]
        told = [_drift(one) for one in judged if one["psi"] > one["allowed"]]
        words = f"{{loads}} with other values in column {column.name} than before"
        yield _finding(Kind.DRIFT, feed, judged, told, words, column.name)


def _drift(one: Row) -> Sample:
    words = f"index {one['psi']:.2f}, expected up to {one['allowed']:.2f}"
    now, before = _missing(one["counts"]), _missing(one["reference"])
    if now != before:
        words += f"; {now:.1%} without a value, {before:.1%} before"
    return _sample(one, words)


def _missing(counts: Mapping[str, int]) -> float:
    return counts.get("", 0) / sum(counts.values())


def _sample(load: Row, words: str) -> Sample:
    named = f"{words} (load {load['load_id']}, {load['key']})"
    return Sample(named, load["load_id"], load["key"])


def _finding(
    kind: Kind,
    feed: Feed,
    judged: Sequence[Row],
    samples: Sequence[Sample],
    words: str,
    name: str = "",
) -> Finding:
    found = Status.PASS if judged else Status.WAITING
    return Finding(
        status=Status.WARN if samples else found,
        model=feed.name,
        rows=len(samples) if judged else None,
        words=counted(words, len(samples)) if judged else _SHORT,
        samples=tuple(samples[:_NAMED]),
        kind=kind,
        name=name or kind,
        feeds=(feed.name,),
    )
