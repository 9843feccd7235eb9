"""Models that serve their rows, at a path of their own."""

from urllib.parse import urlencode

import pytest
from api_asserts import assert_problem, links
from rows_world import NAMES

from api import container
from api.query import select
from api.question import params

READINGS = "/places/readings"
RANKED = "/stats/ranked"


@pytest.fixture
def rows(send):
    """Ask a path; the answer as tuples of the columns that are named."""

    def rows(path, *names, **asked):
        answer = send(path, urlencode(asked, doseq=True))
        assert answer.status == 200, answer.body
        return [tuple(row[name] for name in names) for row in answer.json["data"]]

    return rows


def walk(send, open_link, path, **asked):
    """Every row of every page, by following `next`."""
    word = "features" if asked.get("f") == "geojson" else "data"
    answer, found = send(path, urlencode(asked, doseq=True)), []
    for _ in range(100):
        assert answer.status == 200, answer.body
        found += answer.json[word]
        if "next" not in links(answer):
            return found
        answer = open_link(links(answer)["next"]["href"])
    raise AssertionError("next leads nowhere")


def test_a_path_shows_the_columns_in_their_order(world, send):
    answer = send(READINGS, "limit=1")
    words = ["model", "numberReturned", "numberMatched", "data", "links"]
    assert list(answer.json) == words
    assert answer.json["model"] == "readings"
    (row,) = answer.json["data"]
    assert list(row.items()) == [
        ("place", "North"),
        ("read_at", "2020-03-01T00:00:00"),
        ("value", 1),
    ]
    whole = send(READINGS).json
    assert whole["numberReturned"] == whole["numberMatched"] == 7


def test_by_default_all_is_shown_but_the_geometry(world, send):
    assert list(send("/places").json["data"][0]) == ["name", "label", "kind"]


def test_rows_that_look_alike_stay_two(world, rows):
    twice = rows(READINGS, "read_at", "value", start_date="2020-10-25")
    assert twice == [("2020-10-25T02:00:00", 4)] * 2


def test_a_key_of_text_is_ordered_by_the_collation_of_its_column(world, rows):
    by_code_point = [(name,) for name in sorted(NAMES)]
    assert rows("/places", "name") == by_code_point


def test_nulls_come_last_in_either_direction(world, rows):
    assert rows(RANKED, "hired", "team", "id") == [
        (9, "b", 2),
        (5, "a", 1),
        (5, "a", 6),
        (5, "b", 5),
        (5, None, 4),
        (None, "c", 3),
        (None, "c", 8),
        (None, None, 7),
    ]


ORDERS = [
    ["-hired", "team"],
    ["hired", "-team"],
    ["-hired", "-team", "-year", "-id"],
    ["team", "-hired", "-id"],
    ["-year", "id"],
    ["-year", "-id"],
    ["id", "hired"],
    ["-team"],
]


@pytest.mark.parametrize("order_by", ORDERS, ids=",".join)
def test_paging_yields_every_row_once_and_in_order(
    own_world, send, open_link, republish, order_by
):
    def change(document):
        (ranked,) = (m for m in document["models"] if m["name"] == "ranked")
        words = {"order_by": order_by, "columns": ["year", "id"]}
        ranked["config"]["meta"]["api"].update(words)

    republish(change)
    order = ", ".join(
        f"{name.removeprefix('-')} {'desc' if name.startswith('-') else 'asc'} "
        "nulls last"
        for name in order_by
    )
    expected = own_world.execute(
        f"select year, id from marts.ranked order by {order}, year, id"
    ).fetchall()
    assert len(expected) == 9
    for limit in (1, 2, 3, 9):
        found = walk(send, open_link, RANKED, year="", limit=limit)
        assert [(row["year"], row["id"]) for row in found] == expected


@pytest.mark.parametrize("column", ["name", "label"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_follow_the_collation_of_the_column(
    own_world, send, open_link, republish, column, sign
):
    def change(document):
        (places,) = (m for m in document["models"] if m["name"] == "places")
        places["config"]["meta"]["api"]["order_by"] = [sign + column]

    republish(change)
    direction = "desc" if sign else "asc"
    expected = own_world.execute(
        f"select name from marts.places order by {column} {direction}"
    ).fetchall()
    rows = walk(send, open_link, "/places", limit=2)
    assert [(row["name"],) for row in rows] == expected
    features = walk(send, open_link, "/places", limit=2, f="geojson")
    assert [(feature["properties"]["name"],) for feature in features] == expected


def test_the_two_collations_of_this_world_differ(world):
    """Else the test above would show nothing."""
    orders = [
        world.execute(f"select name from marts.places order by {c}").fetchall()
        for c in ("name", "label")
    ]
    assert orders[0] != orders[1]


def test_a_cursor_of_another_order_is_refused(world, send):
    cursor = links(send(READINGS, "limit=1"))["next"]["href"].split("cursor=")[1]
    problem = assert_problem(send(RANKED, f"cursor={cursor}"), 400)
    assert problem["parameter"] == "cursor"
    assert "order" in problem["detail"]
    # {"place":"a","read_at":"noon","occurrence":"1"}
    noon = "eyJwbGFjZSI6ImEiLCJyZWFkX2F0Ijoibm9vbiIsIm9jY3VycmVuY2UiOiIxIn0"
    assert assert_problem(send(READINGS, f"cursor={noon}"), 400)["parameter"] == (
        "cursor"
    )


def test_a_cursor_is_refused_once_the_order_has_turned(own_world, send, republish):
    def change(document):
        (ranked,) = (m for m in document["models"] if m["name"] == "ranked")
        ranked["config"]["meta"]["api"]["order_by"] = ["hired", "team"]

    cursor = links(send(RANKED, "limit=1"))["next"]["href"].split("cursor=")[1]
    assert send(RANKED, f"cursor={cursor}").status == 200
    republish(change)
    problem = assert_problem(send(RANKED, f"cursor={cursor}"), 400)
    assert problem["parameter"] == "cursor"


def test_features_have_the_rows_own_id_and_geometry(world, send):
    answer = send("/places", "f=geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    features = {feature["id"]: feature for feature in answer.json["features"]}
    assert len(features) == len(NAMES)
    assert features["B"] == {
        "type": "Feature",
        "id": "B",
        "geometry": {"type": "Point", "coordinates": [1, 50]},
        "properties": {"name": "B", "label": "B", "kind": None},
    }
    assert features["Z"]["geometry"] is None
    assert {"E%2CF", "%7E"} <= set(features)


def test_a_feature_without_geometry_has_null_and_every_part_of_its_key(world, send):
    features = send(READINGS, "f=geojson&names=North").json["features"]
    assert {feature["geometry"] for feature in features} == {None}
    ids = [feature["id"] for feature in features]
    assert ids[3:] == ["North,2020-10-25T02:00:00,1", "North,2020-10-25T02:00:00,2"]
    assert list(features[0]["properties"]) == ["place", "read_at", "value"]


def test_a_box_takes_the_rows_whose_geometry_it_meets(world, rows):
    assert rows("/places", "name", bbox="0.5,49,2.5,51") == [("B",), ("b",)]
    assert rows("/places", "name", bbox="0.5,10,2.5,11") == []


def test_datetime_filters_the_time_of_a_row_model(world, rows):
    assert len(rows(READINGS, "place", datetime="2020-04-02/..")) == 4
    assert len(rows(READINGS, "place", datetime="2020-04-01T23:30:00Z")) == 1


def test_columns_are_filtered_by_their_own_names(world, rows):
    assert rows("/places", "name", kind="even", label="a,B") == [("a",)]
    assert rows(RANKED, "id", team="b") == [(2,), (5,)]


def test_what_a_row_model_lacks_cannot_be_asked(world, send):
    for query, name in [("bbox=0,0,1,1", "bbox"), ("datetime=2020-01-01", "datetime")]:
        problem = assert_problem(send(RANKED, query), 400)
        assert problem["parameter"] == name


@pytest.mark.parametrize("name", ["group_by", "dataset", "id", "n", "hired"])
def test_an_unknown_parameter_lists_those_of_the_path(world, send, name):
    problem = assert_problem(send(RANKED, f"{name}=1"), 400)
    assert problem["parameter"] == name
    of_others = ("dataset", "group_by", "measures")
    api = [name for name in params.API_PARAMETERS if name not in of_others]
    assert problem["known"] == [*api, "team", "year"]


def test_a_row_model_is_no_dataset(world, get, send):
    for name in ("places", "hidden"):
        problem = assert_problem(get(name), 404)
        assert "place_days" in problem["known"]
        assert name not in problem["known"]
    assert_problem(send("/hidden"), 404)


@pytest.mark.parametrize("path", ["/places", "/stats/places"])
def test_a_path_is_read_only(world, send, path):
    head, got = send(path, "", "HEAD"), send(path)
    length = head.headers.pop("content-length")
    assert (head.status, head.body, head.headers) == (200, "", got.headers)
    assert length == str(len(got.body.encode()))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = send(path, method=method)
        assert_problem(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path", ["/Places", "/places/none", "/stats", "//places", "/a%0Ab\n"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_that_is_nobodys_is_a_404(world, send, path, method):
    problem = assert_problem(send(path, method=method), 404)
    assert {"/health", "/places"} <= set(problem["known"])


def test_a_new_path_counts_from_the_next_request_on(own_world, send, republish):
    assert send("/hidden").status == 404

    def change(document):
        (hidden,) = (m for m in document["models"] if m["name"] == "hidden")
        hidden["config"]["meta"]["api"]["path"] = "/hidden"

    republish(change)
    assert send("/hidden").json["data"] == []


@pytest.mark.parametrize(
    ("order_by", "index", "starts_at_the_cursor"),
    [
        (["place"], "(place, read_at, occurrence)", True),
        (
            ["-place", "-read_at", "-occurrence"],
            "(place, read_at, occurrence)",
            True,
        ),
        (["-place"], "(place desc, read_at, occurrence)", True),
        # Its nulls stand behind any cursor: no one condition takes both.
        (["-value"], "(value desc nulls last, place, read_at, occurrence)", False),
    ],
)
def test_an_index_that_gives_the_order_is_read_no_further_than_the_limit(
    own_world, send, republish, order_by, index, starts_at_the_cursor
):
    def change(document):
        (readings,) = (m for m in document["models"] if m["name"] == "readings")
        readings["config"]["meta"]["api"]["order_by"] = order_by

    def plan(*given):
        query = params.of_model(given, catalog.models["readings"], params.OWN_PATH)
        statement, bound = select(query, catalog)
        with own_world.cursor() as cursor:
            cursor.execute("explain " + statement.as_string(None), bound)
            return "\n".join(line for (line,) in cursor.fetchall())

    republish(change)
    own_world.execute(
        "insert into marts.readings select 'p' || i % 50, 'wind', "
        "timestamp '2021-01-01' + i * interval '1 minute', 1, null, i % 100 "
        "from generate_series(1, 20000) as i"
    )
    own_world.execute(f"create index on marts.readings {index}")
    own_world.execute("analyze marts.readings")
    catalog = container.catalog()
    cursor = links(send(READINGS, "limit=10"))["next"]["href"].split("cursor=")[1]
    for asked in (("limit", "10"),), (("limit", "10"), ("cursor", cursor)):
        seen = plan(*asked)
        assert "Index" in seen, seen
        assert "Sort" not in seen, seen
    assert ("Index Cond" in seen) == starts_at_the_cursor, seen
