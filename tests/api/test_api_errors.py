"""Every way to ask wrongly, and every way for the database to be away."""

import pytest
from api_asserts import assert_problem

from api.question import params
from api.routes.table import PLATFORM_PATHS

DIMENSIONS = ["state_fips", "state_name", "day", "category"]
FORMATS = [
    *("json", "geojson", "csv", "ndjson"),
    *("geojsonseq", "flatgeobuf", "parquet"),
]
KNOWN = [*(n for n in params.API_PARAMETERS if n != "properties"), *DIMENSIONS]


@pytest.mark.parametrize(
    ("query", "parameter", "known"),
    [
        ("colour=red", "colour", KNOWN),
        ("n=1", "n", KNOWN),
        ("group_by=state", "group_by", DIMENSIONS),
        ("group_by=day,n", "group_by", DIMENSIONS),
        ("limit=0", "limit", None),
        ("limit=-1", "limit", None),
        ("limit=", "limit", None),
        ("limit=ten", "limit", None),
        ("limit=1.5", "limit", None),
        ("limit=%D9%A1", "limit", None),
        ("limit=1&limit=2", "limit", None),
        ("f=xml", "f", FORMATS),
        ("f=JSON", "f", FORMATS),
        ("bbox=1,2,3", "bbox", None),
        ("bbox=1,2,3,4,5", "bbox", None),
        ("bbox=", "bbox", None),
        ("bbox=1,2,3,nan", "bbox", None),
        ("bbox=1,2,3,inf", "bbox", None),
        ("bbox=a,b,c,d", "bbox", None),
        ("bbox=0,50,10,40", "bbox", None),
        ("datetime=", "datetime", None),
        ("datetime=yesterday", "datetime", None),
        ("datetime=2025-02-30", "datetime", None),
        ("datetime=2025-01-01T12:00:00", "datetime", None),
        ("datetime=2025-01-02/2025-01-01", "datetime", None),
        ("datetime=2025-01-01/P", "datetime", None),
        ("datetime=2025-01-01/P9999Y", "datetime", None),
        ("datetime=2025-01-01/PT99999999999999H", "datetime", None),
        ("datetime=a/b/c", "datetime", None),
        ("day=monday", "day", None),
        ("day=2025-01-01,monday", "day", None),
        ("day=", "day", None),
        ("state_fips=%00", "state_fips", None),
        ("cursor=", "cursor", None),
        ("cursor=%25", "cursor", None),
        ("cursor=AAAA", "cursor", None),
        ("cursor=W10", "cursor", None),  # []
        ("cursor=eyJkYXkiOm51bGx9", "cursor", None),  # {"day":null}
        ("group_by=day&cursor=eyJkYXkiOiJtb25kYXkifQ", "cursor", None),
        ("group_by=day&cursor=eyJkYXkiOlsxXX0", "cursor", None),  # {"day":[1]}
        ("cursor=a&cursor=b", "cursor", None),
    ],
)
def test_a_wrong_parameter_is_named(world, send, query, parameter, known):
    answer = send("/aggregated-data", f"dataset=earthquakes_by_state&{query}")
    problem = assert_problem(answer, 400)
    assert problem["parameter"] == parameter
    assert problem.get("known") == known


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("depth=deep", "depth"),
        ("depth=1.5", "depth"),
        ("depth=2147483648", "depth"),
        ("at=noon", "at"),
    ],
)
def test_a_value_must_fit_the_type_of_its_column(world, send, query, parameter):
    answer = send("/aggregated-data", f"dataset=earthquakes_by_cell&{query}")
    assert assert_problem(answer, 400)["parameter"] == parameter


def test_a_value_that_only_postgres_refuses_is_a_400_too(own_world, get, republish):
    def forget_the_type(document):
        for column in document["models"][1]["columns"]:
            column["data_type"] = None

    republish(forget_the_type)
    problem = assert_problem(get("earthquakes_by_cell", depth="deep"), 400)
    assert "deep" not in problem["detail"]
    assert get("earthquakes_by_cell", depth="1").status == 200


def test_what_a_dataset_lacks_cannot_be_filtered_by(world, get):
    for name, value in {"bbox": "0,0,1,1", "datetime": "2025-01-01"}.items():
        problem = assert_problem(get("categories", **{name: value}), 400)
        assert problem["parameter"] == name


def test_an_unknown_dataset_lists_those_that_exist(world, get, send):
    problem = assert_problem(get("us_states"), 404)
    assert problem["parameter"] == "dataset"
    assert problem["known"] == [
        "categories",
        "earthquakes_by_cell",
        "earthquakes_by_state",
        "place_days",
    ]
    assert_problem(get(""), 404)
    answer = send("/aggregated-data", "dataset=a&dataset=b")
    assert assert_problem(answer, 400)["parameter"] == "dataset"


def test_a_filter_without_a_dataset_asks_for_its_name(world, send):
    problem = assert_problem(send("/aggregated-data", "group_by=day"), 400)
    assert problem["parameter"] == "group_by"
    assert "earthquakes_by_cell" in problem["detail"]
    problem = assert_problem(send("/aggregated-data", "f=geojson"), 400)
    assert problem["parameter"] == "f"


def test_a_query_that_is_not_text_is_refused(world, send):
    assert_problem(send("/aggregated-data", "dataset=%FF"), 400)
    assert_problem(send("/aggregated-data", "a=1&" * 201), 400)


def test_a_limit_above_the_maximum_is_clamped(world, get):
    for limit in ("10001", "9" * 5000):
        assert get(limit=limit).json["numberReturned"] == 4


def test_paths_and_methods_that_are_not_there(world, send):
    problem = assert_problem(send("/nowhere"), 404)
    assert {"/", "/aggregated-data", "/collections"} < set(problem["known"])
    assert problem["known"] == [
        *PLATFORM_PATHS,
        "/places",
        "/places/readings",
        "/stats/places",
        "/stats/ranked",
    ]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = send("/health", method=method)
        assert_problem(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"
    assert send("/nowhere", method="HEAD").status == 404


def test_a_row_model_that_is_asked_for_as_a_dataset_is_led_to(world, get):
    problem = assert_problem(get("places"), 404)
    wanted = "it is a row model, GET /places or /collections/places/items."
    assert problem["detail"].endswith(wanted)
    hidden = assert_problem(get("hidden"), 404)["detail"]
    assert hidden.endswith("it is a row model, GET /collections/hidden/items.")
    assert "row model" not in assert_problem(get("nothing"), 404)["detail"]


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        ("/stats/places", "properties=place", "group_by= and measures="),
        ("/stats/places", "date=01/04/2020", "is written as 2025-01-31"),
        ("/stats/places", "start_date=1.4.2020", "is written as 2025-01-31"),
        ("/stats/places", "max=5..", "is a measure"),
        ("/stats/places", "filter=max>5", "a measure is none"),
        ("/places", "group_by=name", "properties="),
        ("/places", 'filter=kind="even"', "in single quotes"),
        ("/places", "filter=kind ilike 'e'", "CASEI"),
        ("/places", "filter=kind = null", "IS NULL"),
        ("/places", "filter=kind <> NULL", "IS NOT NULL"),
        ("/collections/earthquakes_by_cell/items", "depth=>100", "5..10, 5.. or"),
        ("/collections/earthquakes_by_cell/items", "depth>100", "as depth=5..10"),
        ("/collections/earthquakes_by_cell/items", "depth>=100", "as depth=5..10"),
        ("/collections/earthquakes_by_cell/items", "depth=<100", "5..10, 5.. or"),
    ],
)
def test_an_error_says_how_to_mend_it(world, send, path, query, told):
    assert told in assert_problem(send(path, query), 400)["detail"]


def test_a_path_that_is_nobodys_is_told_of_the_admins_too(world, send):
    known = assert_problem(send("/nowhere"), 404)["known"]
    assert {"/loads", "/uploads", "/feeds"} <= {*known}
