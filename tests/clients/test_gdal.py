"""GDAL's OAPIF driver: what it counts is what SQL counts."""

import json
import shutil
import subprocess

import pytest

from tests.clients.conftest import STATIONS, Api

pytestmark = pytest.mark.skipif(
    not (shutil.which("ogrinfo") and shutil.which("ogr2ogr")),
    reason="GDAL's programs are not installed: apt-get install gdal-bin",
)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def features(api: Api, collection: str, *options: str) -> list[dict]:
    told = run(
        *("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{api.url}", collection),
        *options,
    )
    return json.loads(told)["features"]


def test_every_collection_is_a_layer(api: Api) -> None:
    told = run("ogrinfo", "-ro", "-q", f"OAPIF:{api.url}")
    for name in ("stations", "places", "earthquakes_by_state", "earthquakes_by_cell"):
        assert f": {name}" in told


@pytest.mark.parametrize("page_size", ["100", "999", "2345", "10000"])
def test_paging_yields_every_row_once(api: Api, page_size: str) -> None:
    found = features(api, "stations", "-oo", f"PAGE_SIZE={page_size}")
    assert sorted(f["properties"]["id"] for f in found) == [*range(1, STATIONS + 1)]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("places", "select count(*) from marts.places"),
        ("readings", "select count(*) from marts.readings"),
        ("ranked", "select count(*) from marts.ranked"),
        (
            "earthquakes_by_cell",
            "select count(*) from (select cell from marts.earthquakes_by_cell "
            "group by cell) as g",
        ),
        (
            "earthquakes_by_state",
            "select count(*) from (select 1 from marts.earthquakes_by_state "
            "group by state_fips, state_name) as g",
        ),
    ],
)
def test_counts_equal_sql(api: Api, name: str, count: str) -> None:
    assert len(features(api, name, "-oo", "PAGE_SIZE=3")) == api.one(count)


def test_a_layer_has_its_fields_types_and_extent(api: Api) -> None:
    told = run("ogrinfo", "-ro", "-al", "-so", f"OAPIF:{api.url}", "stations")
    assert f"Feature Count: {STATIONS}" in told
    assert "Geometry: Point" in told
    for field in ("name: String", "height: Real", "opened: Date", "seen_at: DateTime"):
        assert field in told
    west, south, east, north = api.one(
        "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) "
        "from (select st_extent(geom) as e from marts.stations) as s"
    )
    assert f"Extent: ({west:.6f}, {south:.6f}) - ({east:.6f}, {north:.6f})" in told


def test_a_box_is_pushed_down(api: Api) -> None:
    found = features(api, "stations", "-spat", "-20", "-30", "40", "50")
    assert len(found) == api.one(
        "select count(*) from marts.stations "
        "where st_intersects(geom, st_makeenvelope(-20, -30, 40, 50, 4326))"
    )


def test_a_condition_on_a_property_holds(api: Api) -> None:
    found = features(api, "stations", "-where", "kind = 'wind'")
    assert len(found) == api.one(
        "select count(*) from marts.stations where kind = 'wind'"
    )


def test_a_feature_keeps_its_values(api: Api) -> None:
    (found,) = features(api, "stations", "-where", "id = 2000")
    assert found["properties"] == {
        "id": 2000,
        "name": "Station Ä 2000",
        "kind": None,
        "height": 250.0,
        "opened": "2025-06-23",
        "seen_at": "2024-03-24T08:00:00Z",
    }
    assert found["geometry"]["coordinates"] == pytest.approx([120.0, -40.0])
