"""The lineage of the shipped models, against what a person reads in their SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest
from dbt.artifacts.schemas.manifest import WritableManifest

from catchment import catalog
from catchment.local.lineage import exposures, site
from catchment.local.lineage.shapes import Node, NodeColumn
from catchment.local.lineage.views import ROWS
from tests.conftest import ROOT, Platform

BEGINS = ("files.", "raw.", "seeds.", "ops.")
# What Postgres says that a view reads, as `schema.table.column`.
READS = """
select distinct nspname || '.' || relname || '.' || attname
from pg_rewrite
inner join pg_depend
    on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid
        and refclassid = 'pg_class'::regclass
inner join pg_class on pg_class.oid = refobjid
inner join pg_namespace on pg_namespace.oid = relnamespace
inner join pg_attribute on attrelid = refobjid and attnum = refobjsubid
where
    ev_class = coalesce(to_regclass(%(name)s || '__definition'), to_regclass(%(name)s))
    and ev_class != refobjid
"""


@dataclass(frozen=True)
class Lineage:
    """A site that was built, and its columns by `node.column`."""

    made: site.Site
    target: Path

    @property
    def nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self.made.nodes}

    @property
    def columns(self) -> dict[tuple[str, str], NodeColumn]:
        return {(n.id, c.name): c for n in self.made.nodes for c in n.columns}

    def ends(self, node: str, column: str) -> set[str]:
        """What a column is made of in the end; of files their fields."""
        columns = self.columns

        @cache
        def ends(key: tuple[str, str]) -> frozenset[str]:
            above = [(one.relation, one.column) for one in columns[key].origins]
            found = (ends(one) for one in above)
            return frozenset().union(*found) if above else frozenset({".".join(key)})

        return set(ends((node, column)))

    def near(self, node: str, column: str) -> set[str]:
        """What a column is made of in the relations that its own query reads."""
        found = self.columns[node, column].origins
        return {f"{one.relation}.{one.column}" for one in found}


@pytest.fixture(scope="module")
def lineage(
    built: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lineage]:
    root = tmp_path_factory.mktemp("lineage")
    (root / "warehouse").symlink_to(ROOT / "warehouse")
    words = {**built.environment, "DBT_TARGET_PATH": str(built.target)}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DBT_TARGET_PATH", raising=False)
        yield Lineage(site.build(root, words, root / "site"), built.target)


def test_power_comes_from_one_field_of_the_files(lineage: Lineage) -> None:
    """Through a sum by load and day, and another where several loads hold a day."""
    assert lineage.near("marts.energy_by_park", "energy_mwh") == {
        "intermediate.rollup_energy_by_day.megawatts_sum",
        "intermediate.int_energy_readings.megawatts",
    }
    assert lineage.ends("marts.energy_by_park", "energy_mwh") == {
        "files.energy_readings.MW"
    }
    steps = lineage.columns["marts.energy_by_park", "energy_mwh"].steps
    assert [step.sql for step in steps] == [
        "sum(readings.megawatts)",
        "merged.megawatts_sum * 0.25",
    ]


def test_a_column_that_joins_two_feeds_comes_from_both(lineage: Lineage) -> None:
    """The instant of a reading: its local time, and the zone of its park."""
    assert {"files.energy_readings.datetime", "files.parks.timezone"} <= lineage.ends(
        "marts.energy_readings", "instant"
    )


def test_an_average_comes_from_a_sum_and_a_count(lineage: Lineage) -> None:
    assert lineage.near("marts.observations_by_state", "value_avg") == {
        "intermediate.rollup_observations_by_state.value_sum",
        "intermediate.rollup_observations_by_state.value_n",
    }
    assert lineage.ends("marts.observations_by_state", "value_avg") == {
        "files.observations.value"
    }


def test_a_count_comes_from_the_rows_of_the_files(lineage: Lineage) -> None:
    assert lineage.near("intermediate.rollup_energy_by_day", "readings") == {
        "staging.stg_energy_readings.*"
    }
    assert lineage.ends("intermediate.rollup_energy_by_day", "readings") == {
        "files.energy_readings.*"
    }


def test_a_place_may_come_from_a_seed(lineage: Lineage) -> None:
    assert lineage.ends("marts.parks", "geom") == {
        "seeds.park_places.longitude",
        "seeds.park_places.latitude",
    }


def test_the_name_of_a_file_is_a_field_of_it(lineage: Lineage) -> None:
    found = lineage.ends("marts.energy_by_park", "park_name")
    assert found == {"files.energy_readings.name of the file"}


def test_an_endpoint_ends_the_way_of_its_columns(lineage: Lineage) -> None:
    """A measure by its columns, a parameter by the column that it filters."""
    assert lineage.near("/stats/parks", "max") == {"marts.energy_by_park.megawatts_max"}
    assert lineage.near("/stats/parks", "start_date") == {"marts.energy_by_park.date"}


def test_every_column_of_a_mart_comes_from_somewhere(lineage: Lineage) -> None:
    """From a file, a seed or the platform; or it is a constant, which says so."""
    for node in lineage.made.nodes:
        for column in node.columns if node.lane == "marts" else ():
            ends = lineage.ends(node.id, column.name)
            constants = {one for one in ends if not one.startswith(BEGINS)}
            for one in constants:
                relation, _, name = one.rpartition(".")
                assert lineage.columns[relation, name].steps, one


def test_every_origin_is_a_column_that_there_is(lineage: Lineage) -> None:
    columns = lineage.columns
    for key, column in columns.items():
        for one in column.origins:
            assert (one.relation, one.column) in columns, (key, one)


def test_no_column_is_named_that_postgres_does_not_read(
    lineage: Lineage, built: Platform
) -> None:
    """Postgres notes on which columns each view depends: unused ones of CTEs too."""
    models = [node for node in lineage.made.nodes if node.columns[0].origins]
    with psycopg.connect(built.owner) as connection:
        for node in models:
            if node.lane in ("raw", "endpoints"):
                continue
            read = {one for (one,) in connection.execute(READS, {"name": node.id})}
            said = set().union(*(lineage.near(node.id, c.name) for c in node.columns))
            assert {one for one in said if not one.endswith(f".{ROWS}")} <= read
            assert read, node.id


def test_dbts_docs_end_with_the_endpoints(lineage: Lineage) -> None:
    """Their exposures are what dbt's own classes read, and are in its graph."""
    manifest = site.manifest_of(lineage.target)
    shown = exposures.added(manifest, catalog.parse(catalog.document_of(manifest)))
    read = WritableManifest.from_dict(shown)
    leads = read.exposures["exposure.catchment.api_leads_by_state"]
    assert leads.depends_on.nodes == ["model.catchment.leads_by_state"]
    assert leads.unique_id in (read.child_map or {})["model.catchment.leads_by_state"]
    assert len(read.exposures) == len(
        [n for n in lineage.made.nodes if n.kind == "endpoint"]
    )
    source = read.sources["source.catchment.energy.energy_readings"]
    assert "`**/energy/readings/*.csv`" in source.description


def test_the_site_is_two_files_that_hold_all(lineage: Lineage) -> None:
    files = sorted(p for p in lineage.made.folder.rglob("*") if p.is_file())
    names = [str(path.relative_to(lineage.made.folder)) for path in files]
    assert names == ["dbt/index.html", "index.html"]
    assert "exposure.catchment.api_leads_by_state" in files[0].read_text()
    assert "megawatts_max" in files[1].read_text()
