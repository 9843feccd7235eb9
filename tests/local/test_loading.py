"""How the ledger is read: whose verdict it is, and what went well."""

from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

from catchment.local import loading, uploads
from catchment.local.storage import Names
from catchment.local.uploads import Sent


def put(connection: psycopg.Connection[Any], sent: Sent, **words: Any) -> None:
    """Write a line of the ledger as the loader would."""
    line = {
        "bucket": sent.bucket,
        "key": sent.upload.key,
        "version": sent.etag,
        "etag": sent.etag,
        "status": "loaded",
        **words,
    }
    names, places = ", ".join(line), ", ".join(f"%({name})s" for name in line)
    connection.execute(f"insert into ops.load ({names}) values ({places})", line)


def test_no_verdict_while_the_ledger_knows_nothing(
    connection: psycopg.Connection[Any], sent: Sent
) -> None:
    put(connection, sent, version="another", etag="another")
    put(connection, sent, key="incoming/another")

    assert uploads.verdict(connection, sent) is None


def test_a_verdict_is_found_by_version_too(
    connection: psycopg.Connection[Any], sent: Sent
) -> None:
    put(connection, sent, version=sent.version, rows_loaded=7)

    verdict = uploads.verdict(connection, sent)

    assert verdict is not None
    assert verdict.rows_loaded == 7


def test_loaded_is_complete_once_the_marts_show_it(
    connection: psycopg.Connection[Any], sent: Sent
) -> None:
    put(connection, sent)
    before = uploads.verdict(connection, sent)
    connection.execute("update ops.load set refreshed_at = now()")
    after = uploads.verdict(connection, sent)

    assert before is not None
    assert after is not None
    assert (before.settled, before.complete) == (True, False)
    assert after.complete


def test_a_failure_of_an_earlier_upload_is_no_verdict_on_this_one(
    connection: psycopg.Connection[Any], sent: Sent
) -> None:
    put(connection, sent, status="failed", started_at="2020-01-01")
    earlier = uploads.verdict(connection, sent)
    put(connection, sent, status="failed")
    now = uploads.verdict(connection, sent)

    assert earlier is not None
    assert now is not None
    assert (earlier.settled, now.settled) == (False, True)


def test_the_same_bytes_loaded_before_are_loaded(
    connection: psycopg.Connection[Any], sent: Sent
) -> None:
    put(connection, sent, started_at="2020-01-01", refreshed_at="2020-01-01")

    verdict = uploads.verdict(connection, sent)

    assert verdict is not None
    assert verdict.complete


def follow(path: Path, words: dict[str, str]) -> tuple[loading.Outcome, ...]:
    return loading.load([path], words, Console(file=StringIO()), seconds=0.3)


def test_a_load_that_nobody_takes_up_ends_without_a_verdict(
    examples: Path, aws: dict[str, str], names: Names, sent: Sent, ledger: str
) -> None:
    words = {**aws, "CATCHMENT_BUCKET": names.bucket, "DATABASE_URL": ledger}

    (outcome,) = follow(examples / "quakes", words)

    assert outcome.verdict is None
    assert not outcome.went_well


@pytest.mark.parametrize(
    ("status", "well"),
    [("loaded", True), ("rejected", False), ("unmatched", False), ("failed", False)],
)
def test_only_what_is_loaded_went_well(
    status: str,
    well: bool,
    examples: Path,
    aws: dict[str, str],
    names: Names,
    connection: psycopg.Connection[Any],
    sent: Sent,
    ledger: str,
) -> None:
    put(connection, sent, status=status, started_at="2999-01-01", refreshed_at="now")
    words = {**aws, "CATCHMENT_BUCKET": names.bucket, "DATABASE_URL": ledger}

    (outcome,) = follow(examples / "quakes", words)

    assert outcome.verdict is not None
    assert outcome.verdict.status == status
    assert outcome.went_well is well
