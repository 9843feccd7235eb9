"""`sortby`, and cursors in the orders that it asks for."""

from urllib.parse import urlencode

import pytest
from api_asserts import assert_problem, links, query_of

from api.question import params
from api.question.query_string import pairs

CELLS = "earthquakes_by_cell"
READINGS = "/places/readings"
RANKED = "/stats/ranked"


@pytest.fixture
def walk(send, open_link):
    """Every row of every page, by following `next`."""

    def walk(path, **asked):
        answer, rows = send(path, urlencode(asked)), []
        for _ in range(200):
            assert answer.status == 200, answer.body
            rows += answer.json["data"]
            if "next" not in links(answer):
                return rows
            answer = open_link(links(answer)["next"]["href"])
        raise AssertionError("next leads nowhere")

    return walk


def test_groups_come_by_a_measure(world, get):
    data = get(sortby="-n").json["data"]
    assert [(row["state_fips"], row["n"]) for row in data] == [
        ("06", 7),
        (None, 6),
        ("98", 4),
        ("02", 3),
    ]
    assert [row["n"] for row in get(sortby="n").json["data"]] == [3, 4, 6, 7]
    assert get(sortby="+n").json["data"] == get(sortby="n").json["data"]


def test_an_unescaped_plus_is_a_blank(world, send):
    query = "dataset=earthquakes_by_state&sortby=-n,+state_name"
    assert send("/aggregated-data", query).status == 200


def test_nulls_come_last_either_way(world, get):
    for sortby, expected in [
        ("state_name", ["Alaska", "California", "Comma, Land", None]),
        ("-state_name", ["Comma, Land", "California", "Alaska", None]),
    ]:
        data = get(sortby=sortby).json["data"]
        assert [row["state_name"] for row in data] == expected
    days = get("earthquakes_by_state", group_by="day", sortby="-avg").json["data"]
    assert [row["avg"] for row in days][-1] is None
    assert [row["avg"] for row in days][:-1] == sorted(
        (row["avg"] for row in days if row["avg"] is not None), reverse=True
    )


SORTED = ["-n", "n,-cell", "avg", "-avg", "-sum,n", "max,-min", "-depth,sum", "-cell"]


@pytest.mark.parametrize("limit", [1, 3, 7])
@pytest.mark.parametrize("sortby", SORTED)
def test_paging_by_measures_yields_every_group_once(world, walk, sortby, limit):
    asked = {"dataset": CELLS, "group_by": "depth,cell", "sortby": sortby}
    whole = walk("/aggregated-data", **asked, limit=10_000)
    assert len(whole) == 36
    assert walk("/aggregated-data", **asked, limit=limit) == whole


def test_floats_page_exactly(own_world, walk, republish):
    """Sums of floats in the order of another plan have other last digits."""

    def change(document):
        for column in document["models"][1]["columns"]:
            if column["name"].startswith("magnitude_s"):
                column["data_type"] = "double precision"

    republish(change)
    own_world.execute("drop materialized view marts.earthquakes_by_cell")
    own_world.execute(
        "create view marts.earthquakes_by_cell as select i::text as id, "
        "'c' || i % 40 as cell, now() as at, null::text as category, null::int as "
        "depth, 1::bigint as n, 1::bigint as magnitude_n, "
        # As a table that is read from another place each time.
        "(case when i % 40 % 3 = 0 then 1e16 * (i / 40 % 3 - 1) else 0 end + "
        "0.1 * (i % 7))::double precision as magnitude_sum, null::numeric as "
        "magnitude_min, 0.1::numeric as magnitude_max, null::geometry as geom "
        "from generate_series(1, 1000) as i order by random()"
    )
    for name in ("sum", "avg"):
        asked = {"dataset": CELLS, "sortby": name, "measures": name}
        whole = walk("/aggregated-data", **asked, limit=100)
        assert len(whole) == 40
        assert walk("/aggregated-data", **asked, limit=1) == whole


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "sortby", ["-value", "value", "-read_at,value", "place,-value", "place,-read_at"]
)
def test_rows_page_in_any_order(world, walk, sortby, limit):
    whole = walk(READINGS, sortby=sortby, limit=100)
    assert len(whole) == 7
    assert walk(READINGS, sortby=sortby, limit=limit) == whole
    if sortby == "-value":
        assert [row["value"] for row in whole] == [4, 4, 3, 2, 1, -0.5, None]


def test_rows_not_asked_come_in_the_model_s_own_order(world, send):
    own = send(RANKED).json["data"]
    assert send(RANKED, "sortby=").json["data"] == own
    by_id = send(RANKED, "sortby=-id").json["data"]
    assert [row["id"] for row in by_id] == [8, 7, 6, 5, 4, 3, 2, 1]


def test_the_order_is_total_and_no_longer_than_that(published):
    def order(path, sortby):
        asked = (("sortby", sortby),)
        found = params.of_model(asked, published.paths[path], params.OWN_PATH)
        return [str(by) for by in found.order]

    assert order(RANKED, "-hired") == ["-hired", "year", "id"]
    assert order(RANKED, "hired,-id") == ["hired", "-id", "year"]
    # What stands behind the whole key decides nothing.
    assert order(RANKED, "-id,year,hired") == ["-id", "year"]
    assert order(RANKED, "hired,-hired") == ["hired", "year", "id"]
    assert order("/stats/places", "-sum") == ["-sum", "place", "date"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sortby=-state_name", True),
        ("sortby=state_name,state_fips,n", True),
        ("sortby=-n", False),
        ("sortby=state_name,n", False),
        ("group_by=", True),
    ],
)
def test_only_what_a_refresh_leaves_is_identity(published, query, expected):
    asked = pairs("dataset=earthquakes_by_state&" + query)
    assert query_of(asked, published).is_by_identity is expected


def test_a_page_of_refreshed_measures_is_gone(own_world, get, open_link):
    by_measure, by_name = get(sortby="-n", limit=1), get(sortby="-state_name", limit=1)
    own_world.execute(
        "insert into ops.refresh (model, started_at, seconds, status) values "
        "('earthquakes_by_state', now(), 1, 'done')"
    )
    assert_problem(open_link(links(by_measure)["next"]["href"]), 410)
    assert open_link(links(by_name)["next"]["href"]).status == 200


@pytest.mark.parametrize(
    ("dataset", "sortby", "known"),
    [
        ("earthquakes_by_state", "centroid", ["state_fips", "state_name", "n"]),
        ("earthquakes_by_state", "day", ["state_fips", "state_name", "n"]),
        ("categories", "magnitude_sum", ["category", "n", "sum"]),
    ],
)
def test_what_nothing_is_ordered_by_is_told(world, get, dataset, sortby, known):
    answer = get(dataset, sortby=sortby)
    problem = assert_problem(answer, 400)
    assert problem["parameter"] == "sortby"
    assert problem["known"][: len(known)] == known
    assert "centroid" not in problem["known"]


def test_rows_are_not_ordered_by_a_geometry(world, send):
    problem = assert_problem(send("/places", "sortby=geom"), 400)
    assert problem["known"] == ["name", "label", "kind"]


def test_a_cursor_belongs_to_its_order(world, get, open_link):
    href = links(get(sortby="-n", limit=1))["next"]["href"]
    problem = assert_problem(open_link(href.replace("-n", "n")), 400)
    assert problem["parameter"] == "cursor"


def test_a_measure_that_is_not_shown_still_orders(world, get):
    data = get(sortby="-n", measures="avg").json["data"]
    assert [row["state_fips"] for row in data] == ["06", None, "98", "02"]
    assert list(data[0]) == ["state_fips", "state_name", "avg"]
