"""A database that is away, slow, being built or empty."""

import pytest
from api_asserts import assert_problem
from moto import mock_aws

from api import container
from catchment import credentials


def test_a_killed_connection_is_replaced_at_the_next_request(world, get):
    first = get()
    (killed,) = world.execute(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity "
        "where application_name = 'catchment-api' and datname = current_database()"
    ).fetchone()
    assert killed == 1
    again = get()
    assert (again.status, again.json["data"]) == (200, first.json["data"])


@pytest.mark.parametrize("path", ["/aggregated-data", "/health"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_database_that_is_away_is_a_503(send, monkeypatch, path, method):
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/away")
    container.database.cache_clear()
    answer = send(path, "", method)
    container.database.cache_clear()
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    if method == "GET":
        problem = assert_problem(answer, 503)
        assert not {"someone", "127.0.0.1", "refused"} & set(str(problem).split())


def test_a_lambda_without_settings_says_so(send, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    container.database.cache_clear()
    assert_problem(send("/health"), 503)


@pytest.mark.parametrize(
    "where",
    ["Geheim-7731", "arn:aws:secretsmanager:eu-west-1:1:secret:Geheim-7731"],
    ids=["no such way", "no such secret"],
)
def test_a_password_that_cannot_be_had_is_a_503(send, monkeypatch, caplog, where):
    monkeypatch.setenv("DATABASE_URL", "postgresql://catchment_api@127.0.0.1:1/away")
    monkeypatch.setenv("DATABASE_PASSWORD_FROM", where)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    container.database.cache_clear()
    credentials._session.cache_clear()
    with mock_aws():
        answer = send("/health")
    container.database.cache_clear()
    credentials._session.cache_clear()
    problem = assert_problem(answer, 503)
    assert "Geheim" not in str(problem)
    assert "DATABASE_PASSWORD_FROM" in caplog.text


@pytest.mark.parametrize(
    "statement", ["delete from ops.catalog", "drop table ops.catalog"]
)
@pytest.mark.parametrize("path", ["/aggregated-data", "/health"])
def test_without_a_catalog_it_says_what_to_do(own_world, send, statement, path):
    own_world.execute(statement)
    answer = send(path)
    assert "dbt build" in assert_problem(answer, 503)["detail"]
    assert "retry-after" in answer.headers


def test_a_catalog_that_cannot_be_read_is_a_503(own_world, get, republish):
    republish(lambda d: d["models"][0]["config"]["meta"]["api"].pop("measures"))
    assert_problem(get(), 503)


def test_a_query_that_takes_too_long_is_told_to_narrow(own_world, get):
    own_world.execute("drop materialized view marts.earthquakes_by_state")
    own_world.execute(
        "create view marts.earthquakes_by_state as "
        "select *, n as x_sum, n as y_sum, n as z_sum from marts.state_rows "
        "where pg_sleep(0.05) is not null"
    )
    container.catalog()
    container.database().connection().execute("set statement_timeout = 30")
    problem = assert_problem(get(group_by="day"), 504)
    assert "Narrow" in problem["detail"]
    container.database().connection().execute("set statement_timeout = 0")
    assert get(group_by="day").status == 200


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("drop materialized view marts.earthquakes_by_state", 503),
        ("drop table marts.us_states", 503),
        ("alter materialized view marts.earthquakes_by_state rename n to m", 503),
        ("refresh materialized view marts.earthquakes_by_state with no data", 503),
    ],
)
def test_a_build_under_way_is_a_503_without_postgres_words(
    own_world, get, statement, status
):
    own_world.execute(statement)
    problem = assert_problem(get(f="geojson"), status)
    assert "marts" not in str(problem)


def test_what_nobody_thought_of_is_logged_and_not_told(
    own_world, get, caplog, monkeypatch
):
    def fail(*_):
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("api.answer.pages.read", fail)
    problem = assert_problem(get(), 500)
    assert "secret" not in str(problem)
    assert "a secret of the house" in caplog.text
