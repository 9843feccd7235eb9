"""Rows by way of the API: to the loader, into the database, and what became of them.

The loader runs as it does on one machine: its handler, called by boto3 over HTTP,
under its own role.
"""

import json

import psycopg
import pytest
from access_world import publish_feeds, source
from api_asserts import assert_problem
from loader_function import Function

from api import container
from api.access import gate
from api.admin import bodies
from api.admin import loader as loader_client
from api.problems import Problem
from api.request import Request
from catchment.local import api_keys, functions
from loader import container as loader_container

FEED = source(
    "notes",
    {"id": {"type": "integer", "required": True}, "amount": {"type": "numeric"}},
    reject_limit="50%",
)
TABLE = """
set role catchment_owner;
create table raw.notes (
    _load_id bigint, _row_number bigint, id integer, amount numeric
);
"""


@pytest.fixture
def function(bare_platform, monkeypatch):
    words = {
        "DATABASE_URL": bare_platform.api,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "LOADER_FUNCTION": functions.NAME,
    }
    for word, text in words.items():
        monkeypatch.setenv(word, text)
    kept = (container.database, gate.gate, loader_client._client)
    for memory in kept:
        memory.cache_clear()
    loader_container.forget()
    found = Function(bare_platform.loader)
    with functions.served("127.0.0.1", 0, found) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", url)
        yield found
    if container.database.cache_info().currsize:
        container.database().close()
    for memory in kept:
        memory.cache_clear()
    loader_container.forget()


@pytest.fixture
def admin(bare_platform):
    with psycopg.connect(bare_platform.admin, autocommit=True) as connection:
        publish_feeds(connection, FEED)
        connection.execute(TABLE)
        connection.execute("reset role")
        yield connection


@pytest.fixture
def post(bare_platform, admin, function, send):
    wish = api_keys.Wish("a test", scopes=["admin"])
    key = str(api_keys.create(bare_platform.admin, wish)[0])

    def post(body, path="/feeds/notes/rows", method="POST", **headers):
        text = body if isinstance(body, str) else json.dumps(body)
        return send(path, "", method, text, x_api_key=key, **headers)

    return post


def stored(admin):
    return admin.execute(
        "select id, amount::text from raw.notes order by _load_id, _row_number"
    ).fetchall()


def test_every_row_is_told_what_became_of_it(post, admin, send):
    answer = post(
        '[{"id": 1, "amount": 1.10},\n {"id": "x", "amount": "y"}, {"id": 3}]'
    )
    assert answer.status == 201, answer.body
    assert answer.headers["cache-control"] == "no-store"
    load = answer.json["load"]
    assert (load["rows_read"], load["rows_loaded"], load["rows_rejected"]) == (3, 2, 1)
    assert (load["is_repeated"], load["is_refreshed"]) == (False, True)
    first, second, third = answer.json["rows"]
    assert first == {"row": 1, "status": "loaded"}
    assert third == {"row": 3, "status": "loaded"}
    assert second["status"] == "rejected"
    assert second["problems"] == [
        {"column": "id", "code": "type", "message": "'x' is no integer"},
        {"column": "amount", "code": "type", "message": "'y' is no numeric"},
    ]
    assert stored(admin) == [(1, "1.10"), (3, None)]
    where = answer.headers["location"]
    assert where == f"https://api.example.org/loads/{load['load_id']}"


def test_a_key_of_ones_own_makes_a_second_try_harmless(post, admin):
    words = {"Idempotency_Key": "order-17"}
    first = post([{"id": 1}], **words)
    again = post([{"id": 1}], **words)
    assert (first.json["request"], again.status) == ("order-17", 201)
    assert again.json["load"] == {**first.json["load"], "is_repeated": True}
    assert_problem(post([{"id": 2}], **words), 422)
    assert len(stored(admin)) == 1
    # Without a key each request is one of its own.
    assert post([{"id": 1}]).json["request"] != post([{"id": 1}]).json["request"]
    assert len(stored(admin)) == 3


def test_above_the_limit_of_the_contract_nothing_is_published(post, admin):
    answer = post([{"id": 1}, {}, {}])
    problem = assert_problem(answer, 422)
    assert problem["load"]["status"] == "rejected"
    statuses = [row["status"] for row in problem["rows"]]
    assert statuses == ["not loaded", "rejected", "rejected"]
    assert "More rows break the contract" in problem["detail"]
    assert stored(admin) == []
    problem = assert_problem(post([{}]), 422)
    assert problem["detail"] == "No row keeps the contract: none was published."


def test_names_that_are_no_columns_are_told(post):
    answer = post([{"id": 1, "Amount": 2}, {"id": 2, "amount": 1, "b": 1, "Amount": 3}])
    assert (answer.status, answer.json["unused"]) == (201, ["Amount", "b"])
    assert "unused" not in post([{"id": 1}]).json
    problem = assert_problem(post([{"ID": 1}]), 422)
    assert problem["unused"] == ["ID"]
    assert "GET /feeds/{feed}" in problem["detail"]
    many = {f"x{number}": 1 for number in range(30)}
    assert len(post([{"id": 1, **many}]).json["unused"]) == 20


@pytest.mark.parametrize(
    "body",
    [
        *("", "{}", "[", "[1]", "[[]]", "null", "[{]", '[{"a":' * 9_000),
        *('[{"id": 1}, 2]', '[{"id": 1}] x', '[{"id": 1},]', '[{"id": }]'),
        '[{"id": 1} {"id": 2}]',
    ],
)
def test_a_body_that_is_no_array_of_objects_is_refused(post, function, body):
    assert_problem(post(body), 400)
    assert function.events == []


@pytest.mark.parametrize("count", [0, 1_001])
def test_one_to_a_thousand_rows_are_taken(post, function, count):
    problem = assert_problem(post([{"id": 1}] * count), 400)
    assert f"There are {count} rows" in problem["detail"]
    assert function.events == []


def test_a_thousand_rows_are_one_load(post, admin):
    answer = post([{"id": number} for number in range(1_000)])
    assert answer.json["load"]["rows_loaded"] == 1_000
    assert admin.execute("select count(*) from ops.load").fetchone() == (1,)


def test_more_bytes_than_lambda_takes_are_a_413(post, function):
    rows = [{"id": 1, "note": "é" * 3_000}] * 1_000
    assert "POST /uploads" in assert_problem(post(rows), 413)["detail"]
    assert function.events == []


@pytest.mark.parametrize("key", ["a b", "a/b", "a" * 65, "a.b", "ü"])
def test_a_key_of_another_shape_is_refused(post, function, key):
    assert_problem(post([{"id": 1}], Idempotency_Key=key), 400)
    assert function.events == []


def test_an_unknown_feed_lists_those_that_exist(post):
    problem = assert_problem(post([{"id": 1}], "/feeds/nothing/rows"), 404)
    assert problem["known"] == ["notes"]


def test_what_the_loader_raises_is_a_503_without_its_words(post, function, caplog):
    function.raises = RuntimeError("a secret of the house")
    answer = post([{"id": 1}])
    assert "Idempotency-Key" in assert_problem(answer, 503)["detail"]
    assert "secret" not in answer.body
    assert "a secret of the house" in caplog.text
    assert "retry-after" in answer.headers


def test_a_loader_that_is_away_or_unknown_is_a_503(post, function, monkeypatch):
    loader_client._client.cache_clear()
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:1")
    assert_problem(post([{"id": 1}]), 503)
    monkeypatch.delenv("LOADER_FUNCTION")
    assert_problem(post([{"id": 1}]), 503)


def test_it_takes_post_alone_and_from_admins_alone(post, send):
    answer = post([], method="GET")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"
    assert_problem(send("/feeds/notes/rows", "", "POST", "[]"), 401)


def test_who_did_it_is_logged(post, caplog):
    load_id = post([{"id": 1}]).json["load"]["load_id"]
    (audit,) = (record for record in caplog.records if record.msg == "rows")
    assert audit.caller.startswith("key cmt_")
    assert (audit.feed, audit.load_id, audit.rows_loaded) == ("notes", load_id, 1)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[]", []),
        (' [ {"a" : 1.10} , { } ] ', ['{"a" : 1.10}', "{ }"]),
        ('\ufeff[{"a": "},{[]"}]', ['{"a": "},{[]"}']),
        ('[{"a": 1e999, "b": 123456789012345678901234567890.10}]', None),
    ],
)
def test_rows_are_the_very_texts_that_were_sent(text, wanted):
    request = Request("POST", "/", "", body=text.encode())
    found = bodies.objects(request)
    assert found == ([text[1:-1]] if wanted is None else wanted)


def test_a_body_that_is_not_utf_8_is_refused():
    with pytest.raises(Problem):
        bodies.objects(Request("POST", "/", "", body=b"[\xff]"))
