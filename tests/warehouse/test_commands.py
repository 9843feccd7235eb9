"""dbt's own commands, as a user types them in `warehouse/`."""

import json
from urllib.parse import urlsplit

from tests.conftest import ROOT, Platform
from tests.warehouse.dbt_process import succeed
from tests.warehouse.world import execute, load, refresh


def test_the_commands_of_a_working_day(platform: Platform) -> None:
    """`dbt build` by its own program is how these tests began."""
    refresh(platform, [load(platform)])
    execute(platform, "update ops.load set finished_at = now()")
    said = succeed(platform, "source", "freshness")
    assert "PASS freshness of sensors.observations" in said
    # Nothing has been loaded yet: that is told, and is no failure.
    assert "WARN freshness of usgs.earthquakes" in said
    succeed(platform, "test")
    succeed(platform, "run")
    succeed(platform, "docs", "generate")

    target = ROOT / "warehouse" / "target" / urlsplit(platform.admin).path[1:]
    catalog = json.loads((target / "catalog.json").read_text())
    mart = catalog["nodes"]["model.catchment.observations_by_cell"]
    assert mart["metadata"]["type"] == "BASE TABLE"
    assert mart["metadata"]["comment"]
    assert mart["columns"]["geom"]["type"] == "geometry(Polygon,4326)"
    assert mart["columns"]["centroid"]["type"] == "geometry(Point,4326)"
    staged = catalog["nodes"]["model.catchment.stg_earthquakes"]
    assert staged["columns"]["geom"]["type"] == "geometry(PointZ,4326)"
    assert catalog["errors"] is None
