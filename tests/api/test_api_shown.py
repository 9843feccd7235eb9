"""What is answered, and how: measures, properties, geometries, ids."""

from urllib.parse import urlencode

import pytest
from api_asserts import assert_problem

from api.problems import Problem
from api.question import params
from api.question.query_string import pairs

STATES = "earthquakes_by_state"
CELLS = "earthquakes_by_cell"
PLACES = "/places"


def test_measures_are_answered_as_asked(world, get):
    data = get(measures="avg,n").json["data"]
    assert list(data[0]) == ["state_fips", "state_name", "avg", "n"]
    whole = get().json["data"]
    assert [(r["avg"], r["n"]) for r in data] == [(r["avg"], r["n"]) for r in whole]
    repeated = get(measures=["avg", "n"]).json["data"]
    assert repeated == data


def test_no_measures_are_the_groups_alone(world, get):
    rows = get(group_by="category", measures="").json["data"]
    assert rows == [{"category": "minor"}, {"category": "strong"}, {"category": None}]
    assert get(group_by="", measures="").json["data"] == [{}]


def test_an_unknown_measure_is_told(world, get):
    problem = assert_problem(get(measures="n,median"), 400)
    assert problem["parameter"] == "measures"
    assert problem["known"] == ["n", "sum", "min", "max", "avg", "centroid"]


def test_a_centroid_is_the_geometry_whether_asked_for_or_not(world, get):
    asked = {"group_by": "category", "f": "geojson"}
    whole = get(**asked).json["features"]
    some = get(**asked, measures="n").json["features"]
    assert [f["geometry"] for f in some] == [f["geometry"] for f in whole]
    assert list(some[0]["properties"]) == ["category", "n"]


def test_columns_of_rows_are_answered_as_asked(world, send):
    assert list(send(PLACES, "properties=kind,name").json["data"][0]) == [
        "kind",
        "name",
    ]
    feature = send(PLACES, "properties=kind&f=geojson").json["features"][0]
    assert (feature["id"], feature["properties"]) == ("B", {"kind": None})
    assert send(PLACES, "properties=").json["data"][0] == {}


def test_columns_that_are_not_answered_cannot_be_asked_for(world, send):
    problem = assert_problem(send("/places/readings", "properties=kind"), 400)
    assert problem["parameter"] == "properties"
    assert problem["known"] == ["place", "read_at", "value"]


def test_each_kind_of_model_has_its_word(world, get, send):
    problem = assert_problem(get(properties="n"), 400)
    assert "measures" in problem["known"]
    problem = assert_problem(send(PLACES, "measures=name"), 400)
    assert "properties" in problem["known"]


@pytest.mark.parametrize(
    ("precision", "expected"), [("0", 11), ("1", 11.1), ("15", 11.123456789)]
)
def test_coordinates_are_as_precise_as_asked(own_world, send, precision, expected):
    own_world.execute(
        "update marts.places set geom = st_point(11.123456789, 50, 4326) "
        "where name = 'a'"
    )
    query = f"f=geojson&precision={precision}&name=a"
    (feature,) = send(PLACES, query).json["features"]
    assert feature["geometry"]["coordinates"] == [pytest.approx(expected), 50]
    (feature,) = send(PLACES, "f=geojson&name=a").json["features"]
    assert feature["geometry"]["coordinates"][0] == 11.123457


def test_centroids_are_as_precise_as_asked(world, get):
    asked = {"group_by": "category", "measures": "centroid"}
    fine = get(**asked, precision="15").json["data"][0]["centroid"]["coordinates"]
    coarse = get(**asked, precision="1").json["data"][0]["centroid"]["coordinates"]
    assert coarse == [round(number, 1) for number in fine]
    assert coarse != fine


def test_shapes_are_simplified_and_never_vanish(own_world, get):
    own_world.execute(
        "update marts.us_states set geom = st_multi(st_buffer(st_point(0, 0, 4326), 1))"
    )
    asked = {"f": "geojson", "state_fips": "06"}

    def corners(**how):
        (feature,) = get(**asked, **how).json["features"]
        return len(feature["geometry"]["coordinates"][0][0])

    assert corners() == corners(simplify="0") == 33
    assert 4 < corners(simplify="0.1") < 33
    assert 4 <= corners(simplify="360") < 10


def test_a_geometry_can_be_left_out(world, get, send):
    for answer in (
        get(f="geojson", skipGeometry="true"),
        send(PLACES, "f=geojson&skipGeometry=true"),
    ):
        assert answer.status == 200
        assert {f["geometry"] for f in answer.json["features"]} == {None}
    with_geometry = get(f="geojson", skipGeometry="false").json["features"]
    assert with_geometry[0]["geometry"]


@pytest.mark.parametrize(
    "query",
    [
        "precision=16",
        "precision=-1",
        "precision=1.5",
        "precision=\u0661",
        "precision=",
        "simplify=-1",
        "simplify=nan",
        "simplify=inf",
        "simplify=361",
        "simplify=1e3",
        "simplify=",
        "skipGeometry=yes",
        "skipGeometry=",
        "resultType=count",
        "skipGeometry=true&skipGeometry=true",
    ],
)
def test_what_is_no_way_to_answer_is_told(published, query):
    with pytest.raises(Problem) as seen:
        params.of_model(pairs(query), published.paths[PLACES], params.OWN_PATH)
    assert (seen.value.status, seen.value.parameter) == (400, query.split("=")[0])


def test_hits_are_asked_for(published):
    model = published.paths[PLACES]
    for text, expected in (("hits", True), ("results", False)):
        asked = (("resultType", text),)
        assert params.of_model(asked, model, params.OWN_PATH).hits is expected


def test_an_integer_names_a_feature_as_a_number(own_world, get, republish, send):
    features = get(CELLS, group_by="depth", f="geojson").json["features"]
    assert [feature["id"] for feature in features] == [0, 1, 2, "~"]

    def change(document):
        (ranked,) = (m for m in document["models"] if m["name"] == "ranked")
        ranked["config"]["meta"]["api"]["key"] = ["id"]

    republish(change)
    features = send("/stats/ranked", "f=geojson&sortby=id").json["features"]
    assert [feature["id"] for feature in features] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("dataset", "path"), [("earthquakes_by_state", None), (CELLS, None), (None, PLACES)]
)
def test_an_id_leads_back_to_its_feature(world, published, send, get, dataset, path):
    model = published.datasets[dataset] if dataset else published.paths[path]
    answer = get(dataset, f="geojson") if dataset else send(path, "f=geojson")
    ids = [feature["id"] for feature in answer.json["features"]]
    assert len(set(ids)) == len(ids) > 3
    for id_ in ids:
        filters = params.of_feature(str(id_), model)
        asked = [
            (f.column, f.values[0]) for f in filters if f.values[0] not in (None, "")
        ]
        quoted = [(name, '"' + value + '"') for name, value in asked]
        query = urlencode([*quoted, ("f", "geojson"), ("limit", 10_000)])
        base = f"dataset={dataset}&" if dataset else ""
        found = send(path or "/aggregated-data", base + query).json["features"]
        assert id_ in [feature["id"] for feature in found]


def test_an_id_finds_nulls(world, published):
    from dataclasses import replace

    from api.query import select

    model = published.datasets["earthquakes_by_state"]
    base = params.of_model((), model, params.ITEMS)
    for id_, expected in [("~,~", 1), ("06,California", 1), ("06,~", 0)]:
        query = replace(base, filters=params.of_feature(id_, model))
        rows = world.execute(*select(query, published)).fetchall()
        assert len(rows) == expected, id_


@pytest.mark.parametrize(
    ("id_", "values"),
    [
        ("98,Comma%2C Land", ("98", "Comma, Land")),
        ("%7E,%2525", ("~", "%25")),
        ("%257E,", ("%7E", "")),
        ("~,~", (None, None)),
    ],
)
def test_ids_are_read_as_they_were_written(published, id_, values):
    model = published.datasets["earthquakes_by_state"]
    filters = params.of_feature(id_, model)
    assert tuple(f.values for f in filters) == tuple((v,) for v in values)


@pytest.mark.parametrize("id_", ["", "06", "06,a,b", "06,%41", "06,a~", "%,a", "\0,a"])
def test_what_can_be_no_id_is_not_found(published, id_):
    with pytest.raises(Problem) as seen:
        params.of_feature(id_, published.datasets["earthquakes_by_state"])
    assert seen.value.status == 404
