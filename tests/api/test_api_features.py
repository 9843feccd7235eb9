"""GeoJSON: ids, geometries, and what GDAL makes of it."""

import shutil
import subprocess

import pytest
from api_asserts import mean_position

CELLS = "earthquakes_by_cell"


def test_features_show_the_geometry_of_their_member(world, get):
    answer = get(f="geojson", group_by="day,state_fips")
    assert answer.headers["content-type"] == "application/geo+json"
    for feature in answer.json["features"]:
        state = feature["properties"]["state_fips"]
        kind = (feature["geometry"] or {}).get("type")
        assert kind == ("MultiPolygon" if state in ("06", "02") else None)
    exterior = get(f="geojson", state_fips="06").json["features"][0]["geometry"]
    assert exterior["coordinates"][0][0][0] == [-124, 32]


def test_without_its_dimension_a_feature_stands_at_the_centroid(world, get):
    features = get(f="geojson", group_by="category", state_fips="06").json["features"]
    minor, strong = features
    assert (minor["id"], strong["id"]) == ("minor", "strong")
    assert strong["geometry"] == {"type": "Point", "coordinates": [-120, 36]}
    expected = mean_position([(5, -120, 36), (1, -118, 34)])
    assert minor["geometry"]["coordinates"] == expected
    assert "centroid" not in minor["properties"]


@pytest.mark.parametrize("materialized", ["materialized_view", "mart", "rollup"])
def test_cells_carry_their_own_geometry(own_world, get, republish, materialized):
    def change(document):
        document["models"][1]["config"]["materialized"] = materialized

    republish(change)
    features = get(CELLS, f="geojson", group_by="cell,category").json["features"]
    for feature in features:
        cell = feature["properties"]["cell"]
        corner = feature["geometry"] and feature["geometry"]["coordinates"][0][0]
        assert corner == (cell and [int(cell[1:])] * 2)
    assert len(features) == len({feature["id"] for feature in features}) == 36
    ring = features[0]["geometry"]["coordinates"][0]
    assert ring[1] == [2, 1], "exterior rings run counterclockwise"


def test_a_key_that_stands_twice_in_the_other_model_doubles_nothing(own_world, get):
    own_world.execute("insert into marts.us_states select * from marts.us_states")
    assert get(f="geojson").json["numberReturned"] == 4


def test_without_geometry_features_have_null(world, get):
    for feature in get("categories", f="geojson").json["features"]:
        assert feature["geometry"] is None


def test_ids_of_different_keys_differ(own_world, get):
    own_world.execute(
        "insert into marts.state_rows (state_fips, state_name, n) values "
        "('a,b', 'c', 1), ('a', 'b,c', 1), ('~', null, 1), ('%2C', '', 1), (',', '', 1)"
    )
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    ids = [feature["id"] for feature in get(f="geojson").json["features"]]
    assert len(set(ids)) == len(ids) == 9


def test_gdal_reads_what_we_write(world, get, tmp_path):
    if not shutil.which("ogrinfo"):
        pytest.skip("ogrinfo is not installed")
    file = tmp_path / "states.geojson"
    file.write_text(get(f="geojson").body)
    seen = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-so", file],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Geometry: Multi Polygon" in seen
    assert "Feature Count: 4" in seen
    assert "Extent: (-180.000000, 32.000000) - (180.000000, 71.000000)" in seen
    assert "n: Integer" in seen
    assert "avg: Real" in seen
