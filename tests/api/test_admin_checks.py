"""The data checks and the history of feeds, for those who may see them."""

import psycopg
import pytest
from access_world import publish_feeds, source
from api_asserts import assert_problem
from openapi_asserts import assert_fits, document_of

from api import container
from api.access import gate
from catchment.local import api_keys

RUNS = """
insert into ops.check_run (started_at, finished_at, started_by, selected)
values
('2026-01-01 06:00+00', '2026-01-01 06:00:30+00', 'a person', '{}'),
('2026-01-02 06:00+00', '2026-01-02 06:00:30+00', 'a person', '{}'),
('2026-01-03 06:00+00', '2026-01-03 06:00:05+00', 'a person', '{m}');

insert into ops.check_result (
    run_id, check_id, kind, subject, name, feeds, status, failures, words,
    samples, query
)
values
(1, 'gone', 'test', 'old', 'n', '{}', 'error', 1, 'is gone', '[]', null),
(1, 'well', 'drift', 'b', 'id', '{b}', 'waiting', null, 'too little', '[]', null),
(2, 'well', 'drift', 'b', 'id', '{b}', 'pass', 0, 'as usual', '[]', null),
(1, 'bad', 'test', 'm', 't', '{a,b}', 'pass', 0, '0 rows', '[]', null),
(2, 'bad', 'test', 'm', 't', '{a,b}', 'warn', 1, '1 row', '[]', 'select 1'),
(3, 'bad', 'test', 'm', 't', '{a,b}', 'error', 7, '7 rows',
    '[{"words": "value is 1", "load_id": 1, "file": "b/1.csv"}]', 'select 7');
"""
LOADS = """
insert into ops.load (
    feed, bucket, key, version, status, rows_read, rows_loaded, rows_rejected,
    finished_at
)
select 'b', 'b', 'b/' || n || '.csv', n, 'loaded', 110, 100, 10,
    now() - make_interval(days => 20 - n)
from generate_series(1, 12) as n;

insert into ops.profile (
    load_id, column_name, kind, rows, edges, counts, reference, loads_before, psi,
    allowed
)
select load_id, 'id', 'number', 100, '{1.5}', '{"0": 40, "1": 60}',
    '{"0": 50, "1": 40, "": 10}', 5, 0.1, 0.25
from ops.load
where load_id > 10;
"""


@pytest.fixture
def admin(bare_platform, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", bare_platform.api)
    monkeypatch.delenv("API_ACCESS", raising=False)
    container.database.cache_clear()
    gate.gate.cache_clear()
    with psycopg.connect(bare_platform.admin, autocommit=True) as connection:
        publish_feeds(connection, source("b", {"id": {}}))
        yield connection
    gate.gate.cache_clear()
    container.database().close()
    container.database.cache_clear()


@pytest.fixture
def get(admin, bare_platform, send):
    wish = api_keys.Wish("a test", scopes=["admin"])
    key = str(api_keys.create(bare_platform.admin, wish)[0])
    return lambda path, query="": send(path, query, x_api_key=key)


PATHS = ("/checks", "/checks/bad", "/feeds/b/history")


def test_the_worst_comes_first_beside_how_it_ended_before(get, admin):
    admin.execute(RUNS)
    answer = get("/checks")
    assert answer.headers["cache-control"] == "no-store"
    assert [run["run"] for run in answer.json["runs"]] == [3, 2, 1]
    # What the newest run of all checks does not know any more is not listed.
    assert [one["id"] for one in answer.json["checks"]] == ["bad", "well"]
    bad, well = answer.json["checks"]
    assert (bad["status"], bad["words"], bad["failures"]) == ("error", "7 rows", 7)
    assert bad["feeds"] == ["a", "b"]
    assert bad["statuses"] == ["error", "warn", "pass"]
    assert well["statuses"] == [None, "pass", "waiting"]


def test_a_check_tells_its_rows_its_sql_and_all_its_runs(get, admin):
    admin.execute(RUNS)
    one = get("/checks/bad").json
    assert one["query"] == "select 7"
    assert one["samples"] == [{"words": "value is 1", "load_id": 1, "file": "b/1.csv"}]
    assert [(run["run"], run["words"]) for run in one["history"]] == [
        (3, "7 rows"),
        (2, "1 row"),
        (1, "0 rows"),
    ]
    assert one["history"][0]["started_at"] == "2026-01-03T06:00:00Z"


def test_a_feed_shows_what_it_brought_and_what_was_usual(get, admin):
    admin.execute(LOADS)
    found = get("/feeds/b/history").json
    assert (found["feed"], found["reject_limit"]) == ("b", "100%")
    loads = found["loads"]
    assert len(loads) == 12
    assert (loads[0]["low"], loads[0]["high"]) == (None, None)
    assert (loads[-1]["low"], loads[-1]["high"]) == (80, 120)
    assert loads[-1]["series"] == "b/#.csv"
    assert found["periods"][0]["starts"] < found["periods"][-1]["starts"]
    (column,) = found["columns"]
    assert [one["psi"] for one in column["indexes"]] == [0.1, 0.1]
    (newest,) = column["distributions"]
    assert newest["counts"] == {"0": 40, "1": 60}


def test_before_anything_was_checked_or_loaded(get, admin):
    assert get("/checks").json["checks"] == []
    found = get("/feeds/b/history").json
    assert (found["loads"], found["periods"], found["columns"]) == ([], [], [])


def test_answers_are_as_the_document_tells(get, admin, published):
    admin.execute(RUNS)
    admin.execute(LOADS)
    document = document_of(published)
    for path, template in zip(
        PATHS, ("/checks", "/checks/{check}", "/feeds/{feed}/history"), strict=True
    ):
        answer = get(path)
        assert answer.status == 200, answer.body
        assert_fits(document, template, answer)


@pytest.mark.parametrize("path", ["/checks/nosuch", "/checks/%", "/feeds/a/history"])
def test_what_there_is_not_is_a_404(get, path):
    assert_problem(get(path), 404)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_told_without_the_scope(admin, bare_platform, send, path):
    admin.execute(RUNS)
    assert_problem(send(path), 401)
    wish = api_keys.Wish("a reader", scopes=["read"])
    key = str(api_keys.create(bare_platform.admin, wish)[0])
    assert_problem(send(path, x_api_key=key), 403)


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_parameter_is_refused(get, path):
    assert_problem(get(path, "no_such=1"), 400)
