"""The catalog: feeds, the DAG below them, and what stands above a model."""

import json
from typing import Any

import pytest

from catchment import catalog
from catchment.mistakes import ContractError


def source(name: str) -> dict[str, Any]:
    meta = {"feed": {"files": [f"**/{name}/*.csv"], "format": "csv"}}
    return {
        "name": name,
        "schema": "raw",
        "identifier": name,
        "config": {"meta": meta},
        "columns": [{"name": "a", "data_type": "text"}],
    }


def model(name: str, kind: str, *parents: str, **api: Any) -> dict[str, Any]:
    return {
        "unique_id": f"model.catchment.{name}",
        "name": name,
        "schema": "marts",
        "alias": name,
        "config": {"materialized": kind, "meta": {"api": api} if api else {}},
        "depends_on": [
            parent if "." in parent else f"model.catchment.{parent}"
            for parent in parents
        ],
        "columns": [{"name": "a", "data_type": "text"}],
    }


# Two feeds; `both` stands on both, `seeded` on one and a seed.
DOCUMENT = {
    "feeds": [source("sun"), source("wind")],
    "models": [
        model("both", "materialized_view", "sun_rollup", "wind_rollup"),
        model("seeded", "materialized_view", "sun_rollup", "seed.catchment.parks"),
        model("sun_rollup", "rollup", "stg_sun"),
        model("wind_rollup", "rollup", "stg_wind"),
        model("stg_sun", "view", "source.catchment.parks.sun"),
        model("stg_wind", "view", "source.catchment.parks.wind"),
        model("places", "materialized_view", "seed.catchment.parks"),
        model("on_top", "materialized_view", "both"),
        {**model("parks", "seed"), "unique_id": "seed.catchment.parks"},
    ],
}
CATALOG = catalog.parse(DOCUMENT, "h")


def order(*feeds: str) -> list[str]:
    return [found.name for found in CATALOG.refresh_order(set(feeds))]


def test_a_catalog_is_read_from_text_or_from_what_json_makes_of_it() -> None:
    assert catalog.parse(json.dumps(DOCUMENT), "h") == CATALOG
    assert CATALOG.hash == "h"
    assert set(CATALOG.feeds) == {"sun", "wind"}


def test_only_rollups_and_marts_below_a_feed_are_refreshed() -> None:
    assert set(order("sun")) == {"sun_rollup", "both", "seeded", "on_top"}
    assert set(order("wind")) == {"wind_rollup", "both", "on_top"}
    assert order() == []


@pytest.mark.parametrize("feeds", [("sun",), ("wind",), ("sun", "wind")])
def test_parents_are_refreshed_before_their_children(feeds: tuple[str, ...]) -> None:
    found = order(*feeds)

    for name in found:
        above = CATALOG.models_above(name) & set(found)
        assert all(found.index(parent) < found.index(name) for parent in above)


def test_the_feeds_above_a_model_are_found_at_any_depth() -> None:
    assert CATALOG.feeds_above("on_top") == {"sun", "wind"}
    assert CATALOG.feeds_above("seeded") == {"sun"}
    assert CATALOG.feeds_above("places") == set()


def test_the_models_above_a_model_are_found_at_any_depth() -> None:
    assert CATALOG.models_above("on_top") == {
        "both",
        "sun_rollup",
        "wind_rollup",
        "stg_sun",
        "stg_wind",
    }
    assert CATALOG.models_above("stg_sun") == set()


def test_a_key_belongs_to_the_feed_that_matches_it() -> None:
    found = CATALOG.feed_of("incoming/sun/a.csv.gz")

    assert found is not None
    assert found.name == "sun"
    assert CATALOG.feed_of("incoming/rain/a.csv") is None


def test_the_api_serves_only_models_that_say_so() -> None:
    served = model(
        "served", "view", "both", dimensions=["a"], measures={"n": {"sum": "a"}}
    )

    found = catalog.parse({"feeds": [], "models": [model("x", "view"), served]})

    assert list(found.datasets) == ["served"]
    assert found.models["served"].column("a").type == "text"


def test_mistakes_of_feeds_and_models_are_told_together() -> None:
    bad_feed = source("f")
    bad_feed["columns"][0]["data_type"] = "varchar"
    document = {"feeds": [bad_feed], "models": [model("m", "view", colour=1)]}

    with pytest.raises(ContractError) as told:
        catalog.parse(document)

    owners = [mistake.owner for mistake in told.value.mistakes]
    assert owners[0] == "feed f"
    assert set(owners) == {"feed f", "model m"}


def test_a_view_is_as_fresh_as_what_it_is_made_of() -> None:
    view = model("seen", "view", "both", "stg_sun", "seed.catchment.parks")
    found = catalog.parse({**DOCUMENT, "models": [*DOCUMENT["models"], view]})

    assert found.refreshed_parts("seen") == {"both", "sun_rollup", "wind_rollup"}
    assert found.refreshed_parts("both") == {"both"}
    assert found.refreshed_parts("parks") == set()


def test_a_view_shows_the_rows_of_a_feed_where_nothing_is_refreshed_between() -> None:
    views = [
        model("half", "view", "both", "stg_sun", "seed.catchment.parks"),
        model("live", "view", "half", "source.catchment.parks.wind"),
    ]
    found = catalog.parse({**DOCUMENT, "models": [*DOCUMENT["models"], *views]})

    assert found.live_feeds("half") == {"sun"}
    assert found.live_feeds("live") == {"sun", "wind"}
    assert found.live_feeds("both") == set()


def test_contracts_are_read_when_a_feed_is_asked_for() -> None:
    wrong = {**source("sun"), "columns": []}
    document = {**DOCUMENT, "feeds": [wrong, source("wind")]}
    with pytest.raises(ContractError):
        catalog.parse(document)

    found = catalog.parse(document, with_contracts=False)
    assert found.feeds_above("both") == {"sun", "wind"}
    with pytest.raises(ContractError):
        found.feeds.get("wind")
