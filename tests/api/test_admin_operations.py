"""What operators look at beside the ledger, and a load once more by way of the API.

The loader runs as it does on one machine, under its own role, and its bucket is
moto's.
"""

from datetime import UTC, datetime, timedelta

import boto3
import psycopg
import pytest
from access_world import publish_feeds, source
from api_asserts import assert_problem, links
from loader_function import Function
from moto import mock_aws

from api import container
from api.access import gate
from api.admin import loader as loader_client
from api.admin import queues
from catchment.local import api_keys, functions
from loader import container as loader_container

NOTES = source("notes", {"id": {"type": "integer"}, "text": {"maxLength": 5}})
TABLE = """
set role catchment_owner;
create table raw.notes (_load_id bigint, _row_number bigint, id integer, text text)
partition by range (_load_id);
create table raw.notes__shared partition of raw.notes default
"""
LOAD = """
insert into ops.load (feed, bucket, key, version, status, rows_rejected, finished_at)
values (%s, 'b', gen_random_uuid(), %s, %s, %s,
    clock_timestamp() - %s * interval '1 hour')
"""
REJECT = """
insert into ops.reject (load_id, row_number, line, column_name, code, message, record)
values (1, %s, %s, %s, %s, %s, 'r')
"""
REFRESH = """
insert into ops.refresh (model, load_ids, started_at, seconds, rows, status, message)
values (%s, %s, '2026-01-01 10:00+00', 0.25, 7, %s, 'secret')
"""


@pytest.fixture
def admin(bare_platform, monkeypatch):
    words = {
        "DATABASE_URL": bare_platform.api,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "LOADER_FUNCTION": functions.NAME,
    }
    for word, text in words.items():
        monkeypatch.setenv(word, text)
    kept = (container.database, gate.gate, loader_client._client, queues._client)
    for memory in kept:
        memory.cache_clear()
    loader_container.forget()
    with psycopg.connect(bare_platform.admin, autocommit=True) as connection:
        yield connection
    if container.database.cache_info().currsize:
        container.database().close()
    for memory in kept:
        memory.cache_clear()
    loader_container.forget()


@pytest.fixture
def ask(admin, bare_platform, send):
    wish = api_keys.Wish("a test", scopes=["admin"])
    key = str(api_keys.create(bare_platform.admin, wish)[0])

    def ask(path, query="", method="GET", **headers):
        return send(path, query, method, x_api_key=key, **headers)

    return ask


def test_reasons_come_by_frequency_with_the_first_lines(ask, admin):
    admin.execute(LOAD, ["notes", "v1", "loaded", 8, 0])
    for number in range(1, 8):
        admin.execute(REJECT, [number, number + 1, "id", "type", f"'{number}' is none"])
    admin.execute(REJECT, [8, None, None, "fields", "3 fields"])
    answer = ask("/loads/1/reasons")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["data"] == [
        {
            "column": "id",
            "code": "type",
            "records": 7,
            "message": "'1' is none",
            "lines": [2, 3, 4, 5, 6],
        },
        {
            "column": None,
            "code": "fields",
            "records": 1,
            "message": "3 fields",
            "lines": [8],
        },
    ]
    admin.execute(LOAD, ["notes", "v2", "loaded", 0, 0])
    assert ask("/loads/2/reasons").json["data"] == []


def test_a_load_tells_what_it_replaced_and_whose_other_try_it_is(ask, admin):
    for version in ("v1", "v2", "v3"):
        admin.execute(LOAD, ["notes", version, "superseded", 0, 0])
    admin.execute("update ops.load set superseded_by = 3 where load_id < 3")
    admin.execute("update ops.load set replay_of = 1 where load_id = 3")
    found = ask("/loads/3").json
    assert (found["replaced"], found["replay_of"]) == ([1, 2], 1)
    assert ask("/loads/1").json["superseded_by"] == 3


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ("2026-01-02", [2]),
        ("2026-01-02T00:00:00Z/..", [3, 2]),
        ("../2026-01-02T00:00:00Z", [2, 1]),
        ("2026-01-01/P1D", [1]),
    ],
)
def test_loads_of_a_time(ask, admin, period, found):
    for day in (1, 2, 3):
        admin.execute(LOAD, ["notes", f"v{day}", "loaded", 0, 0])
        began = datetime(2026, 1, day, tzinfo=UTC)
        admin.execute(
            "update ops.load set started_at = %s where load_id = %s", [began, day]
        )
    loads = ask("/loads", f"datetime={period}").json["data"]
    assert [load["load_id"] for load in loads] == found


def test_refreshes_come_newest_first_and_do_not_quote_postgres(ask, admin):
    admin.execute(REFRESH, ["m", [1, 2], "done"])
    admin.execute(REFRESH, ["n", list(range(1, 31)), "failed"])
    newest, oldest = ask("/refreshes").json["data"]
    assert (newest["model"], newest["status"]) == ("n", "failed")
    assert (newest["loads"], newest["load_ids"]) == (30, list(range(1, 21)))
    assert oldest == {
        "refresh_id": 1,
        "model": "m",
        "started_at": "2026-01-01T10:00:00Z",
        "seconds": 0.25,
        "rows": 7,
        "status": "done",
        "loads": 2,
        "load_ids": [1, 2],
    }
    assert "secret" not in ask("/refreshes").body
    assert len(ask("/refreshes", "status=done").json["data"]) == 1
    assert len(ask("/refreshes", "model=n").json["data"]) == 1
    page = ask("/refreshes", "limit=1")
    query = links(page)["next"]["href"].partition("?")[2]
    assert ask("/refreshes", query).json["data"] == [oldest]


def test_a_feed_is_as_fresh_as_its_contract_says(ask, admin):
    limits = {
        "warn_after": {"count": 1, "period": "day"},
        "error_after": {"count": 48, "period": "hour"},
    }
    ages = {"a": 1, "b": 30, "c": 50}
    feeds = [source(name, {"id": {}}) | {"freshness": limits} for name in "abcd"]
    publish_feeds(admin, *feeds, source("e", {"id": {}}))
    for name, hours in ages.items():
        admin.execute(LOAD, [name, "v1", "loaded", 0, hours])
        # A newer one that was refused makes nothing fresh.
        admin.execute(LOAD, [name, "v2", "rejected", 0, 0])
    admin.execute(LOAD, ["e", "v1", "loaded", 0, 10_000])
    found = {feed["feed"]: feed for feed in ask("/freshness").json["feeds"]}
    statuses = [found[name]["status"] for name in "abcde"]
    assert statuses == ["fresh", "late", "stale", "none", "fresh"]
    assert found["b"]["age_seconds"] == pytest.approx(30 * 3600, abs=60)
    newest = datetime.fromisoformat(found["b"]["newest_load_at"])
    assert datetime.now(UTC) - newest > timedelta(hours=29)
    assert (found["a"]["loads_to_refresh"], found["d"]["newest_load_at"]) == (1, None)
    assert (found["a"]["warn_after_seconds"], found["e"]["error_after_seconds"]) == (
        86_400,
        None,
    )


@mock_aws
def test_the_queue_is_counted_and_nothing_of_it_is_taken(ask, monkeypatch):
    sqs = boto3.client("sqs")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("a", "b")]
    monkeypatch.setenv("CATCHMENT_QUEUE_URL", urls[0])
    monkeypatch.setenv("CATCHMENT_DEAD_LETTERS_URL", urls[1])
    for _ in range(3):
        sqs.send_message(QueueUrl=urls[0], MessageBody="x")
    sqs.receive_message(QueueUrl=urls[0])
    sqs.send_message(QueueUrl=urls[1], MessageBody="x")
    for _ in range(2):
        assert ask("/queue").json == {
            "queue": {"waiting": 2, "in_flight": 1},
            "dead_letters": {"waiting": 1, "in_flight": 0},
        }


def test_a_deployment_without_a_queue_says_so(ask, monkeypatch):
    monkeypatch.delenv("CATCHMENT_QUEUE_URL", raising=False)
    monkeypatch.delenv("CATCHMENT_DEAD_LETTERS_URL", raising=False)
    assert ask("/queue").json == {"queue": None, "dead_letters": None}


def test_a_queue_that_does_not_answer_is_told_of_without_its_address(ask, monkeypatch):
    monkeypatch.setenv("CATCHMENT_QUEUE_URL", "http://127.0.0.1:9/1/secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    answer = ask("/queue")
    assert_problem(answer, 503)
    assert "secret" not in answer.body


@pytest.fixture
def notes(admin, bare_platform, monkeypatch):
    """A bucket, the loader, and a file of which a row breaks the contract."""
    publish_feeds(admin, NOTES)
    admin.execute(TABLE)
    admin.execute("reset role")
    function = Function(bare_platform.loader)
    with mock_aws(), functions.served("127.0.0.1", 0, function) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", url)
        s3 = boto3.client("s3")
        place = {"LocationConstraint": "eu-central-1"}
        s3.create_bucket(Bucket="notes", CreateBucketConfiguration=place)
        key = "incoming/notes/a.csv"
        s3.put_object(Bucket="notes", Key=key, Body=b"id,text\n1,short\n2,too long\n")
        etag = s3.head_object(Bucket="notes", Key=key)["ETag"].strip('"')
        about = {"key": key, "eTag": etag, "sequencer": "01", "size": 27}
        record = {"bucket": {"name": "notes"}, "object": about}
        event = {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": record,
        }
        function({"Records": [event]}, None)
        yield function


def mend(admin):
    mended = source("notes", {"id": {"type": "integer"}, "text": {"maxLength": 50}})
    publish_feeds(admin, mended, hash_="mended")


def stored(admin):
    return admin.execute("select _load_id, text from raw.notes order by id").fetchall()


def test_a_file_once_more_takes_the_place_of_its_load(ask, admin, notes):
    assert stored(admin) == [(1, "short")]
    mend(admin)
    answer = ask("/loads/1/replay", method="POST")
    assert answer.status == 200, answer.body
    load = answer.json["load"]
    assert (load["load_id"], load["status"], load["rows_loaded"]) == (2, "loaded", 2)
    assert load["is_refreshed"]
    assert stored(admin) == [(2, "short"), (2, "too long")]
    again = ask("/loads/1/replay", method="POST")
    assert "load 2 superseded load 1" in assert_problem(again, 409)["detail"]


def test_rejects_once_more_become_rows_of_the_same_load(ask, admin, notes):
    mend(admin)
    answer = ask("/loads/1/replay-rejects", method="POST")
    assert answer.status == 200, answer.body
    assert (answer.json["load"]["load_id"], answer.json["load"]["rows_loaded"]) == (
        1,
        1,
    )
    assert stored(admin) == [(1, "short"), (1, "too long")]
    again = ask("/loads/1/replay-rejects", method="POST")
    assert "load 1 has no rejects" in assert_problem(again, 409)["detail"]


def test_what_the_loader_fails_at_is_not_told(ask, notes):
    notes.raises = RuntimeError("secret")
    answer = ask("/loads/1/replay", method="POST")
    assert_problem(answer, 503)
    assert "secret" not in answer.body


@pytest.mark.parametrize("number", ["9", "-1", "x", "99999999999999999999", "1 or 1=1"])
@pytest.mark.parametrize("end", ["replay", "replay-rejects"])
def test_no_load_is_no_event_of_the_loader(ask, notes, number, end):
    events = len(notes.events)
    assert_problem(ask(f"/loads/{number}/{end}", method="POST"), 404)
    assert len(notes.events) == events


@pytest.mark.parametrize("number", ["9", "x"])
def test_no_load_has_no_reasons(ask, number):
    assert_problem(ask(f"/loads/{number}/reasons"), 404)


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/loads", "datetime=yesterday", "datetime"),
        ("/loads", "model=m", "model"),
        ("/refreshes", "status=loaded", "status"),
        ("/refreshes", "feed=a", "feed"),
        ("/refreshes", "model=nosuch", "model"),
        ("/refreshes", "cursor=W3siLWxvYWRfaWQiOiIxIn0sIiJd", "cursor"),
        ("/freshness", "feed=a", "feed"),
        ("/queue", "f=csv", "f"),
        ("/loads/1/reasons", "limit=1", "limit"),
    ],
)
def test_what_is_asked_wrongly_is_named(ask, admin, path, query, parameter):
    publish_feeds(admin, NOTES)
    assert assert_problem(ask(path, query), 400)["parameter"] == parameter


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/refreshes", "GET"),
        ("/freshness", "GET"),
        ("/queue", "GET"),
        ("/loads/1/reasons", "GET"),
        ("/loads/1/replay", "POST"),
        ("/loads/1/replay-rejects", "POST"),
    ],
)
def test_they_are_for_the_scope_admin(admin, bare_platform, send, path, method):
    assert_problem(send(path, method=method), 401)
    reader = str(api_keys.create(bare_platform.admin, api_keys.Wish("r", ["read"]))[0])
    assert_problem(send(path, method=method, x_api_key=reader), 403)
