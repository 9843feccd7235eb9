"""One run of all data checks: dbt's source freshness and data tests, then the
history of the feeds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from catchment import catalog
from catchment.local import dbt_command, services, state, warehouse
from catchment.local.check import findings, history, samples, watching
from catchment.local.check.findings import Report
from catchment.local.check.history import Database
from catchment.local.process import tail
from catchment.local.trouble import Trouble
from catchment.local.voice import SILENT, Voice

FRESHNESS = ("source", "freshness")
TESTS = ("test", "--exclude", "test_type:unit")
_AWAY = "The database does not answer any more: this run is not kept."
_OLD = (
    "The database is older than the checks, and keeps none of their history: run "
    "`alembic upgrade head`."
)
_RESULTS = {FRESHNESS: "sources.json", TESTS: "run_results.json"}


class NotChecked(Trouble):
    """dbt could not run the checks: nothing is known of the data."""


class NothingToCheck(Trouble):
    """The command asks for no check, or not for any warehouse."""


def run(
    root: Path,
    words: Mapping[str, str],
    select: Sequence[str] = (),
    voice: Voice = SILENT,
) -> Report:
    """Run the checks that `select` names in dbt's way; all where it is empty.

    Only a run of all watches the history of the feeds too. What is found is kept in
    the database.

    Args:
        words: where the warehouse is, in the words of `.env`.

    Raises:
        NotChecked: where dbt does not run.
        NothingToCheck: where nothing is selected, or no warehouse named.
    """
    if not words.get("WAREHOUSE_HOST"):
        raise NothingToCheck(
            "WAREHOUSE_HOST is not set: run `catchment up`, or give WAREHOUSE_HOST, "
            "_PORT, _DATABASE, _USER and DBT_ENV_SECRET_WAREHOUSE_PASSWORD."
        )
    state.folder_of(root)
    started_at = datetime.now(UTC)
    sources, results = (
        _dbt(root, command, words, select, voice) for command in (FRESHNESS, TESTS)
    )
    manifest = _read(_target(root, words) / "manifest.json")
    report = findings.report(results, sources, manifest)
    if not report.results:
        raise NothingToCheck(
            f"No check is selected by {' '.join(select)}: name models, as dbt does."
            if select
            else "The project in warehouse/ has no data test."
        )
    try:
        with warehouse.connect(words) as database:
            voice.tick("Rows that failed")
            report = _sampled(report, database)
            if not select:
                feeds = catalog.parse(catalog.document_of(manifest)).feeds.values()
                watched = watching.findings(feeds, database, voice)
                report = replace(report, results=(*report.results, *watched))
            return history.keep(report, database, started_at, select, words)
    except psycopg.OperationalError:  # gone meanwhile, or too busy
        return replace(report, note=_AWAY)
    except (psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedTable):
        return replace(report, note=_OLD)


def _dbt(
    root: Path,
    command: tuple[str, ...],
    words: Mapping[str, str],
    select: Sequence[str],
    voice: Voice,
) -> Any:
    """Run a command; the document that it leaves, which is surely its own."""
    results = _target(root, words) / _RESULTS[command]
    results.unlink(missing_ok=True)
    name = " ".join(command[: 2 if command == FRESHNESS else 1])
    log = services.log_of(root, f"dbt-{name.replace(' ', '-')}")
    chosen = ("--select", *select) if select else ()
    code = dbt_command.run(root, (*command, *chosen), words, log, voice)
    if code not in (0, 1) or not results.exists():
        raise NotChecked(f"dbt {name} did not run (log: {log}):\n{tail(log, 25)}")
    return _read(results)


def _target(root: Path, words: Mapping[str, str]) -> Path:
    """Where dbt leaves what it found; DBT_TARGET_PATH is dbt's own word."""
    return root / "warehouse" / (words.get("DBT_TARGET_PATH") or "target")


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def _sampled(report: Report, database: Database) -> Report:
    """The report with rows."""
    found = (samples.with_samples(one, database) for one in report.results)
    return replace(report, results=tuple(found))
