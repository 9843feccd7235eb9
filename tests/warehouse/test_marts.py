"""Marts: refreshed in place, built anew beside the old one when they changed."""

from pathlib import Path
from typing import IO, Any

import pytest

from catchment.database import Database
from catchment.settings import Settings
from loader import refresh as refresher
from loader.events import ObjectVersion
from loader.load import Loader
from tests.conftest import ROOT, Platform
from tests.warehouse.dbt_process import refuse, succeed
from tests.warehouse.world import STATES, edit, execute, load, oid, query, scalar
from tests.warehouse.world import refresh as refresh_loads

GIST = "        {'columns': ['geom'], 'type': 'gist'},\n"


def indexes(platform: Platform, mart: str) -> set[str]:
    """What its indexes are over, as `gist (geom)`."""
    found = query(
        platform,
        "select pg_get_indexdef(indexrelid) from pg_index where indrelid = "
        "%s::regclass",
        mart,
    )
    return {text.split(" USING ")[1] for (text,) in found}


def test_a_mart_is_rebuilt_only_when_it_changed(
    platform: Platform, project: Path
) -> None:
    before = oid(platform, "marts.states")
    execute(platform, "create index by_hand on marts.states (state_name)")
    execute(platform, "delete from seeds.us_states where state_fips > '10'")
    edit(project, STATES, "with states", "-- why\nwith states")
    succeed(platform, "run", "-s", "states", project=project)
    assert oid(platform, "marts.states") == before
    assert "btree (state_name)" in indexes(platform, "marts.states")
    assert scalar(platform, "select max(state_fips) from marts.states") == "10"

    edit(project, STATES, "    geom\n", "    geom,\n    st_centroid(geom) as middle\n")
    edit(project, STATES, GIST, GIST + GIST.replace("geom", "middle"))
    said = refuse(platform, "run", "-s", "states", project=project)
    assert "Build them together: dbt build -s states+" in said
    assert oid(platform, "marts.states") == before
    succeed(platform, "run", "-s", "states+", project=project)
    rebuilt = oid(platform, "marts.states")
    assert rebuilt != before
    assert indexes(platform, "marts.states") == {
        "btree (state_fips)",
        "gist (geom)",
        "gist (middle)",
    }
    assert scalar(platform, "select count(middle) from marts.states") > 0

    edit(project, STATES, "from states", "from states where 1 / 0 = 1")
    said = refuse(platform, "run", "-s", "states+", project=project)
    assert "division by zero" in said
    assert oid(platform, "marts.states") == rebuilt
    assert oid(platform, "marts.states__new") is None
    assert scalar(platform, "select count(*) from marts.states") > 0


def test_what_could_not_be_refreshed_is_refused(
    platform: Platform, project: Path
) -> None:
    # One of each materialization; none stands on another.
    each = (
        *("stg_earthquakes", "rollup_observations_by_cell"),
        *("observations_by_state", "states"),
    )
    said = refuse(platform, "run", "--empty", "-s", *each, project=project)
    for model in each:
        assert f"--empty would write `limit 0` into {model} for good" in said

    edit(project, STATES, ", 'unique': true", "")
    said = refuse(platform, "run", "-s", "states", project=project)
    assert (
        "states needs a unique index on columns that are never null, to be refreshed "
        "while it is read"
    ) in said


def test_every_mart_can_be_refreshed_concurrently_and_drawn(platform: Platform) -> None:
    """Undated readings are among the rows: their key is no null either."""
    refresh_loads(platform, [load(platform, rows=200)])
    marts = query(
        platform,
        "select oid::regclass::text, pg_get_viewdef(coalesce(to_regclass("
        "oid::regclass || '__definition'), oid)) from pg_class "
        "where relkind = 'm' or relkind = 'r' and relnamespace = 'marts'::regnamespace",
    )
    assert len(marts) > 10
    for mart, definition in marts:
        assert "where false" not in definition.lower()
        unique = query(
            platform,
            "select string_agg(format('%%I is null', attname), ' or ') "
            "from pg_index inner join pg_attribute "
            "on attrelid = indrelid and attnum = any(indkey) "
            "where indrelid = %s::regclass and indisunique and indpred is null "
            "group by indexrelid",
            mart,
        )
        assert unique, f"{mart} has no unique index"
        for (is_null,) in unique:
            sql = f"select count(*) from {mart} where {is_null}"
            assert scalar(platform, sql) == 0, f"{mart}: {is_null}"
        if scalar(platform, GEOMETRIES, mart):
            found = indexes(platform, mart)
            assert any(text.startswith("gist") for text in found), mart
    assert scalar(
        platform, "select count(*) from marts.observations_by_cell where day is null"
    )


GEOMETRIES = (
    "select count(*) from pg_attribute where attrelid = %s::regclass "
    "and atttypid = 'geometry'::regtype"
)


class Folder:
    """The examples in the place of S3."""

    def open(self, version: ObjectVersion) -> IO[bytes]:
        return (ROOT / "examples" / version.key).open("rb")

    def move(self, version: ObjectVersion, key: str) -> None:
        pass


@pytest.fixture
def with_examples(platform: Platform) -> Platform:
    database = Database(platform.loader)
    storage: Any = Folder()
    settings = Settings(platform.loader)
    loader = Loader(database.connection(), storage, database.catalog(), settings)
    for feed in ("earthquakes", "observations"):
        for file in sorted((ROOT / "examples" / feed).glob("*.*")):
            key = f"{feed}/{file.name}"
            outcome = loader.load(ObjectVersion("b", key, "etag"))
            assert outcome.status == "loaded", outcome
    assert refresher.refresh(database) == 3
    database.close()
    return platform


SUMS = "sum(n)::int, round(sum({0}_sum)::numeric, 6), min({0}_min), max({0}_max)"
PLAIN = "count(*)::int, round(sum({0})::numeric, 6), min({0}), max({0})"


@pytest.mark.parametrize(
    ("feed", "value", "day", "category"),
    [
        ("observations", "value", "observed_at at time zone 'UTC'", "category"),
        ("earthquakes", "magnitude", "timestamp '1970-01-01' + time * '1 ms'", "type"),
    ],
)
def test_marts_sum_up_the_raw_rows(
    with_examples: Platform, feed: str, value: str, day: str, category: str
) -> None:
    """Against plain SQL over the raw tables, with the files of `examples/`."""
    day = day.replace("'1 ms'", "interval '1 millisecond'")
    by_cell = query(
        with_examples,
        f"select day, category, {SUMS.format(value)} from marts.{feed}_by_cell "
        "group by 1, 2 order by 1, 2",
    )
    plain = query(
        with_examples,
        f"select ({day})::date, {category}, {PLAIN.format(value)} from raw.{feed} "
        "group by 1, 2 order by 1, 2",
    )
    assert len(plain) > 3
    assert by_cell == plain

    by_state = query(
        with_examples,
        f"select state_name, {SUMS.format(value)}, "
        f"round((sum({value}_sum) / sum({value}_n))::numeric, 6), "
        "round(min(st_y(centroid))::numeric, 3) "
        f"from marts.{feed}_by_state group by 1 order by 1",
    )
    plain = query(
        with_examples,
        "with by_day as ("
        f"select state_name, ({day})::date as day, {category} as category, "
        f"array_agg({value}) as all_values, st_y(st_centroid("
        "st_collect(st_force2d(raw.geom))::geography)::geometry) as y "
        f"from raw.{feed} as raw inner join seeds.us_states as states "
        "on st_contains(states.geom, raw.geom) group by 1, 2, 3) "
        f"select state_name, {PLAIN.format('each')}, round(avg(each)::numeric, 6), "
        "round(min(y)::numeric, 3) "
        "from by_day cross join unnest(all_values) as each group by 1 order by 1",
    )
    assert len(plain) > 3
    assert by_state == plain
