"""Tiles hold what SQL says lies in them; their answers are those of OGC API - Tiles
(20-057), whose clauses the tests name."""

import copy
import json
import shutil
import subprocess
import uuid
from collections import Counter
from contextlib import contextmanager
from itertools import product
from urllib.parse import urlsplit

import mvt
import psycopg
import pytest
import tiles_world
from api_asserts import assert_problem
from api_world import publish

from api import tiles
from api.answer import answers
from api.query import tiles as statements
from api.question import params
from api.tiles import grid, serving
from catchment import catalog

MVT = "application/vnd.mapbox-vector-tile"
STATES = "counted_states"
ALASKA, SAMOA = "02", "60"


@pytest.fixture(scope="module")
def template(server_url, template):
    """The world with more to draw."""
    with database(server_url, template) as url:
        with psycopg.connect(url, autocommit=True) as admin:
            tiles_world.fill(admin)
            publish(admin, tiles_world.document(), "hash-of-tiles")
        yield urlsplit(url).path[1:]


@pytest.fixture(scope="module")
def shared_database(server_url, template):
    with database(server_url, template) as url:
        yield url


@contextmanager
def database(server_url, template):
    name = f"test_tiles_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'create database "{name}" template "{template}"')
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        server.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def draw(world, send):
    """The features of a tile, by zoom, row and column."""

    def draw(model, zoom, row, column, query=""):
        answer = ask(send, model, zoom, row, column, query)
        if answer.status == 204:
            assert answer.data == b""
            return []
        assert (answer.status, answer.headers["content-type"]) == (200, MVT)
        (layer,) = mvt.read(answer.data)
        assert (layer.name, layer.extent) == (model, grid.EXTENT)
        number = len(layer.features)
        assert answer.headers["ogc-numberreturned"] == str(number)
        assert int(answer.headers["ogc-numbermatched"]) >= number
        return layer.features

    return draw


def ask(send, model, zoom, row, column, query="", **headers):
    path = f"/collections/{model}/tiles/WebMercatorQuad/{zoom}/{row}/{column}"
    return send(path, query, **headers)


def every_tile(draw, model, zoom, query=""):
    across = range(1 << zoom)
    return {(r, c): draw(model, zoom, r, c, query) for r in across for c in across}


def by_name(features, name="name"):
    return {feature.properties[name]: feature for feature in features}


def longitudes(feature, zoom, column):
    return [
        ((column + x / grid.EXTENT) / (1 << zoom)) * 360 - 180
        for part in feature.parts
        for x, _ in part
    ]


@pytest.mark.parametrize("zoom", range(4))
def test_the_states_of_a_zoom_are_those_of_sql_and_so_are_their_sums(world, draw, zoom):
    """Core, tc-success B. A state on several tiles says the same on each."""
    found = {}
    for features in every_tile(draw, STATES, zoom).values():
        for feature in features:
            fips = feature.properties["state_fips"]
            assert found.setdefault(fips, feature.properties) == feature.properties
    expected = world.execute(
        f"select state_fips, state_name, sum(n), min(least), max(newest)::text "
        f"from marts.{STATES} group by 1, 2"
    ).fetchall()
    assert len(expected) == 56
    assert {
        (*(found[fips][word] for word in ("state_fips", "state_name", "n", "least")),)
        for fips in found
    } == {row[:4] for row in expected}
    assert {p["newest"] for p in found.values()} == {row[4] for row in expected}


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 20),
        ("kind=a", 10),
        ("kind=a,x", 10),
        ("datetime=2025-01-03/..", 14),
        ("filter=day<date('2025-01-03')%20and%20kind='a'", 3),
    ],
)
def test_filters_act_before_the_groups_are_made(draw, query, total):
    features = draw(STATES, 0, 0, 0, query)
    assert len(features) == 56
    assert {feature.properties["n"] for feature in features} == {total}


def test_a_group_without_rows_is_not_drawn(draw):
    (texas,) = draw(STATES, 0, 0, 0, "state_fips=48&kind=b")
    assert texas.properties["state_name"] == "Texas"
    assert draw(STATES, 0, 0, 0, "state_fips=00") == []


@pytest.mark.parametrize(
    ("zoom", "row", "column"),
    [(3, 3, 1), (5, 12, 5), (8, 97, 40), (22, 1593000, 656000)],
)
def test_tiles_lie_where_their_rows_do(world, draw, zoom, row, column):
    """Mvt, content C: 0,0 is the top left corner of the tile."""
    expected = world.execute(
        "select state_fips from marts.all_states where st_intersects("
        "st_transform(geom, 3857), st_tileenvelope(%s, %s, %s))",
        [zoom, column, row],
    ).fetchall()
    features = draw(STATES, zoom, row, column)
    assert {fips for (fips,) in expected} <= by_name(features, "state_fips").keys()
    width = 360 / (1 << zoom)
    west, buffer = column * width - 180, width * grid.BUFFER / grid.EXTENT
    for feature in features:
        found = longitudes(feature, zoom, column)
        assert west - buffer - 1e-9 <= min(found)
        assert max(found) <= west + width + buffer + 1e-9


@pytest.mark.parametrize("place", [(3, 3, 1), (8, 97, 40), (22, 1593000, 656000)])
def test_a_tile_is_looked_for_with_its_buffer(world, place):
    zoom, row, column = place
    corners = world.execute(
        "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) from st_transform("
        "st_tileenvelope(%s, %s, %s, margin => 64 / 4096.0), 4326) as e",
        [zoom, column, row],
    ).fetchone()
    box = grid.Tile(zoom, row, column).box
    assert (box.west, box.south, box.east, box.north) == pytest.approx(corners, 1e-12)


def test_a_state_on_both_sides_of_the_dateline_is_drawn_on_both(draw):
    tiles_ = every_tile(draw, STATES, 3, f"state_fips={ALASKA}")
    columns = {column for (_, column), features in tiles_.items() if features}
    assert columns == {0, 1, 7}
    for (_, column), features in tiles_.items():
        for feature in features:
            # No band around the world between its two parts.
            assert (
                max(longitudes(feature, 3, column))
                - min(longitudes(feature, 3, column))
                < 50
            )


def test_a_polygon_smaller_than_the_grid_does_not_vanish(draw):
    samoa = by_name(draw(STATES, 0, 0, 0), "state_fips")[SAMOA]
    assert [len(part) for part in samoa.parts] == [4]
    drawn = by_name(draw("spots", 0, 0, 0))
    assert drawn["tiny"].kind == drawn["thin"].kind == 3


def test_the_poles_and_rows_without_a_place(world, draw):
    """Web Mercator ends at 85.06 degrees, and has no poles."""
    drawn = by_name(draw("spots", 0, 0, 0))
    assert not drawn.keys() & {"pole", "nowhere", "empty"}
    # 60 degrees north is at 1189.4 of 4096 from the top, 70 south at 3179.3.
    cap = [y for part in drawn["cap"].parts for _, y in part]
    ice = [y for part in drawn["ice"].parts for _, y in part]
    assert (min(cap), max(cap)) == (-grid.BUFFER, pytest.approx(1189, abs=1))
    assert (min(ice), max(ice)) == (pytest.approx(3179, abs=1), 4096 + grid.BUFFER)


def test_types_that_a_tile_cannot_hold_become_numbers_or_texts(draw):
    drawn = by_name(draw("spots", 0, 0, 0))
    assert drawn["plain"].properties == {
        "name": "plain",
        "whole": 9007199254740993,
        "exact": 1.25,
        "double": 0.5,
        "flag": True,
        "day": "2025-01-31",
        "at": "2025-01-31T12:00:00+00:00",
        "code": "00000000-0000-0000-0000-000000000001",
        "more": '{"a": [1]}',
        "loose": "loose",
    }
    assert drawn["bare"].properties == {"name": "bare"}


def test_a_key_that_is_a_whole_number_is_the_id(draw):
    drawn = by_name(draw("spots", 0, 0, 0))
    assert drawn["plain"].id == 7
    # An id of a tile has no sign.
    assert drawn["before"].id is None
    assert {feature.id for feature in draw(STATES, 0, 0, 0)} == {None}


def test_groups_without_a_shape_are_drawn_at_their_centroid(draw):
    """All of a group's rows count, wherever they lie."""
    drawn = by_name(draw("kinds", 0, 0, 0), "kind")
    assert drawn["east"].properties == {"kind": "east", "n": 2.0}
    assert drawn["east"].parts == [[(2162, pytest.approx(1389, abs=1))]]
    assert drawn["west"].properties["n"] == 3.0
    (west,) = draw("kinds", 1, 0, 0)
    assert west.properties == drawn["west"].properties


def test_groups_have_the_shape_of_one_of_their_own_rows(world, draw):
    cells = by_name(draw("earthquakes_by_cell", 3, 3, 4), "cell")
    expected = world.execute(
        "select cell, sum(n), sum(magnitude_sum) from marts.earthquakes_by_cell "
        "where cell is not null group by 1"
    ).fetchall()
    drawn = {c: (f.properties["n"], f.properties["sum"]) for c, f in cells.items()}
    assert drawn == {
        cell: (n, pytest.approx(float(total))) for cell, n, total in expected
    }


def test_a_tile_with_too_many_features_says_so_and_leaves_no_region_empty(
    world, send, monkeypatch
):
    monkeypatch.setattr(serving, "MOST_FEATURES", 3_000)
    answer = ask(send, "many", 0, 0, 0)
    assert answer.headers["ogc-numbermatched"] == "30000"
    assert answer.headers["ogc-numberreturned"] == "3000"
    (layer,) = mvt.read(answer.data)
    tenths = Counter(feature.id // 3_000 for feature in layer.features)
    assert len(tenths) == 10
    assert min(tenths.values()) > 200
    # Who is drawn at this zoom is drawn at the next.
    kept = {feature.id for feature in layer.features}
    drawn = set()
    for row, column in product((0, 1), repeat=2):
        (layer,) = mvt.read(ask(send, "many", 1, row, column).data)
        drawn |= {feature.id for feature in layer.features}
    assert kept <= drawn


def test_a_tile_too_large_for_lambda_holds_fewer_features(world, send, monkeypatch):
    whole = ask(send, "many", 0, 0, 0)
    monkeypatch.setattr(answers, "LARGEST", 4 * len(whole.data) // 10)
    answer = ask(send, "many", 0, 0, 0)
    assert answer.headers["ogc-numbermatched"] == "30000"
    assert 0 < int(answer.headers["ogc-numberreturned"]) < serving.MOST_FEATURES
    (layer,) = mvt.read(answer.data)
    assert str(len(layer.features)) == answer.headers["ogc-numberreturned"]


@pytest.mark.parametrize(("zoom", "row", "column"), [(22, 0, 0), (8, 200, 3)])
def test_an_empty_tile_has_no_content(world, send, zoom, row, column):
    """Core, tc-error B."""
    answer = ask(send, STATES, zoom, row, column)
    assert (answer.status, answer.data) == (204, b"")
    assert answer.headers["etag"]
    assert answer.headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    "place",
    [
        ("23", "0", "0"),
        ("-1", "0", "0"),
        ("x", "0", "0"),
        ("99999999999999999999", "0", "0"),
        ("0", "1", "0"),
        ("0", "0", "1"),
        ("3", "8", "0"),
        ("3", "0", "8"),
        ("3", "-1", "0"),
        ("3", "1.0", "0"),
        ("3", "01", "0"),
        ("3", "1e0", "0"),
        ("3", "٣", "0"),
        ("3", "0", "0.pbf"),
        ("3", "0", "1;drop"),
        ("3", "0", "'"),
        ("3", "0", "0\n"),
        ("3", "0", "\x00"),
    ],
)
def test_tiles_that_the_grid_does_not_have_are_not_found(world, send, place):
    """Core, tc-error A."""
    problem = assert_problem(ask(send, STATES, *place), 404)
    assert "is none of 0 to " in problem["detail"]


def test_collections_that_cannot_be_drawn_are_not_found(world, send):
    for path in ("tiles", "tiles/WebMercatorQuad", "tiles/WebMercatorQuad/0/0/0"):
        problem = assert_problem(send(f"/collections/ranked/{path}"), 404)
        assert "no geometry" in problem["detail"]
        assert STATES in problem["known"]
        assert "ranked" not in problem["known"]
        assert_problem(send(f"/collections/nothing/{path}"), 404)
    for path in ("", "/0/0/0"):
        answer = send(f"/collections/{STATES}/tiles/WorldCRS84Quad{path}")
        assert assert_problem(answer, 404)["known"] == ["WebMercatorQuad"]


@pytest.mark.parametrize(
    "query",
    ["colour=1", "bbox=0,0,1,1", "limit=5", "group_by=kind", "cursor=x", "f=png"],
)
def test_what_a_tile_cannot_be_asked_is_refused(world, send, query):
    for path in ("/0/0/0", ""):
        answer = send(f"/collections/{STATES}/tiles/WebMercatorQuad{path}", query)
        problem = assert_problem(answer, 400)
        assert problem["parameter"] == query.split("=")[0]


def test_rows_that_are_not_for_everyone_are_in_no_tile(own_world, send):
    document = copy.deepcopy(tiles_world.document())
    for model in document["models"]:
        if model["name"] == "spots":
            model["config"]["meta"]["api"]["restrict"] = {"name": "names"}
    publish(own_world, document, "hash-of-restrict")
    assert_problem(ask(send, "spots", 0, 0, 0), 401)


def test_who_has_the_newest_tile_is_told_so(own_world, send):
    held = ask(send, STATES, 3, 3, 1)
    tag = held.headers["etag"]
    again = ask(send, STATES, 3, 3, 1, if_none_match=tag)
    assert (again.status, again.data) == (304, b"")
    others = [
        ask(send, STATES, 3, 3, 2),
        ask(send, STATES, 3, 3, 1, "kind=a"),
        ask(send, "spots", 3, 3, 1),
    ]
    assert len({tag, *(other.headers["etag"] for other in others)}) == 4
    empty = ask(send, STATES, 22, 0, 0).headers["etag"]
    assert ask(send, STATES, 22, 0, 0, if_none_match=empty).status == 304
    own_world.execute(
        "insert into ops.refresh (model, started_at, seconds, status) "
        "values (%s, clock_timestamp(), 0, 'done')",
        [STATES],
    )
    assert ask(send, STATES, 3, 3, 1, if_none_match=tag).status == 200


def test_a_tile_is_compressed_for_who_takes_that(world, send):
    plain = ask(send, STATES, 0, 0, 0)
    packed = ask(send, STATES, 0, 0, 0, accept_encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert len(mvt.read(packed.data)[0].features) == 56


def test_a_head_is_a_get_without_its_body(world, send):
    path = f"/collections/{STATES}/tiles/WebMercatorQuad/0/0/0"
    whole = send(path)
    head = send(path, method="HEAD")
    assert (head.status, head.data) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.data)
    assert head.headers["etag"] == whole.headers["etag"]
    assert send(path, method="POST").status == 405


def test_a_tile_is_found_by_the_index_of_the_geometry(own_world):
    published = catalog.parse(tiles_world.document())
    for name, index in (("spots", "spots_geom"), (STATES, "all_states_geom_idx")):
        own_world.execute(
            "insert into marts.spots (id, name, geom) select i, 'more', "
            "st_point(i % 360 - 180, i % 170 - 85, 4326) "
            "from generate_series(100, 20000) as i on conflict do nothing"
        )
        own_world.execute("analyze")
        query = params.of_model((), published.models[name], tiles.TILE_ROUTE)
        tile = grid.tile("8", "97", "40")
        query = serving.placed(query, tile)
        statement, bound = statements.select(query, published, tile)
        plan = own_world.execute("explain " + statement.as_string(), bound).fetchall()
        assert any(index in line for (line,) in plan), plan


@pytest.mark.skipif(
    shutil.which("ogr2ogr") is None,
    reason="GDAL's programs are not installed: apt-get install gdal-bin",
)
def test_gdal_reads_a_tile_as_the_reader_of_these_tests_does(
    world, send, draw, tmp_path
):
    zoom, row, column = 3, 3, 1
    file = tmp_path / "tile.mvt"
    file.write_bytes(ask(send, STATES, zoom, row, column).data)
    place = [f"{name}={n}" for name, n in zip("ZYX", (zoom, row, column), strict=True)]
    options = [word for pair in (*place, "CLIP=NO") for word in ("-oo", pair)]
    command = ["ogr2ogr", "-f", "GeoJSON", "-t_srs", "EPSG:4326", "/vsistdout/"]
    told = subprocess.run(
        [*command, file, *options], capture_output=True, check=True
    ).stdout
    found = {f["properties"]["state_fips"]: f for f in json.loads(told)["features"]}
    drawn = by_name(draw(STATES, zoom, row, column), "state_fips")
    assert found.keys() == drawn.keys()
    for fips, feature in found.items():
        for word in ("state_name", "n", "least", "newest"):
            assert feature["properties"][word] == drawn[fips].properties[word]
    # Colorado is whole on this tile, between 41 and 37 degrees north.
    (ring, *_) = found["08"]["geometry"]["coordinates"][0]
    west, south = map(min, zip(*ring, strict=True))
    east, north = map(max, zip(*ring, strict=True))
    assert [west, south, east, north] == [
        pytest.approx(edge, abs=0.06) for edge in (-109.06, 36.99, -102.04, 41.0)
    ]
