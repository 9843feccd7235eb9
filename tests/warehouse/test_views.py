"""Staging views are replaced in place, so that what stands on them stands on."""

from pathlib import Path

import pytest

from tests.conftest import Platform
from tests.warehouse.dbt_process import refuse, succeed
from tests.warehouse.world import STG, edit, execute, load, oid, query, refresh, scalar


@pytest.fixture
def loaded(platform: Platform) -> Platform:
    refresh(platform, [load(platform)])
    return platform


def marts(platform: Platform) -> list[tuple[str, int, int]]:
    """Marts with their identity and number of rows."""
    return [
        (name, id_, scalar(platform, f"select count(*) from marts.{name}"))
        for name, id_ in query(
            platform,
            "select relname, oid::bigint from pg_class where relkind in ('m', 'r') "
            "and relnamespace = 'marts'::regnamespace order by 1",
        )
    ]


def test_a_rebuilt_view_leaves_what_stands_on_it(
    loaded: Platform, project: Path
) -> None:
    """dbt's own view would have dropped them, and said nothing."""
    before = marts(loaded)
    assert len(before) > 10
    assert {name: n for name, _, n in before}["observations_by_cell"] > 0

    succeed(loaded, "run", "-s", "stg_observations")
    assert marts(loaded) == before

    view = oid(loaded, "staging.stg_observations")
    edit(project, STG, "        geom\n", "        geom,\n        value * 2 as twice\n")
    succeed(loaded, "run", "-s", "stg_observations", project=project)
    assert scalar(loaded, "select max(twice) from staging.stg_observations") == 40
    assert oid(loaded, "staging.stg_observations") == view
    assert marts(loaded) == before


def test_a_view_that_cannot_be_replaced_needs_the_models_below(
    loaded: Platform, project: Path
) -> None:
    before = marts(loaded)
    refusal = (
        "stg_observations cannot be changed in place, and observations_by_cell, "
        "observations_by_state, rollup_observations_by_cell, "
        "rollup_observations_by_state stand on it but are not part of this run. "
        "Build them together: dbt build -s stg_observations+"
    )
    edit(project, STG, "        value,\n", "        value::numeric as value,\n")
    assert refusal in refuse(loaded, "run", "-s", "stg_observations", project=project)
    edit(project, STG, "        value::numeric as value,\n", "        value,\n")
    edit(project, STG, "        observed_at,\n", "")
    assert refusal in refuse(loaded, "run", "-s", "stg_observations", project=project)
    assert marts(loaded) == before

    succeed(loaded, "run", "-s", "stg_observations+", project=project)
    after = marts(loaded)
    assert [(name, n) for name, _, n in after] == [(name, n) for name, _, n in before]
    columns = query(
        loaded,
        "select count(*) from pg_attribute where attname = 'observed_at' "
        "and attrelid = 'staging.stg_observations'::regclass",
    )
    assert columns == [(0,)]


def test_a_view_made_by_hand_is_not_dropped_unasked(
    loaded: Platform, project: Path
) -> None:
    execute(
        loaded,
        "create view ops.by_hand as select count(*) from staging.stg_observations",
    )
    edit(project, STG, "        observed_at,\n", "")
    said = refuse(loaded, "run", "-s", "stg_observations+", project=project)
    assert "ops.by_hand stand on it but are not part of this run" in said


def test_models_that_were_never_built_hold_nothing_back(
    bare_platform: Platform,
) -> None:
    execute(bare_platform, "create view staging.stg_observations as select 1 as old")
    succeed(bare_platform, "run", "-s", "stg_observations")


def test_a_seed_is_not_dropped_from_under_its_models(loaded: Platform) -> None:
    before = marts(loaded)
    said = refuse(loaded, "seed", "--full-refresh")
    assert "Build them together: dbt build -s us_states+ --full-refresh" in said
    assert marts(loaded) == before
    succeed(loaded, "seed")
    assert marts(loaded) == before
