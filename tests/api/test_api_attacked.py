"""What a hostile eye once found, each as it was found."""

import copy
import json
from threading import Timer
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
from api_asserts import assert_problem
from api_world import DOCUMENT

from api import container
from catchment import catalog
from catchment.mistakes import ContractError

STATES, CELLS = "earthquakes_by_state", "earthquakes_by_cell"
READINGS = "/collections/readings/items"


def model_of(document, name):
    (model,) = (model for model in document["models"] if model["name"] == name)
    return model


def test_a_relation_made_anew_ends_what_is_held_before_dbt_publishes(own_world, send):
    """A build that fails publishes nothing, and its models are there all the same."""

    def tag():
        return send("/places").headers["etag"]

    held = tag()
    assert tag() == held
    own_world.execute(
        "create table marts.places_new (like marts.places); "
        "alter table marts.places rename to places_old; "
        "alter table marts.places_new rename to places"
    )
    assert tag() != held


def test_a_view_with_another_query_ends_what_is_held(own_world, send, republish):
    own_world.execute("create view marts.seen as select * from marts.places")

    def change(document):
        model_of(document, "places").update(alias="seen")
        model_of(document, "places")["config"]["materialized"] = "view"

    republish(change)
    held = send("/places").headers["etag"]
    own_world.execute(
        "create or replace view marts.seen as select * from marts.places limit 1"
    )
    assert send("/places").headers["etag"] != held


def test_single_precision_is_summed_in_double(own_world, send, republish):
    own_world.execute("alter table marts.categories add r real default 0.1")
    own_world.execute(
        "insert into marts.categories (category, n) select 'many', 1 "
        "from generate_series(1, 300000)"
    )

    def change(document):
        model = model_of(document, "categories")
        column = {"name": "r", "data_type": "real", "description": "A tenth."}
        model["columns"].append(column)
        api = model["config"]["meta"]["api"]
        api["measures"] = {
            **api["measures"],
            "tenths": {"sum": "r"},
            "tenth": {"ratio": ["r", "n"]},
        }

    republish(change)
    query = "dataset=categories&category=many&measures=tenths,tenth"
    for sortby in ("", "&sortby=tenths"):
        (row,) = send("/aggregated-data", query + sortby).json["data"]
        assert row["tenths"] == pytest.approx(30_000, rel=1e-7)
        assert row["tenth"] == pytest.approx(0.1, rel=1e-7)


@pytest.mark.parametrize(
    "box", ["{0},{1},{0},{1}", "{0},-90,{0},90", "-180,{1},180,{1}"]
)
def test_a_box_that_is_a_point_or_a_line_has_what_lies_on_it(world, send, box):
    place = (
        "select name, st_x(geom), st_y(geom) from marts.places where geom is not null"
    )
    for name, x, y in world.execute(place).fetchall():
        found = send("/collections/places/items", f"bbox={box.format(x, y)}&f=json")
        assert name in {row["name"] for row in found.json["data"]}
        near = urlencode({"filter": f"S_INTERSECTS(geom,BBOX({box.format(x, y)}))"})
        found = send("/collections/places/items", f"{near}&f=json")
        assert name in {row["name"] for row in found.json["data"]}, found.body


@pytest.mark.parametrize("offset", ["Z", "+05:00", "+00:00"])
def test_a_time_without_a_zone_is_not_asked_for_with_one(world, send, offset):
    moment = quote(f"2020-03-01T00:00:00{offset}")
    problem = assert_problem(send(READINGS, f"read_at={moment}"), 400)
    assert problem["parameter"] == "read_at"


def test_an_offset_that_no_place_has_is_refused(world, send):
    moment = quote("2020-03-01T00:00:00+23:59")
    assert_problem(send(READINGS, f"loaded_at={moment}"), 400)


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 2024 00:00:00 -0000",
        "Mon, 01 Jan 20240000000000000000 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999",
        "\x00",
    ],
)
def test_no_date_of_a_header_is_too_odd(world, send, date):
    assert send("/places", if_modified_since=date).status == 200


def test_a_date_of_minus_zero_is_utc(own_world, send):
    own_world.execute("update ops.catalog set published_at = '2024-01-01'")
    date = "Mon, 01 Jan 2024 00:00:00 -0000"
    assert send("/places", if_modified_since=date).status == 304


@pytest.mark.parametrize(
    "condition",
    [
        {"op": "=", "args": [{"property": "name"}, "\ud800"]},
        {"op": "like", "args": [{"property": "name"}, "\ud800%"]},
        {
            "op": "=",
            "args": [{"op": "casei", "args": [{"property": "name"}]}, "\ud800"],
        },
    ],
)
def test_half_a_character_is_refused(world, send, condition):
    query = urlencode({"filter": json.dumps(condition), "filter-lang": "cql2-json"})
    assert_problem(send("/collections/places/items", query), 400)


@pytest.mark.parametrize("name", ["S_INTERSECTS", "S_DISJOINT", "S_WITHIN"])
def test_a_shape_that_crosses_itself_is_a_400_at_most(world, send, name):
    bowtie = "POLYGON((-130 20,-60 50,-60 20,-130 50,-130 20))"
    for shape in (bowtie, f"GEOMETRYCOLLECTION({bowtie})"):
        query = urlencode({"dataset": STATES, "filter": f"{name}(geom,{shape})"})
        assert send("/aggregated-data", query).status in (200, 400)


def test_a_query_that_takes_too_long_is_not_asked_again(own_world, send):
    """The first question of a request is the batch, which may have to wait."""
    container.database().connection().execute("set statement_timeout = '200ms'")
    own_world.execute("begin")
    own_world.execute("lock table ops.refresh in access exclusive mode")
    # A second try would have another connection, and its answer.
    release = Timer(1, own_world.execute, ["rollback"])
    release.start()
    answer = send("/places")
    release.join()
    assert_problem(answer, 504)
    assert send("/places").status == 200


def test_a_slash_at_the_end_of_an_id_is_of_the_id(own_world, send):
    own_world.execute(
        "insert into marts.places (name, kind) values ('trail/', 'a'), ('a/b', 'a')"
    )
    items = send("/collections/places/items", "limit=1000").json["features"]
    for name in ("trail/", "a/b"):
        (id_,) = (f["id"] for f in items if f["properties"]["name"] == name)
        # As an HTTP API hands it on: decoded once.
        found = send(f"/collections/places/items/{id_}")
        assert found.json["properties"]["name"] == name


def test_what_is_not_there_is_not_unchanged(world, send):
    path = "/collections/places/items/nobody"
    assert_problem(send(path, if_none_match="*"), 404)


def test_a_geometry_of_a_restricted_model_is_restricted_wherever_it_shows():
    def change(document):
        states = model_of(document, "us_states")
        states["config"]["meta"]["api"] = {
            "key": ["state_fips"],
            "restrict": {"state_fips": "state"},
        }

    document = copy.deepcopy(DOCUMENT)
    change(document)
    with pytest.raises(ContractError, match="restricted"):
        catalog.parse(document)


def test_pages_for_people_read_no_shapes(world, send, monkeypatch):
    read = []

    def loads(text):
        read.append(text)
        return json.loads(text)

    monkeypatch.setattr("api.ogc.features.json", SimpleNamespace(loads=loads))
    assert send("/collections/places/items", "f=html").status == 200
    assert read
    assert all('"geometry":null' in text for text in read)


def test_a_question_before_a_request_is_answered(world, send):
    for path in ("/", "/places", "/nowhere", "/loads"):
        answer = send(path, method="OPTIONS")
        assert (answer.status, answer.body) == (204, "")
