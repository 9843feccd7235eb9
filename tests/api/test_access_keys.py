"""Keys: whose they are, what they are good for, and until when."""

import dataclasses
import hmac
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from access_world import Clock

from api import access, container
from api.access import gate, presented
from api.access.keys import SECONDS_KEPT, Keys
from api.access.rates import Buckets
from api.problems import Problem
from catchment import api_keys
from catchment.local import api_keys as admin
from catchment.settings import Access, MissingSetting


@pytest.fixture
def url(bare_platform, monkeypatch):
    """The administrator's URL of a database that the API's role looks keys up in."""
    monkeypatch.setenv("DATABASE_URL", bare_platform.api)
    monkeypatch.setenv("API_ACCESS", "key")
    container.database.cache_clear()
    gate.gate.cache_clear()
    yield bare_platform.admin
    gate.gate.cache_clear()
    container.database().close()
    container.database.cache_clear()


def made(url, **wish):
    return admin.create(url, admin.Wish("a test", **wish))[0]


def refused(status, headers, scope="read", pairs=()):
    with pytest.raises(Problem) as found:
        access.admit(headers, pairs, scope)
    assert found.value.status == status, found.value.detail
    return found.value


def test_a_key_is_known_in_either_header(url):
    key = made(url, scopes=["read"], claims={"region": ["north", "south"]})
    for headers in (
        {"x-api-key": str(key)},
        {"authorization": f"Bearer {key}"},
        {"authorization": f"bearer  {key} "},
    ):
        caller = access.admit(headers, ())
        assert caller.name == f"key cmt_{key.id}"
        assert caller.scopes == {"read"}
        assert caller.claims == {"region": ("north", "south")}
        assert key.secret not in repr(caller)


def test_what_is_no_key_is_a_401(url):
    key = made(url)
    other = made(url)
    wrong = [
        str(api_keys.new()),
        f"cmt_{key.id}_{other.secret}",
        str(key)[:-1],
        str(key) + "A",
        str(key).upper(),
        "cmt_",
        "anything",
        f"cmt_{key.id}_{'ü' * 43}",
    ]
    for text in wrong:
        for headers in ({"x-api-key": text}, {"authorization": f"Bearer {text}"}):
            problem = refused(401, headers)
            challenge = problem.headers["WWW-Authenticate"]
            assert challenge == 'Bearer realm="catchment", error="invalid_token"'
            assert key.secret not in problem.detail
    assert refused(401, {"authorization": "Basic YTpi"})
    nothing = refused(401, {})
    assert nothing.headers["WWW-Authenticate"] == 'Bearer realm="catchment"'
    assert "x-api-key" in nothing.detail


def test_an_id_that_does_not_exist_costs_the_same_comparison(url, monkeypatch):
    compared = []

    def compare(left, right):
        compared.append((len(left), len(right)))
        return hmac.compare_digest(left, right)

    fake = type("hmac", (), {"compare_digest": staticmethod(compare)})
    monkeypatch.setattr("api.access.keys.hmac", fake)
    key = made(url)
    access.admit({"x-api-key": str(key)}, ())
    refused(401, {"x-api-key": str(api_keys.new())})
    assert compared == [(32, 32), (32, 32)]


def test_a_scope_that_is_missing_is_a_403_that_names_it(url):
    key = made(url, scopes=["read"])
    problem = refused(403, {"x-api-key": str(key)}, "admin")
    assert "'admin'" in problem.detail
    assert (
        'error="insufficient_scope", scope="admin"'
        in (problem.headers["WWW-Authenticate"])
    )
    # Neither scope holds the other.
    refused(403, {"x-api-key": str(made(url, scopes=["admin"]))}, "read")


def test_a_key_in_the_query_is_refused_and_kept_from_the_log(url):
    key = str(made(url))
    for value in (key, f"Bearer {key}", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."):
        problem = refused(400, {}, pairs=(("whatever", value),))
        assert "revoke" in problem.detail
    assert presented.redacted(f"a=1&key={key}&b=2") == "a=1&key=***&b=2"


def test_a_key_that_has_run_out_is_a_401_though_it_is_remembered(url):
    key = made(url, expires=timedelta(hours=1))
    now = datetime.now(UTC)
    keys = Keys(gate._find_key, now=lambda: now)
    assert keys.caller(key)
    now += timedelta(minutes=59)
    assert keys.caller(key)
    now += timedelta(minutes=2)
    assert keys.caller(key) is None


def test_a_revoked_key_is_taken_for_as_long_as_it_is_remembered(url):
    key, clock = made(url), Clock()
    keys = Keys(gate._find_key, clock)
    assert keys.caller(key)
    assert admin.revoke(url, key.id) == ("a test", True)
    clock.now += SECONDS_KEPT - 1
    assert keys.caller(key)
    clock.now += 2
    assert keys.caller(key) is None
    # Another container has never known it.
    assert Keys(gate._find_key).caller(key) is None


def test_a_new_key_is_known_at_once_though_it_was_tried_before(url):
    key = api_keys.new()
    refused(401, {"x-api-key": str(key)})
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into ops.api_key (id, name, secret_sha256, scopes) "
            "values (%s, 'late', %s, '{read}')",
            [key.id, key.digest],
        )
    assert access.admit({"x-api-key": str(key)}, ())


def test_one_question_to_the_database_serves_a_minute():
    key, asked = api_keys.new(), []

    def find(id_):
        asked.append(id_)
        return (key.digest, ["read"], {}, None, None)

    clock = Clock()
    keys = Keys(find, clock)
    for _ in range(5):
        assert keys.caller(key)
    clock.now += SECONDS_KEPT
    assert keys.caller(key)
    assert len(asked) == 2


def test_the_rate_of_a_key_is_its_own(url):
    busy, idle = made(url, requests_per_minute=2), made(url, requests_per_minute=2)
    first = access.admit({"x-api-key": str(busy)}, ())
    assert first.headers["RateLimit-Policy"] == '"key";q=2;w=60'
    assert first.headers["RateLimit"] == '"key";r=1;t=30'
    access.admit({"x-api-key": str(busy)}, ())
    problem = refused(429, {"x-api-key": str(busy)})
    assert 0 < problem.retry_after <= 30
    assert problem.headers["RateLimit"].startswith('"key";r=0;')
    assert access.admit({"x-api-key": str(idle)}, ())
    # Whoever guesses at a key's secret does not use its rate up.
    guess = dataclasses.replace(idle, secret=api_keys.new().secret)
    for _ in range(3):
        refused(401, {"x-api-key": str(guess)})
    assert access.admit({"x-api-key": str(idle)}, ())


def test_a_bucket_fills_evenly_and_never_above_its_minute():
    clock = Clock()
    buckets = Buckets(clock)
    waits = [buckets.take("k", 60).wait for _ in range(61)]
    assert waits == [0] * 60 + [1]
    clock.now += 1
    assert buckets.take("k", 60).wait == 0
    assert buckets.take("k", 60).wait == 1
    clock.now += 3600
    assert [buckets.take("k", 60).wait for _ in range(61)] == waits


def test_retry_after_is_enough(url):
    clock = Clock()
    for per_minute in (1, 7, 59, 600, 1_000_000):
        buckets = Buckets(clock)
        while not (taken := buckets.take("k", per_minute)).wait:
            continue
        clock.now += taken.wait
        assert buckets.take("k", per_minute).wait == 0


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer of.the.gateway"}])
def test_an_open_api_is_read_by_all_and_administered_by_keys(url, monkeypatch, shown):
    monkeypatch.setenv("API_ACCESS", "open")
    gate.gate.cache_clear()
    assert access.admit(shown, ()) is access.ANYONE
    refused(401, shown, "admin")
    key = made(url, scopes=["admin"])
    assert access.admit({**shown, "x-api-key": str(key)}, (), "admin").is_known
    # Who shows a key is told that it is wrong.
    refused(401, {"x-api-key": str(api_keys.new())})


def test_a_role_that_was_taken_over_sees_one_digest_at_a_time_and_changes_none(
    bare_platform, url
):
    key = made(url)
    with psycopg.connect(bare_platform.api, autocommit=True) as stolen:
        stolen.execute("set default_transaction_read_only = off")
        for statement in (
            "select * from ops.api_key",
            "insert into ops.api_key (id, name) values ('aaaaaaaa', 'mine')",
            "update ops.api_key set revoked_at = null",
            "select * from ops.reject",
            "select bucket from ops.load",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stolen.execute(statement)
        found = stolen.execute("select * from ops.api_key_of(%s)", [key.id]).fetchall()
        assert [row[0] for row in found] == [key.digest]
    with (
        psycopg.connect(bare_platform.loader) as loader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        loader.execute("select * from ops.api_key_of(%s)", [key.id])


def test_without_the_migration_it_is_a_503(url):
    with psycopg.connect(url) as connection:
        connection.execute("drop function ops.api_key_of")
    problem = refused(503, {"x-api-key": str(api_keys.new())})
    assert "alembic upgrade head" in problem.detail


def test_a_broken_connection_is_mended(url):
    first, second = made(url), made(url)
    access.admit({"x-api-key": str(first)}, ())
    with psycopg.connect(url) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'catchment-api' "
            "and datname = current_database()"
        )
    assert access.admit({"x-api-key": str(second)}, ())


def test_settings_that_say_nothing_sure_let_nobody_in(url, monkeypatch):
    gate.gate.cache_clear()
    monkeypatch.setenv("API_ACCESS", "keys")
    with pytest.raises(MissingSetting):
        access.admit({"x-api-key": str(made(url))}, ())


def test_an_api_of_tokens_alone_takes_no_key(url):
    closed = gate.Gate(Access(is_open=False, takes_keys=False), Keys(gate._find_key))
    with pytest.raises(Problem) as found:
        closed.admit(presented.read({"x-api-key": str(made(url))}, ()), "read")
    assert found.value.status == 401
