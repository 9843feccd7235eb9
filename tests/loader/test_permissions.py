"""Each role can do its own work and nothing else."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import (
    InsufficientPrivilege,
    QueryCanceled,
    RaiseException,
    ReadOnlySqlTransaction,
)

from tests.conftest import Platform


@pytest.fixture
def loader(shared_platform: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(shared_platform.loader, autocommit=True) as connection:
        yield connection


@pytest.fixture
def api(shared_platform: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(shared_platform.api, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "drop table raw.observations",
        "alter table raw.observations add column x text",
        "truncate raw.observations",
        "update raw.observations set value = 0",
        "create table raw.mine (x text)",
        "create index on raw.observations (id)",
        "select * from staging.stg_observations",
        "select * from intermediate.rollup_observations_by_state",
        "delete from intermediate.rollup_observations_by_state",
        "select * from marts.observations_by_state",
        "delete from marts.observations_by_state",
        "insert into ops.stale (mart) values ('observations_by_state')",
        "select ops.catch_up_mart('x', 'marts.observations_by_state', 'day')",
        "select ops.catch_up_rollup('ops.load', '[]', '{}')",
        "refresh materialized view marts.states",
        "drop materialized view marts.states",
        "insert into ops.catalog (hash, document) values ('x', '{}')",
        "delete from ops.catalog",
        "delete from ops.load",
        "update ops.reject set record = ''",
        "delete from ops.refresh",
        "create schema mine",
        "create function ops.mine() returns int language sql as 'select 1'",
        "create or replace function ops.refresh_mart(model text) returns void "
        "language sql as 'select'",
        "select ops.published_model('observations_by_state', 'materialized_view')",
        "set role catchment_owner",
        "set role catchment_api",
        "create role mine",
    ],
)
def test_the_loader_cannot(loader: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        loader.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "statement",
    [
        "select ops.refresh_rollup('ops.load', array[1])",
        "select ops.refresh_rollup('load', array[1])",
        "select ops.refresh_rollup('observations', array[1])",
        "select ops.refresh_rollup('observations_by_state', array[1])",
        "select ops.refresh_rollup('x; drop table ops.load', array[1])",
        "select ops.refresh_mart('rollup_observations_by_state')",
        "select ops.refresh_mart('pg_class')",
        "select ops.refresh_mart('stg_observations')",
    ],
)
def test_the_loader_refreshes_only_what_the_catalog_has(
    loader: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(RaiseException, match="the catalog has no"):
        loader.execute(statement)  # type: ignore[call-overload]


def test_the_loader_cannot_put_its_own_function_before_the_owners(
    loader: psycopg.Connection[Any],
) -> None:
    """`refresh_rollup` runs as the owner: what it calls must not be ours."""
    loader.execute("create temp table pg_class (oid oid, relispopulated bool)")
    loader.execute("set search_path = pg_temp, public")

    loader.execute("select ops.refresh_mart('observations_by_state')")
    loader.execute("select ops.refresh_rollup('rollup_observations_by_state', '{1}')")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into raw.observations (_load_id) values (1)",
        "create table marts.mine (x text)",
        "delete from ops.refresh",
        "update ops.catalog set hash = ''",
        "refresh materialized view marts.states",
        "drop materialized view marts.states",
    ],
)
@pytest.mark.parametrize("read_only", ["on", "off"])
def test_the_api_cannot_write(
    api: psycopg.Connection[Any], statement: str, read_only: str
) -> None:
    api.execute(f"set default_transaction_read_only = {read_only}")  # type: ignore[call-overload]

    with pytest.raises((ReadOnlySqlTransaction, InsufficientPrivilege)):
        api.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from raw.observations",
        "select * from staging.stg_observations",
        "select * from intermediate.rollup_observations_by_state",
        "select * from ops.load",
        "select * from ops.reject",
        "select ops.refresh_mart('observations_by_state')",
        "select ops.refresh_rollup('rollup_observations_by_state', '{1}')",
        "set role catchment_loader",
        "set role catchment_owner",
    ],
)
def test_the_api_cannot_see_behind_the_marts(
    api: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(InsufficientPrivilege):
        api.execute(statement)  # type: ignore[call-overload]


def test_the_api_reads_marts_and_catalog_and_what_was_refreshed(
    api: psycopg.Connection[Any],
) -> None:
    for relation in (
        "marts.observations_by_state",
        "marts.earthquakes_by_cell",
        "marts.states",
        "ops.catalog",
        "ops.refresh",
    ):
        api.execute(f"select * from {relation} limit 1")  # type: ignore[call-overload]


def test_no_query_of_the_api_outlives_its_time(api: psycopg.Connection[Any]) -> None:
    assert api.execute("show statement_timeout").fetchone() == ("10s",)
    api.execute("set statement_timeout = '20ms'")
    with pytest.raises(QueryCanceled):
        api.execute("select pg_sleep(10)")
