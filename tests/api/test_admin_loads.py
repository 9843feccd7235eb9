"""The ledger and the quarantine, for those who may see them."""

import csv
import io
import json

import psycopg
import pytest
from access_world import publish_feeds, source
from api_asserts import assert_problem, links

from api import container
from api.access import gate
from api.admin import ledger
from catchment.local import api_keys

LOADS = """
insert into ops.load (
    feed, bucket, key, version, status, reason, rows_read, rows_loaded,
    rows_rejected, started_at, finished_at, refreshed_at, superseded_by
)
values
('a', 'b', 'incoming/1.csv', 'v1', 'loaded', null, 3, 3, 0,
    '2026-01-01 10:00+00', '2026-01-01 10:00:01.5+00', '2026-01-01 10:00:02+00', null),
('a', 'b', 'incoming/2.csv', 'v1', 'rejected', 'too many', 3, 0, 3,
    '2026-01-01 11:00+00', '2026-01-01 11:00:01+00', null, null),
('b', 'b', 'incoming/"ü".csv', 'v1', 'loaded', null, 1, 1, 0,
    '2026-01-01 12:00+00', null, null, 1)
"""
REJECTS = """
insert into ops.reject (
    load_id, row_number, line, column_name, code, message, record, also
)
select 2, n, n + 1, 'id', 'type', 'is no integer', 'x,' || repeat('y', %s),
    case when n = 1 then '[{"column": "a", "code": "b", "message": "c"}]'::jsonb end
from generate_series(1, %s) as n
"""


@pytest.fixture
def admin(bare_platform, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", bare_platform.api)
    monkeypatch.delenv("API_ACCESS", raising=False)
    container.database.cache_clear()
    gate.gate.cache_clear()
    with psycopg.connect(bare_platform.admin, autocommit=True) as connection:
        connection.execute(LOADS)
        publish_feeds(connection, source("b", {"id": {}}))
        connection.execute(
            "insert into ops.refresh (model, load_ids, started_at, seconds, rows, "
            "status, message) values "
            "('m', '{1}', '2026-01-01 10:00:01.6+00', 0.2, null, 'failed', 'secret'), "
            "('m', '{1,3}', '2026-01-01 10:00:02+00', 0.2503481, 7, 'done', null), "
            "('m', '{3}', '2026-01-01 12:00:02+00', 0.25, 7, 'done', null)"
        )
        yield connection
    gate.gate.cache_clear()
    container.database().close()
    container.database.cache_clear()


@pytest.fixture
def get(admin, bare_platform, send):
    wish = api_keys.Wish("a test", scopes=["admin"])
    key = str(api_keys.create(bare_platform.admin, wish)[0])

    def get(path, query="", method="GET", **headers):
        return send(path, query, method, x_api_key=key, **headers)

    return get


def ids(answer):
    return [load["load_id"] for load in answer.json["data"]]


def test_loads_come_newest_first_with_all_that_is_known(get):
    answer = get("/loads")
    assert answer.headers["cache-control"] == "no-store"
    assert ids(answer) == [3, 2, 1]
    newest, refused, oldest = answer.json["data"]
    assert newest["key"] == 'incoming/"ü".csv'
    assert (newest["finished_at"], newest["superseded_by"]) == (None, 1)
    assert (refused["status"], refused["reason"]) == ("rejected", "too many")
    assert (refused["rows_read"], refused["rows_rejected"]) == (3, 3)
    assert oldest["seconds"] == 1.5
    assert oldest["started_at"] == "2026-01-01T10:00:00Z"
    assert oldest["finished_at"] == "2026-01-01T10:00:01.5Z"
    assert oldest["refreshed_at"] == "2026-01-01T10:00:02Z"
    assert not {"bucket", "version", "etag"} & set(oldest)
    assert list(links(answer)) == ["self"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("feed=a", [2, 1]),
        ("status=loaded", [3, 1]),
        ("feed=a&status=loaded", [1]),
        ("feed=b&status=failed", []),
        ("rejects=true", [2]),
        ("rejects=false&feed=a", [1]),
        ("limit=2", [3, 2]),
        ("limit=99999999999999999999999", [3, 2, 1]),
    ],
)
def test_loads_are_filtered(get, query, found):
    assert ids(get("/loads", query)) == found


def test_pages_lead_on_and_a_load_that_comes_meanwhile_is_in_none(get, admin):
    seen, query = [], "limit=1&status=loaded"
    while query:
        answer = get("/loads", query)
        seen += ids(answer)
        admin.execute(LOADS.replace("v1", f"v{len(seen) + 1}"))
        next_ = links(answer).get("next")
        query = next_["href"].partition("?")[2] if next_ else None
        if next_:
            assert next_["href"] in answer.headers["link"]
    assert seen == [3, 1]


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/loads", "limit=0", "limit"),
        ("/loads", "limit=x", "limit"),
        ("/loads", "status=lost", "status"),
        ("/loads", "feed=%00", "feed"),
        ("/loads", "feed=' or true --", "feed"),
        ("/loads", "rejects=1", "rejects"),
        ("/loads", "f=csv", "f"),
        ("/loads", "cursor=abc", "cursor"),
        ("/loads", "cursor=W3siLWxvYWRfaWQiOiJ4In0sIiJd", "cursor"),
        ("/loads", "feed=a&feed=b", "feed"),
        ("/loads/2/rejects", "f=xml", "f"),
        ("/loads/2/rejects", "feed=a", "feed"),
        ("/loads/2/rejects", "cursor=W3siLWxvYWRfaWQiOiIxIn0sIiJd", "cursor"),
    ],
)
def test_what_is_asked_wrongly_is_named(get, path, query, parameter):
    assert assert_problem(get(path, query), 400)["parameter"] == parameter


def test_a_feed_that_never_was_is_told_with_those_that_are(get):
    assert assert_problem(get("/loads", "feed=c"), 400)["known"] == ["b"]
    # One that is no more has its loads still.
    assert ids(get("/loads", "feed=a")) == [2, 1]


def test_what_had_nothing_to_refresh_was_not_refreshed(get, admin):
    admin.execute("update ops.load set refreshed_at = finished_at")
    newest, refused, oldest = get("/loads").json["data"]
    assert newest["refreshed_at"] is None
    assert (refused["refreshed_at"], oldest["refreshed_at"][-1]) == (None, "Z")


def test_a_load_tells_of_its_refreshes_and_not_what_postgres_said(get):
    answer = get("/loads/1")
    assert answer.json["rows_loaded"] == 3
    first, second = answer.json["refreshes"]
    assert (first["status"], second["status"]) == ("failed", "done")
    assert (second["model"], second["rows"], second["seconds"]) == ("m", 7, 0.25)
    assert second["started_at"] == "2026-01-01T10:00:02Z"
    assert "secret" not in answer.body
    (rejects,) = (k for k in answer.json["links"] if k["rel"] == "rejects")
    assert rejects["href"].endswith("/loads/1/rejects")


@pytest.mark.parametrize(
    "number", ["9", "-1", "x", "1.0", "99999999999999999999", "%C3%A9", "1 or 1=1"]
)
@pytest.mark.parametrize("end", ["", "/rejects"])
def test_a_load_that_does_not_exist_is_a_404(get, number, end):
    assert_problem(get(f"/loads/{number}{end}"), 404)


def test_rejects_say_where_and_why(get, admin):
    admin.execute(REJECTS, [5, 3])
    answer = get("/loads/2/rejects", "limit=2")
    first, second = answer.json["data"]
    assert first == {
        "row_number": 1,
        "line": 2,
        "column": "id",
        "code": "type",
        "message": "is no integer",
        "record": "x,yyyyy",
        "also": [{"column": "a", "code": "b", "message": "c"}],
    }
    assert second["also"] is None
    query = links(answer)["next"]["href"].partition("?")[2]
    rest = get("/loads/2/rejects", query)
    assert [reject["row_number"] for reject in rest.json["data"]] == [3]
    assert "next" not in links(rest)
    assert get("/loads/1/rejects").json["data"] == []


def test_rejects_as_csv(get, admin):
    admin.execute(REJECTS, [5, 3])
    answer = get("/loads/2/rejects", "f=csv&limit=2")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    header, first, second = csv.reader(io.StringIO(answer.body))
    assert header == list(ledger.REJECT_COLUMNS)
    assert first[:3] == ["1", "2", "id"]
    assert json.loads(first[-1])[0]["column"] == "a"
    assert (second[-2], second[-1]) == ("x,yyyyy", "")
    assert 'rel="next"' in answer.headers["link"]
    lines = answer.body.split("\r\n")
    assert lines[0] == '"row_number","line","column","code","message","record","also"'
    assert lines[2] == '2,3,"id","type","is no integer","x,yyyyy",'


def test_a_page_of_large_records_is_cut_and_says_so(get, admin):
    admin.execute(REJECTS, [1_000_000, 12])
    seen, query = [], ""
    while query is not None:
        answer = get("/loads/2/rejects", query)
        assert len(answer.body) < 6_000_000
        seen += [reject["row_number"] for reject in answer.json["data"]]
        next_ = links(answer).get("next")
        query = next_["href"].partition("?")[2] if next_ else None
    assert seen == list(range(1, 13))


@pytest.mark.parametrize("path", ["/loads", "/loads/1", "/loads/1/rejects"])
def test_they_are_for_the_scope_admin_and_can_only_be_read(get, send, path):
    assert_problem(send(path), 401)
    answer = get(path, method="DELETE")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"
    assert get(path, method="HEAD").status == 200
