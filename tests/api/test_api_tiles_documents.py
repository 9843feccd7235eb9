"""What is said of tiles: OGC API - Tiles (20-057) and Tile Set Metadata (17-083r4),
by their clauses, and TileJSON 3.0.0."""

import math

import pytest
from api_asserts import assert_problem

from api import tiles

CELLS = "earthquakes_by_cell"
STATES = "earthquakes_by_state"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
WEB_MERCATOR_QUAD = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"


def by_rel(document):
    return {link["rel"]: link for link in document["links"]}


def told(send, path="", query="", model=CELLS):
    answer = send(f"/collections/{model}/tiles{path}", query)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/json"
    return answer.json


def tileset(send, query="", model=CELLS):
    return told(send, "/WebMercatorQuad", query, model)


def test_a_collection_lists_its_tilesets(world, send):
    """Tilesets-list, tileset-links A to C; geodata-tilesets, operation."""
    document = told(send)
    (item,) = document["tilesets"]
    assert item["dataType"] == "vector"
    assert item["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    assert item["tileMatrixSetURI"] == WEB_MERCATOR_QUAD
    assert item["title"]
    links = by_rel(item)
    assert links["self"]["href"].endswith(f"/collections/{CELLS}/tiles/WebMercatorQuad")
    assert f"{REL}/tiling-scheme" in links
    assert by_rel(document)["self"]["href"].endswith("/tiles")


def test_a_tileset_says_how_to_ask_for_its_tiles(world, send, open_link):
    """Tileset, description A to G; core, tc-op."""
    document = tileset(send)
    assert document["tileMatrixSetURI"] == WEB_MERCATOR_QUAD
    links = by_rel(document)
    item = links["item"]
    assert item["templated"] is True
    assert item["type"] == tiles.MVT.media_type
    place = {"tileMatrix": "3", "tileRow": "3", "tileCol": "4"}
    answer = open_link(item["href"].format(**place))
    assert answer.headers["content-type"] == tiles.MVT.media_type
    scheme = open_link(links[f"{REL}/tiling-scheme"]["href"]).json
    assert scheme["uri"] == WEB_MERCATOR_QUAD
    for rel in ("self", "alternate", f"{REL}/geodata"):
        assert open_link(links[rel]["href"]).status == 200
    matrices = {matrix["id"] for matrix in scheme["tileMatrices"]}
    limits = {limit["tileMatrix"] for limit in document["tileMatrixSetLimits"]}
    assert limits == {str(zoom) for zoom in range(23)} <= matrices


def test_a_tileset_says_what_its_features_hold(world, send):
    (layer,) = tileset(send)["layers"]
    assert (layer["id"], layer["geometryDimension"]) == (CELLS, 2)
    assert (layer["minTileMatrix"], layer["maxTileMatrix"]) == ("0", "22")
    properties = layer["propertiesSchema"]["properties"]
    types = {name: schema["type"] for name, schema in properties.items()}
    assert types == {
        "cell": "string",
        **dict.fromkeys(("n", "sum", "min", "max", "avg"), "number"),
    }
    (layer,) = tileset(send, model=STATES)["layers"]
    assert list(layer["propertiesSchema"]["properties"])[:2] == [
        "state_fips",
        "state_name",
    ]


def test_a_tileset_says_where_it_is(world, send):
    """Tileset, bbox (a recommendation)."""
    box = tileset(send)["boundingBox"]
    assert (box["lowerLeft"], box["upperRight"]) == ([1.0, 1.0], [36.0, 36.0])
    assert tileset(send, "f=tilejson")["bounds"] == [1.0, 1.0, 36.0, 36.0]


@pytest.mark.parametrize("accept", ["application/json", "text/html, */*", ""])
def test_a_tileset_is_tilejson_for_who_names_it_alone(world, send, accept):
    """GDAL asks for application/json, which is TileJSON's type too."""
    path = f"/collections/{CELLS}/tiles/WebMercatorQuad"
    assert "layers" in send(path, accept=accept).json


def test_tilejson(world, send, open_link):
    document = tileset(send, "f=tilejson")
    assert document["tilejson"] == "3.0.0"
    assert (document["minzoom"], document["maxzoom"]) == (0, 22)
    (template,) = document["tiles"]
    answer = open_link(template.format(z=3, y=3, x=4))
    assert answer.headers["content-type"] == tiles.MVT.media_type
    (layer,) = document["vector_layers"]
    assert layer["id"] == CELLS
    assert layer["fields"]["cell"] == "String"
    assert layer["fields"]["n"] == "Number"
    assert (layer["minzoom"], layer["maxzoom"]) == (0, 22)


@pytest.mark.parametrize("format_", ["json", "tilejson"])
def test_what_a_tileset_is_asked_is_asked_of_its_tiles(world, send, format_):
    query = f"category=minor&datetime=2025-01-01/..&f={format_}"
    document = tileset(send, query)
    is_tilejson = format_ == "tilejson"
    href = document["tiles"][0] if is_tilejson else by_rel(document)["item"]["href"]
    assert href.endswith("}?category=minor&datetime=2025-01-01/..")


def test_measures_are_chosen_for_a_tileset_and_its_tiles(world, send, open_link):
    document = tileset(send, "f=tilejson&measures=n")
    assert document["vector_layers"][0]["fields"] == {"cell": "String", "n": "Number"}
    data = open_link(document["tiles"][0].format(z=0, y=0, x=0)).data
    assert b"\x01n" in data
    assert b"avg" not in data


def test_documents_have_validators(own_world, send):
    paths = [f"/collections/{CELLS}/tiles{end}" for end in ("", "/WebMercatorQuad")]
    held = [send(path).headers["etag"] for path in paths]
    for path, tag in zip(paths, held, strict=True):
        assert send(path, if_none_match=tag).status == 304
    own_world.execute("update ops.catalog set published_at = clock_timestamp()")
    for path, tag in zip(paths, held, strict=True):
        assert send(path, if_none_match=tag).status == 200


def test_the_tile_matrix_set_is_the_standards(send, world, open_link):
    """17-083r4, annex D.1: the first and the last of its matrices."""
    document = send("/tileMatrixSets").json
    (item,) = document["tileMatrixSets"]
    assert item["id"] == "WebMercatorQuad"
    found = open_link(by_rel(item)["self"]["href"]).json
    assert (found["id"], found["uri"]) == ("WebMercatorQuad", WEB_MERCATOR_QUAD)
    first, last = found["tileMatrices"][0], found["tileMatrices"][-1]
    assert len(found["tileMatrices"]) == 25
    assert (first["id"], last["id"]) == ("0", "24")
    assert math.isclose(first["scaleDenominator"], 559082264.028717)
    assert math.isclose(first["cellSize"], 156543.033928041)
    assert math.isclose(last["scaleDenominator"], 33.3238997477002)
    assert (last["matrixWidth"], last["matrixHeight"]) == (16777216, 16777216)
    assert first["pointOfOrigin"] == [-20037508.342789244, 20037508.342789244]


@pytest.mark.parametrize("path", ["/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad"])
def test_the_tile_matrix_sets_take_no_parameters(world, send, path):
    assert send(path).headers["cache-control"] == "public, max-age=86400"
    assert_problem(send(path, "colour=1"), 400)
    assert send(path, method="POST").status == 405


def test_another_tile_matrix_set_is_not_found(world, send):
    problem = assert_problem(send("/tileMatrixSets/WorldCRS84Quad"), 404)
    assert problem["known"] == ["WebMercatorQuad"]


def test_a_tileset_is_not_a_tile(world, send):
    assert_problem(send(f"/collections/{CELLS}/tiles/WebMercatorQuad", "f=mvt"), 400)
    assert_problem(
        send(f"/collections/{CELLS}/tiles/WebMercatorQuad/0/0/0", "f=json"), 400
    )
