"""Groups and measures against numbers added by hand and plain SQL."""

import pytest
from api_asserts import mean_position, query_of

from api import container
from api.query import select


def groups(answer, *names):
    assert answer.status == 200, answer.body
    return [tuple(group[name] for name in names) for group in answer.json["data"]]


def test_the_default_grouping_adds_up(world, get):
    answer = get()
    assert answer.json["group_by"] == ["state_fips", "state_name"]
    assert groups(answer, "state_fips", "n", "sum", "min", "max") == [
        ("02", 3, 16.0, 3.0, 7.0),
        ("06", 7, 12.0, 1.0, 6.4),
        ("98", 4, 4.0, 1.0, 1.0),
        (None, 6, 16.5, 1.0, 8.5),
    ]
    assert answer.json["numberReturned"] == answer.json["numberMatched"] == 4


def test_averages_are_weighted_by_the_size_of_what_they_merge(world, get):
    averages = dict(groups(get(), "state_fips", "avg"))
    # California: 3.6 of three, 2.0 and 6.4 of one each, two without a magnitude.
    # The average of its rows' averages would be 3.2.
    assert averages["06"] == pytest.approx(12.0 / 5)
    assert averages[None] == pytest.approx(16.5 / 5)


def test_an_average_of_nothing_is_null(own_world, get):
    own_world.execute(
        "update marts.state_rows set day = '2025-01-09' where day is null"
    )
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    answer = get(group_by="day", datetime="2025-01-09")
    assert groups(answer, "n", "sum", "avg") == [(2, None, None)]


def test_centroids_are_weighted_points(world, get):
    points = {g["state_fips"]: g["centroid"] for g in get().json["data"]}
    assert points["06"]["type"] == "Point"
    assert points["06"]["coordinates"] == mean_position([(6, -120, 36), (1, -118, 34)])


def test_a_centroid_lies_between_points_on_both_sides_of_the_date_line(world, get):
    points = {g["state_fips"]: g["centroid"] for g in get().json["data"]}
    longitude, latitude = points["02"]["coordinates"]
    assert [longitude, latitude] == mean_position([(2, -150, 60), (1, 179, 52)])
    assert -180 < longitude < -150
    assert 52 < latitude < 61


@pytest.mark.parametrize(
    "group_by",
    [
        "day",
        "category",
        "state_fips,day",
        ["category", "day,state_name"],
        "state_fips,state_name,day,category",
    ],
)
@pytest.mark.parametrize(
    ("filters", "where"),
    [
        ({}, "true"),
        ({"category": "minor"}, "category = 'minor'"),
        ({"category": ["minor", "strong"]}, "category in ('minor', 'strong')"),
        (
            {"state_fips": "06,02", "category": "strong"},
            "state_fips in ('06', '02') and category = 'strong'",
        ),
        ({"state_name": '"Comma, Land"'}, "state_fips = '98'"),
        ({"day": "2025-01-02,2025-01-04"}, "day in ('2025-01-02', '2025-01-04')"),
        ({"datetime": "2025-01-02/.."}, "day >= '2025-01-02'"),
        ({"datetime": "../2025-01-02"}, "day <= '2025-01-02'"),
        ({"datetime": "../.."}, "day is not null"),
        ({"datetime": "2025-01-01T23:30:00-02:00"}, "day = '2025-01-02'"),
        ({"datetime": "2025-01-01/P2D"}, "day in ('2025-01-01', '2025-01-02')"),
        ({"bbox": "-125,30,-110,45"}, "state_fips = '06'"),
        ({"bbox": "-125,30,0,-110,45,9"}, "state_fips = '06'"),
        ({"bbox": "170,50,-175,60"}, "state_fips = '02'"),
        ({"bbox": "170,50,185,60"}, "state_fips = '02'"),
        ({"bbox": "-180,-90,180,90"}, "state_fips in ('02', '06')"),
        ({"bbox": "10,10,20,20"}, "false"),
    ],
)
def test_every_grouping_under_every_filter_equals_plain_sql(
    world, get, group_by, filters, where
):
    answer = get(group_by=group_by, **filters)
    names = answer.json["group_by"]
    keys = ", ".join(names)
    expected = world.execute(
        f"select {keys}, sum(n), "
        "sum(magnitude_sum)::float8 / nullif(sum(magnitude_n), 0) "
        f"from marts.state_rows where {where} group by {keys} order by "
        + ", ".join(f"{name} nulls last" for name in names)
    ).fetchall()
    as_json = [
        tuple(v.isoformat() if hasattr(v, "isoformat") else v for v in row)
        for row in expected
    ]
    assert groups(answer, *names, "n", "avg") == as_json


def test_no_dimension_at_all_is_one_total(world, get):
    assert groups(get(group_by=""), "n", "max") == [(20, 8.5)]
    assert groups(get(group_by="", category="none"), "n") == []
    feature = get(group_by="", f="geojson").json["features"][0]
    assert feature["id"] == "*"
    assert feature["geometry"]["type"] == "Point"


def test_a_dimension_named_twice_counts_once(world, get):
    assert get(group_by="day,day").json["group_by"] == ["day"]


def test_a_time_with_hours_is_compared_to_the_microsecond(world, get):
    def found(period):
        return [n for (n,) in groups(get(cells, group_by="", datetime=period), "n")]

    cells = "earthquakes_by_cell"
    # Its rows stand at 2025-01-01T07:00:00.5, 14:00:00.5, 21:00:00.5, then 04:00:00.5.
    assert found("2025-01-01T14:00:00.5Z") == [1]
    assert found("2025-01-01T15:00:00.5+01:00") == [1]
    assert found("2025-01-01T14:00:00Z") == []
    assert found("2025-01-01") == [3]
    assert found("2025-01-01/2025-01-02") == [6]
    assert found("2025-01-01T07:00:00.5Z/PT7H") == [1]
    assert found("2025-01-01T07:00:00.5Z/2025-01-01T14:00:00.5Z") == [2]


def test_a_box_reads_the_datasets_own_geometry(world, get):
    answer = get("earthquakes_by_cell", bbox="3.5,3.5,4.5,4.5")
    assert groups(answer, "cell", "n") == [("c3", 3), ("c4", 3)]


def test_a_box_over_cells_may_use_the_index(own_world):
    """The condition is one that GiST can answer."""
    own_world.execute("create index on marts.earthquakes_by_cell using gist (geom)")
    catalog = container.catalog()
    given = (("dataset", "earthquakes_by_cell"), ("bbox", "179,0,-179,4"))
    statement, bound = select(query_of(given, catalog), catalog)
    with own_world.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        plan = cursor.execute("explain " + statement.as_string(None), bound).fetchall()
    assert any("Bitmap Index Scan" in line for (line,) in plan), plan


def test_a_new_catalog_counts_from_the_next_request_on(own_world, get, republish):
    assert get("earthquakes_by_cell").status == 200
    republish(lambda document: document["models"].pop(1))
    assert get("earthquakes_by_cell").status == 404
