"""A build by dbt and a refresh by the loader exclude each other."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.conftest import Platform
from tests.warehouse.dbt_process import dbt
from tests.warehouse.world import contents, load, query, scalar

WAITING = """
select count(*)
from pg_locks
where
    not granted
    and locktype = %s
    and database = (select oid from pg_database where datname = current_database())
"""


def wait_for(platform: Platform, locktype: str, n: int, run: Future[Any]) -> None:
    """Wait until so many sessions wait for a lock."""
    for _ in range(400):
        if scalar(platform, WAITING, locktype) == n:
            return
        assert not run.done(), f"dbt did not wait: {run.result().stdout}"
        time.sleep(0.05)
    raise AssertionError(f"{n} sessions should wait for a lock of type {locktype}")


def test_a_build_waits_for_a_refresh_and_counts_nothing_twice(
    platform: Platform,
) -> None:
    load_id = load(platform)
    model = "rollup_observations_by_cell"
    with ThreadPoolExecutor() as pool, psycopg.connect(platform.loader) as loader:
        loader.execute("select ops.refresh_rollup(%s, %s)", [model, [load_id]])
        # One of each materialization; none stands on another.
        others = "stg_earthquakes states observations_by_state"
        run = pool.submit(dbt, platform, "run", "-s", model, others)
        wait_for(platform, "advisory", 4, run)
        loader.commit()
        assert run.result().returncode == 0, run.result().stdout
    assert sum(row[5] for row in contents(platform, model)) == 20


def test_a_refresh_waits_for_a_build(platform: Platform) -> None:
    load_id = load(platform)
    with (
        psycopg.connect(platform.owner) as build,
        psycopg.connect(platform.loader) as loader,
    ):
        build.execute(
            "select pg_advisory_xact_lock_shared(hashtextextended('ops.refresh', 0))"
        )
        loader.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            loader.execute(
                "select ops.refresh_rollup('rollup_observations_by_cell', %s)",
                [[load_id]],
            )


def test_a_mart_is_refreshed_while_it_is_read(platform: Platform) -> None:
    """By dbt and by the loader: a lock that lets readers in, never one that
    keeps them out."""
    held = "select mode from pg_locks where relation = 'marts.states'::regclass "
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(platform.loader) as loader,
        psycopg.connect(platform.api) as reader,
    ):
        reader.execute("select count(*) from marts.states")
        loader.execute("select ops.refresh_mart('states')")
        modes = {mode for (mode,) in query(platform, held + "and granted")}
        assert "ExclusiveLock" in modes
        assert "AccessExclusiveLock" not in modes

        run = pool.submit(dbt, platform, "run", "-s", "states")
        wait_for(platform, "relation", 1, run)
        assert query(platform, held + "and not granted") == [("ExclusiveLock",)]
        loader.commit()
        assert run.result().returncode == 0, run.result().stdout
        reader.execute("select count(*) from marts.states")
