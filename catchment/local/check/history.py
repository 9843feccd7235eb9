"""What the runs of the data checks found, kept in the database that they checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from catchment.local.check import queries
from catchment.local.check.findings import Finding, Report

Database = psycopg.Connection[dict[str, Any]]
# CodeBuild says there who or what started it.
_INITIATOR = "CODEBUILD_INITIATOR"


def keep(
    report: Report,
    database: Database,
    started_at: datetime,
    selected: Sequence[str],
    words: Mapping[str, str],
) -> Report:
    """Keep a run, and forget those of more than 400 days ago.

    Returns:
        The report with what was wrong before too, and what is so no more.
    """
    run = {
        "started_at": started_at,
        "started_by": words.get(_INITIATOR) or "a person",
        "selected": list(selected),
    }
    with database.transaction():
        kept = database.execute(queries.KEEP_RUN, run).fetchone()
        assert kept is not None
        rows = list(_rows(report.results, kept["run_id"]))
        database.cursor().executemany(queries.KEEP_RESULT, rows)
        before = database.execute(queries.BEFORE, kept).fetchall()
        for statement in queries.FORGET:
            database.execute(statement)
    return _compared(report, before)


def checks(database: Database, of: str | None) -> list[dict[str, Any]]:
    """Every check as it stood last, the worst first; of one feed or model, if any."""
    return database.execute(queries.CHECKS, {"of": of, "marks": 30}).fetchall()


def _rows(results: Sequence[Finding], run_id: int) -> Iterator[dict[str, Any]]:
    for one in results:
        yield {
            "run_id": run_id,
            "check_id": one.id,
            "kind": one.kind,
            "subject": one.model,
            "name": one.name,
            "feeds": list(one.feeds),
            "status": one.status,
            "failures": one.rows,
            "words": one.words,
            "samples": Jsonb([asdict(sample) for sample in one.samples]),
            "origin": one.origin or None,
            "query": one.query or None,
        }


def _compared(report: Report, before: Sequence[Mapping[str, Any]]) -> Report:
    """The report beside what was wrong before."""
    wrong = {one.id for one in report.findings}
    return replace(
        report,
        since={
            row["check_id"]: row["since"] for row in before if row["check_id"] in wrong
        },
        mended=tuple(
            f"{row['subject']}: {row['words']}"
            for row in before
            if row["check_id"] not in wrong
        ),
    )
