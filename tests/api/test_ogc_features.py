"""OGC API - Features, clause by clause as OGC's test suite asks for it.

The clauses are our notes of ets-ogcapi-features10 1.9 (reference/api.md, 3.1), which
is not run itself; requirements are those of 17-069r4.
"""

from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from api_asserts import assert_problem, links

from api import handler
from api.question import params

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
WITH_GEOMETRY = ("earthquakes_by_cell", "earthquakes_by_state", "places")
WITH_TIME = ("earthquakes_by_cell", "earthquakes_by_state", "place_days", "readings")
COLLECTIONS = sorted({*WITH_GEOMETRY, *WITH_TIME, "categories", "hidden", "ranked"})
# FeaturesBBox.java: the third crosses the dateline, the last two are the poles.
BBOXES = (
    "-1.5,50.0,1.5,53.0",
    "-80.0,-5.0,-70.0,5.0",
    "177.0,65.0,-177.0,70.0",
    "-180.0,85.0,180.0,90.0",
    "-180.0,-90.0,180.0,-85.0",
)


@pytest.fixture
def items(world, send):
    def items(collection, query="", **headers):
        answer = send(f"/collections/{collection}/items", query, **headers)
        assert answer.status == 200, answer.body
        return answer

    return items


@pytest.fixture
def collection(world, send):
    return lambda name: send(f"/collections/{name}").json


def rels(document, rel):
    return [link for link in document["links"] if link["rel"] == rel]


def assert_alternates(document, *types):
    """`self` and an `alternate` of each other type, all with rel and type."""
    assert all(link["rel"] and link["type"] for link in document["links"])
    assert len(rels(document, "self")) == 1
    assert set(types) <= {link["type"] for link in rels(document, "alternate")}


# GET /


def test_landing_page_links_to_conformance_data_and_service_desc(world, send):
    answer = send("/", accept="application/json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    for rel in ("conformance", "data", "service-desc", "service-doc"):
        assert len(rels(answer.json, rel)) == 1
    assert links(answer)["service-desc"]["type"] == OPENAPI
    assert_alternates(answer.json, "text/html")
    told = [(link["rel"], link["href"]) for link in answer.json["links"]]
    assert len(set(told)) == len(told)


def test_every_link_of_a_document_answers_with_the_type_that_it_says(
    world, send, open_link
):
    paths = ["/", "/conformance", "/collections", "/aggregated-data"]
    for name in ("earthquakes_by_state", "places"):
        base = f"/collections/{name}"
        paths += [base, f"{base}/items", f"{base}/queryables", f"{base}/schema"]
    linked = [link for path in paths for link in _links_of(send(path).json)]
    assert len(linked) > 60
    for link in linked:
        answer = open_link(link["href"])
        assert answer.status == 200, link
        told = answer.headers["content-type"].replace(" ", "")
        assert told.startswith(link["type"].replace(" ", "")), link


def _links_of(document):
    listed = [*document.get("collections", ()), *document.get("datasets", ())]
    for part in (document, *listed):
        yield from part.get("links", ())


def test_the_landing_page_of_a_stage_is_there_with_and_without_a_slash(world):
    for path in ("/prod", "/prod/"):
        http = {"method": "GET", "path": path}
        context = {"http": http, "stage": "prod", "domainName": "api.example.org"}
        event = {"version": "2.0", "rawPath": path, "requestContext": context}
        answer = handler.handler({**event, "isBase64Encoded": False}, None)
        assert answer["statusCode"] == 200
        assert '"https://api.example.org/prod/"' in answer["body"]
        assert '"https://api.example.org/prod/collections"' in answer["body"]


# /conformance is in test_ogc_conformance.py


# GET /collections


def test_collections_are_all_models_that_are_served(world, send):
    document = send("/collections").json
    assert [found["id"] for found in document["collections"]] == COLLECTIONS
    assert_alternates(document, "text/html")


def test_a_collection_has_items_as_geojson_and_coordinates_in_crs84(world, send):
    for found in send("/collections").json["collections"]:
        assert GEOJSON in [link["type"] for link in rels(found, "items")]
        assert found["itemType"] == "feature"
        assert found["crs"] == [CRS84]
        assert "storageCrs" not in found
        assert found["title"]
        assert found["description"]


def test_an_extent_is_four_numbers_and_an_interval(collection):
    for name in COLLECTIONS:
        extent = collection(name).get("extent", {})
        assert ("spatial" in extent) == (name in WITH_GEOMETRY), name
        assert ("temporal" in extent) == (name in WITH_TIME), name
        for west, south, east, north in extent.get("spatial", {}).get("bbox", ()):
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
        for moments in extent.get("temporal", {}).get("interval", ()):
            assert all(datetime.fromisoformat(moment).tzinfo for moment in moments)


def test_a_collection_alone_is_as_it_stands_in_the_list(world, send, collection):
    words = ("id", "title", "description", "extent", "itemType", "crs")
    for found in send("/collections").json["collections"]:
        alone = collection(found["id"])
        for word in words:
            assert found.get(word) == alone.get(word), (found["id"], word)
        assert_alternates(alone, "text/html")
        same = [link for link in alone["links"] if link["rel"] != "alternate"]
        assert [link["rel"] for link in same] == [k["rel"] for k in found["links"]]


def test_an_unknown_collection_is_a_404_that_lists_the_known_ones(world, send):
    for path in ("", "/items", "/items/1", "/queryables", "/schema"):
        for name in ("us_states", "Places", "a b", quote("' or 1=1")):
            problem = assert_problem(send(f"/collections/{name}{path}"), 404)
            assert problem["known"] == COLLECTIONS


# GET /collections/{collectionId}/items


@pytest.mark.parametrize("name", COLLECTIONS)
def test_items_are_a_feature_collection_of_as_many_as_it_says(items, name):
    answer = items(name, accept=GEOJSON)
    assert answer.headers["content-type"] == GEOJSON
    document = answer.json
    assert document["type"] == "FeatureCollection"
    assert document["numberReturned"] == len(document["features"]) > 0 or (
        name == "hidden"
    )
    assert datetime.fromisoformat(document["timeStamp"])
    assert_alternates(document, "application/json", "text/html")
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert feature["id"] is not None
        assert set(feature) >= {"geometry", "properties"}


def test_items_are_geojson_whatever_a_client_accepts_that_is_not_ours(items):
    for accept in ("", "*/*", "application/xml", "text/xml;q=0.9, */*;q=0.1"):
        assert items("places", accept=accept).headers["content-type"] == GEOJSON


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("limit", [1, 2, 10])
def test_following_next_yields_all_and_each_once(items, open_link, name, limit):
    """As the suite follows it: each item of the query split at its first `=`, the
    limit thrown away and set anew."""
    whole = [f["id"] for f in items(name).json["features"]]
    seen, answer = [], items(name, f"limit={limit}")
    while True:
        page = answer.json
        seen += [feature["id"] for feature in page["features"]]
        matched = page.get("numberMatched")
        assert matched is None or matched == len(whole)
        if not (following := rels(page, "next")):
            break
        assert following[0]["type"] == GEOJSON
        parts = urlsplit(following[0]["href"])
        given = [item.split("=", 1) for item in parts.query.split("&")]
        assert all(len(item) == 2 for item in given)
        kept = [(k, v) for k, v in parse_qsl(parts.query) if k != "limit"]
        query = urlencode([*kept, ("limit", str(limit))])
        answer = open_link(parts._replace(query=query).geturl())
        assert answer.status == 200, answer.body
    assert seen == whole


def test_the_limit_may_change_from_page_to_page(items, open_link):
    href = links(items("earthquakes_by_cell", "limit=3"))["next"]["href"]
    rest = open_link(href.replace("limit=3", "limit=10000")).json
    assert rest["numberReturned"] == 33


@pytest.mark.parametrize("limit", ["10001", "1000000", "9" * 40])
def test_a_limit_above_the_maximum_is_clamped(items, limit):
    """Requirement 22 C."""
    assert items("earthquakes_by_cell", f"limit={limit}").json["numberReturned"] == 36
    assert params.MAXIMUM_LIMIT == 10_000


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "1.5", "", "%C2%B2"])
def test_a_limit_that_is_no_number_from_1_on_is_a_400(world, send, limit):
    answer = send("/collections/places/items", f"limit={limit}")
    assert assert_problem(answer, 400)["parameter"] == "limit"


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("path", ["", "/items", "/items/1", "/queryables", "/schema"])
def test_an_unknown_parameter_is_a_400(world, send, name, path):
    answer = send(f"/collections/{name}{path}", "unknownQueryParameter=42")
    problem = assert_problem(answer, 400)
    assert problem["parameter"] == "unknownQueryParameter"
    assert "f" in problem["known"]


@pytest.mark.parametrize("path", ["/", "/conformance", "/collections"])
def test_an_unknown_parameter_of_the_documents_is_a_400(world, send, path):
    assert_problem(send(path, "unknownQueryParameter=42"), 400)
    assert_problem(send(path, "f=yaml"), 400)


@pytest.mark.parametrize("bbox", BBOXES)
@pytest.mark.parametrize("name", WITH_GEOMETRY)
def test_the_five_boxes_of_the_suite_answer_and_their_items_meet_them(
    items, world, name, bbox
):
    west, south, east, north = map(float, bbox.split(","))
    found = [f["geometry"] for f in items(name, f"bbox={bbox}").json["features"]]
    east = east + 360 if east < west else east
    for geometry in found:
        meets = world.execute(
            "select bool_or(st_intersects(g, st_makeenvelope(%s, %s, %s, %s, 4326)) "
            "or st_intersects(st_translate(g, 360, 0), "
            "st_makeenvelope(%s, %s, %s, %s, 4326))) "
            "from (select st_setsrid(st_geomfromgeojson(%s), 4326) as g) as f",
            [west, south, east, north] * 2 + [str(geometry).replace("'", '"')],
        ).fetchone()
        assert meets == (True,)
    if bbox.startswith("177") and name == "earthquakes_by_state":
        assert len(found) == 1  # Alaska


def test_a_box_of_six_numbers_is_read_without_its_heights(items):
    four = items("places", "bbox=0.5,49,2.5,51").json["features"]
    six = items("places", "bbox=0.5,49,-100,2.5,51,9000").json["features"]
    assert four == six
    assert len(four) == 2


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "0,10,0,5", "1,2,3,nan"])
def test_a_box_that_is_none_is_a_400(world, send, bbox):
    answer = send("/collections/places/items", f"bbox={bbox}")
    assert assert_problem(answer, 400)["parameter"] == "bbox"


@pytest.mark.parametrize(
    ("datetime", "n"),
    [
        ("2025-01-02", 2),
        ("2025-01-02T00:00:00Z", 2),
        ("2025-01-01/2025-01-02", 10),
        ("2025-01-01T00:00:00Z/2025-01-02T23:59:59Z", 10),
        ("2025-01-01/P2D", 10),
        ("2025-01-01T00:00:00Z/P1D", 8),
        ("../2025-01-01", 8),
        ("/2025-01-01", 8),
        ("2025-01-03/..", 6),
        ("2025-01-03/", 6),
    ],
)
def test_datetime_is_taken_in_every_form(items, datetime, n):
    features = items("earthquakes_by_state", f"datetime={datetime}").json["features"]
    # P1D ends at midnight, where a day begins that it does not hold.
    assert sum(f["properties"]["n"] for f in features) == {8: 10, 10: 12}.get(n, n)


@pytest.mark.parametrize("datetime", ["", "now", "2025-13-01", "2025-01-02/2025-01-01"])
def test_a_datetime_that_is_none_is_a_400(world, send, datetime):
    answer = send("/collections/readings/items", f"datetime={datetime}")
    assert assert_problem(answer, 400)["parameter"] == "datetime"


def test_coordinates_lie_within_the_extent(items, collection):
    for name in WITH_GEOMETRY:
        west, south, east, north = collection(name)["extent"]["spatial"]["bbox"][0]
        for feature in items(name).json["features"]:
            for x, y in _positions((feature["geometry"] or {}).get("coordinates", [])):
                assert west <= x <= east
                assert south <= y <= north


def _positions(coordinates):
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[:2]
    else:
        for part in coordinates:
            yield from _positions(part)


# GET /collections/{collectionId}/items/{featureId}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_feature_of_the_list_stands_alone_too(items, send, name):
    for feature in items(name).json["features"]:
        # An HTTP API decodes the path: so do these events.
        answer = send(f"/collections/{name}/items/{feature['id']}")
        assert answer.status == 200, (feature["id"], answer.body)
        assert answer.headers["content-type"] == GEOJSON
        alone = answer.json
        assert {word: alone[word] for word in feature} == feature
        assert_alternates(alone, "text/html")
        assert rels(alone, "collection")


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("places", "nobody"),
        ("places", "a,b"),
        ("places", "%"),
        ("ranked", "2021,99"),
        ("ranked", "2021"),
        ("ranked", "2021,1,1"),
        ("ranked", "year,id"),
        ("ranked", "2021,99999999999999999999"),
        ("earthquakes_by_state", "06"),
        ("earthquakes_by_state", "06,Nevada"),
        ("places", "a/b"),
        ("places", "a\x00"),
        ("places", "'; drop table marts.places; --"),
    ],
)
def test_an_unknown_feature_is_a_404(world, send, name, id_):
    assert_problem(send(f"/collections/{name}/items/{id_}"), 404)


def test_of_a_feature_nothing_is_asked_but_how_it_is_written(world, send):
    for query in ("limit=1", "kind=even", "bbox=0,0,1,1", "filter=name='a'"):
        assert_problem(send("/collections/places/items/a", query), 400)


# Methods and caching


@pytest.mark.parametrize(
    "path",
    ["/", "/conformance", "/collections", "/collections/places"]
    + [f"/collections/places/{part}" for part in ("items", "items/a", "schema")],
)
def test_documents_are_kept_asked_for_by_head_and_not_changed(world, send, path):
    answer = send(path)
    etag = answer.headers["etag"]
    assert answer.headers["cache-control"] == "public, no-cache"
    assert send(path, if_none_match=etag).status == 304
    assert send(path, "f=html", if_none_match=etag).status == 200
    head = send(path, method="HEAD")
    assert (head.status, head.body) == (200, "")
    for method in ("POST", "PUT", "DELETE"):
        refused = send(path, method=method)
        assert_problem(refused, 405)
        assert refused.headers["allow"] == "GET, HEAD"
    if path != "/":
        assert send(path + "/").status == 200


def test_a_refresh_ends_what_is_held_of_the_list_and_of_its_own_collection(
    own_world, send
):
    paths = {
        path: send(path).headers["etag"]
        for path in ("/collections", "/collections/places", "/collections/readings")
    }
    own_world.execute(
        "insert into ops.refresh (model, started_at, seconds, status) "
        "values ('places', clock_timestamp(), 0, 'done')"
    )
    found = {p: send(p, if_none_match=tag).status for p, tag in paths.items()}
    assert list(found.values()) == [200, 200, 304]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("/collections/places", "/collections/{collectionId}"),
        ("/collections/nobody/items", "/collections/{collectionId}/items"),
        ("/collections/a/items/b/c", "/collections/{collectionId}/items/{featureId}"),
        ("/collections/a/queryables", "/collections/{collectionId}/queryables"),
        ("/collections/a/b", "none"),
    ],
)
def test_requests_are_counted_by_template_and_not_by_what_they_name(path, route):
    assert handler._route(path) == route
