"""Marts that are refreshed by the values of a column: what has changed, and no more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from tests.conftest import Platform
from tests.warehouse.dbt_process import refuse, succeed
from tests.warehouse.world import MART, ROLLUPS, edit, execute, oid, query, scalar

FIRST_DAY = date(2026, 3, 1)
MARTS = ("observations_by_cell", "observations_by_state")
BY_STATE = "models/marts/observations/observations_by_state.sql"
ROLLUP = "models/intermediate/observations/rollup_observations_by_state.sql"
SELECT = ("-s", "observations_by_cell")
STALE = "select mart, refresh_by, value from ops.stale order by 1, 2, 3"


def load(platform: Platform, *days: date | None, rows: int = 6, seed: int = 1) -> int:
    """A load with so many readings of each of these days; its id."""
    with psycopg.connect(platform.owner) as db:
        found = db.execute(
            """
            insert into ops.load (feed, bucket, key, version, status)
            values ('observations', 'b', gen_random_uuid()::text, '1', 'loaded')
            returning load_id
            """
        ).fetchone()
        assert found is not None
    fill(platform, found[0], *days, rows=rows, seed=seed)
    return int(found[0])


def fill(
    platform: Platform, load_id: int, *days: date | None, rows: int = 6, seed: int = 1
) -> None:
    chance = Random(seed)
    values = [
        (load_id, chance.uniform(30, 45), chance.uniform(-120, -80), day)
        for day in days
        for _ in range(rows)
    ]
    with psycopg.connect(platform.owner) as db:
        db.cursor().executemany(
            "insert into raw.observations (_load_id, _row_number, id, latitude, "
            "longitude, category, value, observed_at) "
            "values (%s, 1, 1, %s, %s, 'a', 1, %s::timestamp at time zone 'UTC')",
            values,
        )


def vanish(platform: Platform, load_id: int) -> None:
    """What the loader does to a load that another one replaces."""
    execute(platform, "delete from raw.observations where _load_id = %s", load_id)
    execute(
        platform,
        "update ops.load set status = 'superseded', refreshed_at = null "
        "where load_id = %s",
        load_id,
    )


def refresh_rollups(platform: Platform, *load_ids: int) -> None:
    with psycopg.connect(platform.loader) as db:
        for rollup in ROLLUPS:
            db.execute("select ops.refresh_rollup(%s, %s)", [rollup, list(load_ids)])


def refresh(platform: Platform, *load_ids: int) -> dict[str, int]:
    """What the loader does after its loads; how many rows changed in each mart."""
    refresh_rollups(platform, *load_ids)
    changed = {}
    with psycopg.connect(platform.loader) as db:
        for mart in MARTS:
            row = db.execute("select ops.refresh_mart(%s)", [mart]).fetchone()
            assert row is not None
            changed[mart] = int(row[0])
        db.execute(
            "update ops.load set refreshed_at = now() where load_id = any(%s)",
            [list(load_ids)],
        )
    return changed


def mark(platform: Platform) -> None:
    """Change the marts by hand, to see which rows are computed again."""
    for mart in MARTS:
        execute(platform, f"update marts.{mart} set category = 'by hand'")


def marked_days(platform: Platform, mart: str = MARTS[0]) -> set[date | None]:
    found = query(
        platform, f"select distinct day from marts.{mart} where category = 'by hand'"
    )
    return {day for (day,) in found}


def differences(platform: Platform, mart: str) -> int:
    """How many rows are not those that the mart's query gives now; rounded, for
    adding up doubles in another order gives another last digit."""
    values = "id, day, category, n, value_n, value_min, value_max, value_sum"
    table, query_of_it = (
        f"select {values}, round(x_sum::numeric, 6), st_astext(centroid, 6) "
        f"from marts.{name}"
        for name in (mart, f"{mart}__definition")
    )
    return int(
        scalar(
            platform,
            f"select count(*) from (({table} except all {query_of_it}) "
            f"union all ({query_of_it} except all {table})) as differences",
        )
    )


def assert_exact(platform: Platform) -> None:
    for mart in MARTS:
        assert differences(platform, mart) == 0, mart
    assert query(platform, STALE) == []


def test_the_days_of_a_load_are_computed_again_and_no_others(
    platform: Platform,
) -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in range(3)]
    refresh(platform, load(platform, *days, None))
    mark(platform)

    refresh(platform, load(platform, days[1], seed=2))
    assert marked_days(platform) == {days[0], days[2], None}
    refresh(platform, load(platform, None, days[0], seed=3))
    assert marked_days(platform) == {days[2]}

    for mart in MARTS:
        execute(platform, f"delete from marts.{mart} where category = 'by hand'")
    refresh(platform, load(platform, days[2]))
    assert_exact(platform)


def test_rows_that_stay_as_they_are_are_not_written(platform: Platform) -> None:
    first = load(platform, FIRST_DAY, rows=40)
    written = refresh(platform, first)
    assert written["observations_by_cell"] > 20
    before = dict(query(platform, "select id, ctid from marts.observations_by_cell"))

    changed = refresh(platform, load(platform, FIRST_DAY, rows=1))

    after = dict(query(platform, "select id, ctid from marts.observations_by_cell"))
    moved = [id_ for id_ in after if after[id_] != before.get(id_)]
    assert len(moved) == changed["observations_by_cell"] == 1
    assert refresh(platform, first) == dict.fromkeys(MARTS, 0)
    assert_exact(platform)


def test_whatever_happens_to_loads_the_marts_are_those_of_a_full_build(
    platform: Platform,
) -> None:
    """Loads come, go, move to other days and to none, alone and several at once;
    now and then the marts are left out, as where they fail."""
    chance = Random(6)
    days = [None, *(FIRST_DAY + timedelta(days=n) for n in range(6))]
    alive: list[int] = []
    for step in range(25):
        touched = []
        for number in range(chance.choice([1, 1, 2, 4])):
            of_load = chance.sample(days, chance.choice([0, 1, 1, 3]))
            seed = 10 * step + number
            match chance.choice(["come", "come", "go", "move"]) if alive else "come":
                case "come":
                    touched.append(load(platform, *of_load, rows=3, seed=seed))
                    alive.append(touched[-1])
                case "go":
                    touched.append(alive.pop(chance.randrange(len(alive))))
                    vanish(platform, touched[-1])
                case "move":
                    touched.append(chance.choice(alive))
                    vanish(platform, touched[-1])
                    fill(platform, touched[-1], *of_load, rows=3, seed=seed)
        if chance.random() < 0.3:
            refresh_rollups(platform, *touched)
            continue
        refresh(platform, *touched)
        assert_exact(platform)
    assert scalar(platform, "select count(*) from marts.observations_by_cell") > 20


SCOPES = (
    "day in ('2026-03-02'::date)",
    "day in ('2026-03-02'::date, '2026-03-05'::date)",
    "day in ('2026-03-02'::date) or day is null",
)


def test_days_are_read_along_the_index_of_the_rollup(platform: Platform) -> None:
    """Constants go through group by and joins to the rows of the rollup."""
    found = query(
        platform,
        "select entry ->> 'name' from ops.catalog, "
        "json_array_elements(document -> 'models') as entry "
        "where entry -> 'config' ->> 'materialized' = 'mart'",
    )
    assert len(found) >= 4
    for (mart,) in found:
        rollup = f"intermediate.rollup_{mart}"
        keys = "cell_i, cell_j" if mart.endswith("cell") else "state_fips"
        member = "1, n" if mart.endswith("cell") else "'01'"
        execute(
            platform,
            f"insert into {rollup} (_load_id, {keys}, day, category, n) "
            f"select n, {member}, date '2026-01-01' + n, 'a', 1 "
            f"from generate_series(1, 5000) as n; analyze {rollup}",
        )
        for scope in SCOPES:
            explain = f"explain select * from marts.{mart}__definition where {scope}"
            plan = "\n".join(line for (line,) in query(platform, explain))
            assert re.search(r"Index Cond: .*day", plan), plan
            assert f"Seq Scan on rollup_{mart}" not in plan, plan


def test_a_mart_is_brought_up_to_date_while_it_is_read(platform: Platform) -> None:
    refresh(platform, load(platform, FIRST_DAY))
    refresh_rollups(platform, load(platform, FIRST_DAY, seed=2))
    total = "select sum(n)::int from marts.observations_by_cell"
    with (
        psycopg.connect(platform.loader) as loader,
        psycopg.connect(platform.api) as reader,
    ):
        reader.execute("set lock_timeout = '1s'")
        loader.execute("select ops.refresh_mart('observations_by_cell')")
        assert reader.execute(total).fetchone() == (6,)
        loader.commit()
        reader.commit()
        assert reader.execute(total).fetchone() == (12,)


def test_a_run_does_what_has_changed(platform: Platform, project: Path) -> None:
    days = [FIRST_DAY, FIRST_DAY + timedelta(days=1)]
    refresh(platform, load(platform, *days))
    before = oid(platform, "marts.observations_by_cell")

    mark(platform)
    succeed(platform, "run", *SELECT, project=project)
    assert marked_days(platform) == set(days), "nothing has changed"

    load(platform, days[1], seed=2)
    succeed(platform, "run", "-s", "+observations_by_cell", project=project)
    assert marked_days(platform) == {days[0]}, "a load came that was not refreshed"

    mark(platform)
    stg = "models/staging/observations/stg_observations.sql"
    edit(project, stg, "category,\n", "lower(category) as category,\n")
    succeed(platform, "run", "-s", "+observations_by_cell", project=project)
    assert marked_days(platform) == set(), "a view above was changed"
    assert oid(platform, "marts.observations_by_cell") == before

    mark(platform)
    edit(project, MART, "from placed", "from placed where n > 0")
    succeed(platform, "run", *SELECT, project=project)
    assert marked_days(platform) == set(), "its own query was changed"
    rebuilt = oid(platform, "marts.observations_by_cell")
    assert rebuilt != before

    mark(platform)
    succeed(platform, "run", *SELECT, "--full-refresh", project=project)
    assert marked_days(platform) == set()
    assert oid(platform, "marts.observations_by_cell") != rebuilt
    assert oid(platform, "marts.observations_by_cell__new") is None
    assert differences(platform, "observations_by_cell") == 0


def test_a_changed_seed_is_shown_without_a_new_table(
    platform: Platform, project: Path
) -> None:
    refresh(platform, load(platform, FIRST_DAY, rows=100))
    before = oid(platform, "marts.observations_by_state")
    execute(platform, "update seeds.us_states set state_name = 'X'")
    succeed(platform, "run", "-s", "observations_by_state", project=project)
    names = "select distinct state_name from marts.observations_by_state"
    assert query(platform, names) == [("X",)]
    assert oid(platform, "marts.observations_by_state") == before


def test_a_rollup_computed_anew_alone_is_shown_by_the_next_refresh(
    platform: Platform,
) -> None:
    refresh(platform, load(platform, FIRST_DAY, FIRST_DAY + timedelta(days=1)))
    mark(platform)
    succeed(platform, "run", "--full-refresh", "-s", ROLLUPS[0])
    assert query(platform, STALE) == [("observations_by_cell", None, None)]

    refresh(platform, load(platform, None))

    assert marked_days(platform, "observations_by_cell") == set()
    assert len(marked_days(platform, "observations_by_state")) == 2


def test_a_mart_that_was_not_published_is_computed_as_a_whole(
    platform: Platform,
) -> None:
    """Loads may have come meanwhile, refreshed by a catalog that lacks it."""
    refresh(platform, load(platform, FIRST_DAY))
    execute(
        platform,
        "delete from marts.observations_by_cell; "
        "update ops.catalog set document = replace(document::text, "
        "'model.catchment.observations_by_cell', 'model.catchment.gone')::json",
    )
    succeed(platform, "run", *SELECT)
    assert_exact(platform)


def test_what_was_refreshed_while_a_mart_was_built_is_shown_once_it_is_published(
    platform: Platform,
) -> None:
    """By a catalog that knew it as a materialized view."""
    gone = load(platform, FIRST_DAY)
    refresh(platform, gone)
    kind = '"materialized": "{}"'
    execute(
        platform,
        "insert into ops.catalog (hash, document) "
        "select 'former', replace(document::text, %s, %s)::json from ops.catalog",
        kind.format("mart"),
        kind.format("materialized_view"),
    )
    vanish(platform, gone)
    with psycopg.connect(platform.loader) as db:
        db.execute("select ops.refresh_rollup(%s, %s)", [ROLLUPS[0], [gone]])
        db.execute(
            "insert into ops.refresh (model, load_ids, started_at, seconds, status) "
            "values (%s, '{}', clock_timestamp(), 0, 'done')",
            [ROLLUPS[0]],
        )
    assert differences(platform, "observations_by_cell") > 0

    succeed(platform, "run", "-s", "states")
    assert ("observations_by_cell", None, None) in query(platform, STALE)
    refresh(platform, gone)
    assert differences(platform, "observations_by_cell") == 0


@contextmanager
def changed(project: Path, file: str, old: str, new: str) -> Iterator[None]:
    before = (project / file).read_text()
    edit(project, file, old, new)
    yield
    (project / file).write_text(before)


def test_what_could_not_be_refreshed_by_value_is_refused(
    platform: Platform, project: Path
) -> None:
    before: Any = query(platform, "select oid, relname from pg_class order by 1")
    select = ("run", "-s", "observations_by_state")

    with changed(project, BY_STATE, "    refresh_by='day',\n", ""):
        said = refuse(platform, *select, project=project)
    assert (
        "observations_by_state must name a column of its own by whose values it is "
        "refreshed: config(materialized='mart', refresh_by='day')"
    ) in said

    with changed(project, BY_STATE, ", 'unique': true", ""):
        said = refuse(platform, *select, project=project)
    assert "observations_by_state needs a unique index" in said

    for above in ("stg_observations", "parks", "rollup_energy_by_day"):
        too = f"from named where exists (select from {{{{ ref('{above}') }}}})"
        with changed(project, BY_STATE, "from named", too):
            said = refuse(platform, *select, project=project)
        shown = "observations" if above == "stg_observations" else above
        assert (
            f"observations_by_state is refreshed by day date, but stands on {shown}, "
            "which is no rollup with this column and no mart that is refreshed by it; "
            "use materialized='materialized_view'"
        ) in said
    assert query(platform, "select oid, relname from pg_class order by 1") == before
