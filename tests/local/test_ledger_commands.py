"""The ledger, a load's report, refreshes and the queue in the terminal."""

import json
import re
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from catchment.cli import main
from catchment.local import queries, storage, watching
from catchment.local.dead_letters import Count, Queues
from catchment.local.storage import Names
from catchment.local.watching import Watch

Connection = psycopg.Connection[Any]
LOAD = """
insert into ops.load (
    load_id, feed, bucket, key, version, status, reason, rows_read, rows_loaded,
    rows_rejected, started_at, finished_at, superseded_by, seconds_by_part
)
values
(1, 'a', 'b', 'incoming/1.csv', 'v1', 'superseded', null, 3, 3, 0,
    '2026-01-01 10:00+00', '2026-01-01 10:00:01+00', 2, null),
(2, 'a', 'b', 'incoming/1.csv', 'v2', 'loaded', null, 3, 1, 2,
    '2026-01-01 11:00+00', '2026-01-01 11:00:01.5+00', null, '{"copy": 0.5}')
"""
REJECT = """
insert into ops.reject (load_id, row_number, line, column_name, code, message, record)
values (2, 1, 2, 'id', 'type', '''x'' is no integer', 'x,[bold]y'),
    (2, 2, 3, 'id', 'type', '''z'' is no integer', 'z,')
"""
REFRESH = """
insert into ops.refresh (model, load_ids, started_at, seconds, rows, status, message)
values ('m', '{2}', '2026-01-01 11:00:02+00', 0.25, 7, 'done', null),
    ('n', '{1,2}', '2026-01-01 11:00:03+00', 0.5, null, 'failed', 'division by zero')
"""


@pytest.fixture
def ledger_url(
    ledger: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> str:
    connection.execute("truncate ops.refresh")
    monkeypatch.setenv("DATABASE_URL", ledger)
    monkeypatch.setenv("COLUMNS", "160")
    return ledger


@pytest.fixture
def loads(ledger_url: str, connection: Connection) -> Connection:
    for statement in (LOAD, REJECT, REFRESH):
        connection.execute(statement)
    return connection


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_load_is_reported_as_the_page_shows_it(loads: Connection) -> None:
    said = run("loads", "2").output
    for told in (
        "incoming/1.csv",
        "1.50 s",
        "copy",
        "'x' is no integer",
        "2, 3",
        "x,[bold]y",
        "division by zero",
        "catchment replay 2\n",
        "catchment replay 2 --rejects\n",
    ):
        assert told in said
    assert re.search(r"replaced +1 ", said)
    superseded = run("loads", "1").output
    assert re.search(r"replaced by +2 ", superseded)
    assert "catchment replay" not in superseded


def test_a_load_that_is_not_there_is_a_sentence(loads: Connection) -> None:
    done = run("loads", "9")
    assert done.exit_code == 1
    assert "There is no load 9: see `catchment loads`." in done.output


@pytest.mark.parametrize(
    "more", [("--feed", "a"), ("--watch",), ("--status", "failed")]
)
def test_one_load_takes_no_filters(loads: Connection, more: tuple[str, ...]) -> None:
    assert run("loads", "2", *more).exit_code == 2


def test_a_feed_that_never_was_is_told_with_those_that_are(loads: Connection) -> None:
    loads.execute(
        "insert into ops.catalog (hash, document) values "
        '(\'h\', \'{"feeds": [{"name": "sales"}]}\')'
    )
    for more in ((), ("--watch",)):
        done = run("loads", "--feed", "nosuch", *more)
        assert done.exit_code == 1
        assert "There is no feed nosuch. Known: sales." in done.output
    loads.execute("delete from ops.catalog")
    # One that is no more has its loads still.
    assert "incoming/1.csv" in run("loads", "--feed", "a").output


def test_refreshes_say_what_postgres_said(loads: Connection) -> None:
    said = run("refreshes").output
    assert said.index("division by zero") < said.index("done")
    assert "1, 2" in said
    assert "division" not in run("refreshes", "--status", "done").output
    assert "failed" not in run("refreshes", "--model", "m").output
    assert run("refreshes", "--model", "x").output == "There is no such refresh.\n"


# The watch.


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What happens while the watch waits, one after the other; then Ctrl-C."""
    planned: list[Any] = []

    def wait(_: float) -> None:
        if not planned:
            raise KeyboardInterrupt
        planned.pop(0)()

    monkeypatch.setattr(time, "sleep", wait)
    return planned


def watched(is_terminal: bool, environ: dict[str, str] | None = None) -> str:
    said = StringIO()
    console = Console(file=said, width=160, force_terminal=is_terminal)
    parameters = {"feed": None, "status": None, "limit": 20}
    watching.watch(queries.loads(None, None), parameters, environ or {}, console)
    return said.getvalue()


def test_where_no_terminal_is_each_load_is_a_line(
    ledger_url: str, connection: Connection, moments: list[Any]
) -> None:
    moments += [lambda: connection.execute(LOAD), lambda: None]
    assert watched(is_terminal=False).splitlines() == [
        "1 superseded: 3 rows, 0 rejects, incoming/1.csv",
        "2 loaded: 1 row, 2 rejects, incoming/1.csv",
    ]


def test_a_terminal_shows_the_ledger_and_a_copy_that_is_under_way(
    loads: Connection, ledger_url: str, moments: list[Any]
) -> None:
    copying = copy_of_some_rows(ledger_url)
    moments.append(lambda: next(copying))
    said = watched(is_terminal=True)
    next(copying, None)
    assert "incoming/1.csv" in said
    assert "reject" in said
    assert " rows so far" in said


def copy_of_some_rows(url: str) -> Iterator[None]:
    """A copy into the quarantine that goes on until it is asked again."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(
            "copy ops.reject (load_id, row_number, code, message, record) from stdin"
        ) as copy:
            for number in range(10, 5_000):
                copy.write_row([2, number, "c", "m", "r" * 200])
            yield
        connection.rollback()


@pytest.mark.usefixtures("aws")
def test_a_queue_that_is_away_keeps_nobody_from_the_ledger(
    loads: Connection, aws: dict[str, str], moments: list[Any]
) -> None:
    environ = {**aws, "CATCHMENT_QUEUE_URL": f"{aws['AWS_ENDPOINT_URL']}/1/nosuch"}
    assert "incoming/1.csv" in watched(is_terminal=True, environ=environ)


def test_what_came_is_told_once_and_oldest_first() -> None:
    seen = Watch()
    first, second, third = ({"load_id": number} for number in (1, 2, 3))
    assert seen.see([second, first]) == [first, second]
    assert seen.see([second, first]) == []
    assert seen.see([third, second]) == [third]
    assert seen.done == 1


# The queue.


@pytest.fixture
def queues(
    aws: dict[str, str], names: Names, monkeypatch: pytest.MonkeyPatch
) -> Queues:
    sqs = storage.client("sqs", aws)
    url = storage.prepare(storage.client("s3", aws), sqs, names)
    words = {**aws, "CATCHMENT_QUEUE_URL": url}
    words["CATCHMENT_DEAD_LETTERS_URL"] = storage.dead_letters(url)
    for word, text in words.items():
        monkeypatch.setenv(word, text)
    found = Queues.of(words)
    found.sqs.purge_queue(QueueUrl=url)
    return found


def dead(queues: Queues, body: Any) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    queues.sqs.send_message(QueueUrl=queues.dead_url, MessageBody=text)


def event(key: str) -> dict[str, Any]:
    about = {"key": key, "eTag": "e", "sequencer": "01", "size": 1}
    record = {"bucket": {"name": "b"}, "object": about}
    of_s3 = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
    return {"Records": [{**of_s3, "s3": record}]}


def test_dead_letters_are_told_by_what_they_are_about_and_why(
    loads: Connection, queues: Queues
) -> None:
    dead(queues, event("incoming/1.csv"))
    dead(queues, {"feed": "sales", "rows": [{"name": "Ann"}]})
    of_lambda = {"responsePayload": {"errorMessage": "no memory"}}
    dead(queues, {"requestPayload": event("incoming/2+a.csv"), **of_lambda})
    dead(queues, "no json")
    for _ in range(2):  # a look takes nothing away
        said = run("queue").output
        assert "Queue: 0 waiting, 0 in hand. Dead letters: 4." in said
        assert "load 2 is loaded, but not refreshed: n: division by zero" in said
        assert "rows of the feed sales" in said
        assert "incoming/2 a.csv" in said
        assert "no memory" in said
        assert "no event: the message is no JSON object" in said
        assert "Ann" not in said


def test_dead_letters_are_sent_back_as_they_were(
    ledger_url: str, queues: Queues
) -> None:
    for number in range(12):
        dead(queues, event(f"incoming/{number}.csv"))
    assert run("queue", "--redrive").output == (
        "12 dead letters are in the queue again.\n"
    )
    assert queues.counts() == (Count(12, 0), Count(0, 0))
    found = queues.sqs.receive_message(QueueUrl=queues.url or "")["Messages"][0]
    assert json.loads(found["Body"])["Records"][0]["eventSource"] == "aws:s3"


def test_without_a_queue_there_is_nowhere_to_send_them(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATCHMENT_QUEUE_URL", "")
    done = run("queue", "--redrive")
    assert "There is no queue to send them back to" in done.output
