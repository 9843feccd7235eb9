"""Where and when the items of a collection are: exact, and looked at once a batch."""

import psycopg
import pytest

from api.ogc import extents


@pytest.fixture
def extent(own_world, send):
    def extent(name):
        listed = {c["id"]: c for c in send("/collections").json["collections"]}
        found = send(f"/collections/{name}").json.get("extent", {})
        assert listed[name].get("extent", {}) == found
        bbox = found.get("spatial", {}).get("bbox", [None])[0]
        return bbox, found.get("temporal", {}).get("interval", [None])[0]

    return extent


def refresh(admin, model):
    admin.execute(
        "insert into ops.refresh (model, started_at, seconds, status) "
        "values (%s, clock_timestamp(), 0, 'done')",
        [model],
    )


def test_the_box_is_that_of_what_is_shown_and_days_are_whole(extent):
    assert extent("earthquakes_by_state") == (
        # Of California and Alaska; no other state's shape is known.
        [-180.0, 32.0, 180.0, 71.0],
        ["2025-01-01T00:00:00Z", "2025-01-04T23:59:59Z"],
    )
    assert extent("earthquakes_by_cell") == (
        [1.0, 1.0, 36.0, 36.0],
        ["2025-01-01T07:00:00.500000Z", "2025-01-30T04:00:00.500000Z"],
    )
    assert extent("places") == ([0.0, 50.0, 8.0, 50.0], None)
    assert extent("categories") == (None, None)


def test_a_shape_that_no_row_shows_does_not_count(extent, own_world):
    own_world.execute(
        "insert into marts.us_states values ('72', 'Puerto Rico', st_multi("
        "st_makeenvelope(-67, 17, -65, 18, 4326)))"
    )
    assert extent("earthquakes_by_state")[0][1] == 32.0


def test_time_without_zone_with_zone_and_without_end(extent, own_world):
    assert extent("readings") == (
        None,
        ["2020-04-01T10:00:00Z", "2020-11-01T00:00:00Z"],
    )
    own_world.execute("update marts.readings set loaded_at = 'infinity' where value=1")
    refresh(own_world, "readings")
    assert extent("readings")[1] == ["2020-04-01T10:00:00Z", None]
    own_world.execute("delete from marts.readings")
    refresh(own_world, "readings")
    assert extent("readings") == (None, None)


def test_it_is_looked_at_once_a_batch(extent, own_world):
    before = extent("places")
    own_world.execute("delete from marts.places where name <> 'a'")
    assert extent("places") == before
    refresh(own_world, "places")
    assert extent("places") == ([0.0, 50.0, 0.0, 50.0], None)


def test_what_takes_too_long_has_none_until_a_build(
    extent, own_world, monkeypatch, republish
):
    asked = []

    def too_long(self, statement):
        asked.append(statement)
        raise psycopg.errors.QueryCanceled

    with monkeypatch.context() as patched:
        patched.setattr(extents.Extents, "_row", too_long)
        assert extent("places") == (None, None)
        n = len(asked)
        refresh(own_world, "places")
        assert extent("places") == (None, None)
        assert len(asked) == n
    assert extent("places") == (None, None)
    republish(lambda document: None)
    assert extent("places")[0]


def test_a_model_that_a_build_has_taken_away_does_not_hide_the_others(own_world, send):
    own_world.execute("drop table marts.places cascade")
    found = {c["id"]: c for c in send("/collections").json["collections"]}
    assert "extent" not in found["places"]
    assert "extent" in found["readings"]


def test_of_a_restricted_model_not_even_the_edges_are_told(own_world, send, republish):
    def restrict(document):
        for model in document["models"]:
            if model["name"] == "places":
                model["config"]["meta"]["api"]["restrict"] = {"kind": "kinds"}

    republish(restrict)
    assert "extent" not in send("/collections/places").json


def test_a_box_is_rounded_outwards_within_the_world():
    assert extents._bbox((-180.0, 8.2, 179.99999999, 8.2000001)) == (
        -180.0,
        8.2,
        180.0,
        8.200001,
    )


def test_aggregated_data_lists_the_extents_too_and_can_be_kept(world, send):
    answer = send("/aggregated-data")
    found = {d["name"]: d["extent"] for d in answer.json["datasets"]}
    for name, extent in found.items():
        assert send(f"/collections/{name}").json.get("extent") == extent
    assert found["earthquakes_by_cell"]["temporal"]
    held = answer.headers["etag"]
    assert send("/aggregated-data", if_none_match=held).status == 304
