"""Rollups: cost follows the new rows, and the result is that of a full build."""

import re
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Platform
from tests.warehouse.dbt_process import refuse, succeed
from tests.warehouse.world import (
    BY_CELL,
    ROLLUPS,
    STG,
    contents,
    edit,
    execute,
    load,
    query,
    refresh,
    scalar,
)

ROLLUP = "intermediate.rollup_observations_by_cell"
SELECT = ("-s", "rollup_observations_by_cell")


def mark(platform: Platform) -> None:
    """Change the rollup by hand, to see whether it is computed again."""
    execute(platform, f"update {ROLLUP} set category = 'by hand'")


def is_marked(platform: Platform) -> bool:
    found = query(platform, f"select distinct category = 'by hand' from {ROLLUP}")
    assert len(found) == 1, "some rows were computed again and some were not"
    return bool(found[0][0])


def test_only_a_changed_definition_is_computed_again(
    platform: Platform, project: Path
) -> None:
    refresh(platform, [load(platform)])

    mark(platform)
    succeed(platform, "run", *SELECT, project=project)
    assert is_marked(platform), "a second run computed the history again"

    edit(project, BY_CELL, "with points as", "-- why\nwith\n\n    points as")
    succeed(platform, "run", *SELECT, project=project)
    assert is_marked(platform), "a comment is no change"

    edit(project, BY_CELL, "from celled\n", "from celled\nwhere true and n > 0\n")
    edit(project, BY_CELL, "n > 0", "category <> ''")
    succeed(platform, "run", *SELECT, project=project)
    assert not is_marked(platform), "its own query was changed"

    mark(platform)
    edit(project, STG, "category,\n", "lower(category) as category,\n")
    succeed(platform, "run", "-s", "stg_observations", *SELECT[1:], project=project)
    assert not is_marked(platform), "a view above was changed"

    mark(platform)
    succeed(platform, "run", *SELECT, "--full-refresh", project=project)
    assert not is_marked(platform)


def test_a_view_far_above_is_part_of_the_definition(
    platform: Platform, project: Path
) -> None:
    """It stands three steps above the rollup."""
    rollup = "rollup_childcare_facilities"
    by_hand = f"select count(*) from intermediate.{rollup} where _load_id = -1"
    execute(platform, f"insert into intermediate.{rollup} (_load_id) values (-1)")
    succeed(platform, "run", "-s", rollup, project=project)
    assert scalar(platform, by_hand) == 1

    nevada = "models/staging/childcare/stg_nevada_childcare.sql"
    edit(project, nevada, "from source", "from source where true")
    succeed(platform, "run", "-s", "stg_nevada_childcare", rollup, project=project)
    assert scalar(platform, by_hand) == 0


def test_a_changed_seed_is_computed_again_once_it_is_loaded(
    platform: Platform, project: Path
) -> None:
    rollup = "rollup_observations_by_state"
    refresh(platform, [load(platform, rows=200)])
    had = scalar(platform, f"select count(*) from intermediate.{rollup}")
    assert had > 0

    seed = project / "seeds" / "us_states.csv"
    seed.write_text("".join(seed.read_text().splitlines(True)[:1]))
    succeed(platform, "run", "-s", rollup, project=project)
    assert scalar(platform, f"select count(*) from intermediate.{rollup}") == had

    execute(platform, "delete from seeds.us_states")
    succeed(platform, "run", "-s", rollup, project=project)
    assert scalar(platform, f"select count(*) from intermediate.{rollup}") == 0


def test_a_run_picks_up_what_no_refresh_has_covered(platform: Platform) -> None:
    first = load(platform)
    refresh(platform, [first])
    mark(platform)

    second = load(platform, rows=7)
    replaced = load(platform, rows=3)
    refresh(platform, [replaced])
    execute(platform, "delete from raw.observations where _load_id = %s", replaced)
    execute(
        platform,
        "update ops.load set status = 'superseded', refreshed_at = null "
        "where load_id = %s",
        replaced,
    )
    succeed(platform, "run", *SELECT)

    found = query(platform, f"select _load_id, sum(n)::int from {ROLLUP} group by 1")
    assert sorted(found) == [(first, 20), (second, 7)]
    hand = query(
        platform, f"select distinct _load_id from {ROLLUP} where category = 'by hand'"
    )
    assert hand == [(first,)], "a load that was covered was computed again"


def test_a_rollup_that_was_not_published_is_computed_again(platform: Platform) -> None:
    """Loads may have come meanwhile, refreshed by a catalog that lacks it."""
    refresh(platform, [load(platform)])
    execute(
        platform,
        "delete from intermediate.rollup_observations_by_cell; "
        "update ops.catalog set document = replace(document::text, "
        "'model.catchment.rollup_observations_by_cell', 'model.catchment.gone')::json",
    )

    succeed(platform, "run", "-s", "rollup_observations_by_cell+")

    total = "select sum(n) from {}.{}observations_by_cell"
    assert scalar(platform, total.format("intermediate", "rollup_")) == 20
    assert scalar(platform, total.format("marts", "")) == 20
    waiting = "select count(*) from ops.load where refreshed_at is null"
    assert scalar(platform, waiting) == 1, "to be refreshed by the new catalog too"


def test_changed_indexes_are_made(platform: Platform, project: Path) -> None:
    config = "{{ config(indexes=[{'columns': ['cell_i', 'cell_j']}]) }}\n\n"
    edit(project, BY_CELL, "with points", config + "with points")
    succeed(platform, "run", *SELECT, project=project)
    found = query(
        platform,
        "select pg_get_indexdef(indexrelid) from pg_index "
        "where indrelid = %s::regclass order by 1",
        ROLLUP,
    )
    columns = sorted(re.findall(r"\((.*)\)", text)[0] for (text,) in found)
    assert columns == ["_load_id", "cell_i, cell_j"]


def test_a_rollup_without_its_load_is_refused(
    platform: Platform, project: Path
) -> None:
    before = scalar(platform, "select pg_get_viewdef(%s)", f"{ROLLUP}__definition")
    edit(project, BY_CELL, "    _load_id,\n    cell_i", "    cell_i")
    edit(project, BY_CELL, "group by 1, 2, 3, 4, 5", "group by 1, 2, 3, 4")
    said = refuse(platform, "run", *SELECT, project=project)
    assert (
        "a rollup must select and group by _load_id, which is how the loader brings "
        "one load up to date; rollup_observations_by_cell does not"
    ) in said
    after = scalar(platform, "select pg_get_viewdef(%s)", f"{ROLLUP}__definition")
    assert after == before


def test_load_by_load_is_as_good_as_all_at_once(platform: Platform) -> None:
    """Whatever the loads are, and however often each is refreshed."""
    loads = [load(platform, rows=n, seed=n / 100) for n in (1, 40, 0, 15, 33)]
    for load_id in (*loads, loads[1], loads[0]):
        refresh(platform, [load_id])
    gone = loads[3]
    execute(platform, "delete from raw.observations where _load_id = %s", gone)
    refresh(platform, [gone])

    by_load = {rollup: contents(platform, rollup) for rollup in ROLLUPS}
    assert {row[0] for row in by_load[ROLLUPS[0]]} == {loads[0], loads[1], loads[4]}
    assert sum(row[4 + 1] for row in by_load[ROLLUPS[0]]) == 1 + 40 + 33

    succeed(platform, "run", "--full-refresh", "-s", *ROLLUPS)
    assert {rollup: contents(platform, rollup) for rollup in ROLLUPS} == by_load


@pytest.mark.parametrize("rollup", ROLLUPS)
def test_one_load_is_read_through_its_partition_and_index(
    platform: Platform, rollup: str
) -> None:
    """The predicate goes through views, join and group by to the raw rows."""
    load(platform, rows=3000)
    small = load(platform, rows=5)
    with psycopg.connect(platform.owner, autocommit=True) as db:
        db.execute(
            "create table raw.observations__large partition of raw.observations "
            "for values from (1099511627776) to (1099511627777)"
        )
        db.execute("analyze raw.observations")
        # As the functions do: the path of ops.refresh_rollup.
        db.execute("set search_path = pg_catalog, pg_temp")
        db.execute("set plan_cache_mode = force_custom_plan")
        plan = "\n".join(
            row[0]
            for row in db.execute(
                f"explain insert into intermediate.{rollup} "
                f"select * from intermediate.{rollup}__definition "
                f"where _load_id = {small}"
            )
        )
    assert "observations__large" not in plan, plan
    assert "Seq Scan on observations__shared" not in plan, plan
    assert re.search(rf"Index Cond: \(_load_id = '?{small}", plan), plan
