"""Following `next` through all there is."""

import pytest
from api_asserts import links

from api.answer import pages
from api.question import cursors
from api.question.cursors import Cursor

CELLS = "earthquakes_by_cell"


def walk(get, open_link, dataset, **parameters):
    """Every row of every page, by following `next`."""
    word = "features" if parameters.get("f") == "geojson" else "data"
    answer, rows, count = get(dataset, **parameters), [], 0
    while count < 1_000:
        assert answer.status == 200, answer.body
        assert answer.json["numberReturned"] == len(answer.json[word])
        rows += answer.json[word]
        count += 1
        # Behind a cursor it would cost a question more.
        assert ("numberMatched" in answer.json) == (count == 1)
        if "next" not in links(answer):
            return rows, count
        assert answer.json["numberReturned"] > 0
        answer = open_link(links(answer)["next"]["href"])
    raise AssertionError("next leads nowhere")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 36, 100])
@pytest.mark.parametrize(
    "group_by",
    [
        "cell",
        "category",
        "depth",
        "at",
        "category,depth",
        "depth,category",
        "depth,cell",
        "cell,category,depth",
    ],
)
def test_paging_yields_every_group_once_and_in_order(
    world, get, open_link, group_by, limit
):
    whole = get(CELLS, group_by=group_by, limit=10_000).json
    rows, count = walk(get, open_link, CELLS, group_by=group_by, limit=limit)
    assert rows == whole["data"]
    assert len(rows) == whole["numberMatched"]
    assert count == -(-len(rows) // limit)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_features_page_as_rows_do(world, get, open_link, limit):
    asked = {"group_by": "state_fips,day", "datetime": "../..", "f": "geojson"}
    whole = get(**asked).json
    rows, _ = walk(get, open_link, "earthquakes_by_state", **asked, limit=limit)
    assert rows == whole["features"]
    ids = [feature["id"] for feature in rows]
    assert len(set(ids)) == len(ids) == whole["numberMatched"]


def test_a_cursor_does_not_bind_the_limit_nor_the_format(world, get, open_link):
    href = links(get(CELLS, limit=1))["next"]["href"]
    rest = open_link(href.replace("limit=1&", "limit=10000&")).json
    assert rest["numberReturned"] == 35
    assert rest["data"][0]["cell"] == "c10"
    features = open_link(href + "&f=geojson").json["features"]
    assert features[0]["id"] == "c10"


def test_paging_goes_on_where_it_was_when_groups_come_and_go(own_world, get, open_link):
    answer = get(limit=2)
    own_world.execute(
        "insert into marts.state_rows (state_fips, n) values ('00', 1), ('07', 1)"
    )
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    rest = open_link(links(answer)["next"]["href"]).json["data"]
    assert [group["state_fips"] for group in rest] == ["07", "98"]


def test_numbers_keep_every_digit_through_a_cursor(
    own_world, get, open_link, republish
):
    def change(document):
        columns = document["models"][1]["columns"]
        next(c for c in columns if c["name"] == "depth")["data_type"] = "numeric"

    republish(change)
    own_world.execute("drop materialized view marts.earthquakes_by_cell")
    own_world.execute(
        "create view marts.earthquakes_by_cell as select r.*, depth_ as depth, "
        "null as cell, null::timestamptz as at, null::geometry as geom "
        "from marts.state_rows as r cross join (values "
        "(0.1::numeric), (0.10000000000000000000001), (1e-30), ('NaN')) as d (depth_)"
    )
    rows, count = walk(get, open_link, CELLS, group_by="depth", limit=1)
    assert count == 4, rows


@pytest.mark.parametrize(
    "group_by", [(), ("category",), ("state_fips", "state_name", "category")]
)
def test_nothing_follows_the_last_group(world, get, group_by):
    cursor = cursors.encode(group_by, Cursor((None,) * len(group_by)))
    answer = get(group_by=",".join(group_by), cursor=cursor)
    assert answer.json["data"] == []


def test_reading_stops_before_memory_does(world, get, open_link, monkeypatch):
    whole = get(CELLS).json["data"]
    monkeypatch.setattr(pages, "MOST_TEXT", 400)
    monkeypatch.setattr(pages, "CHUNK", 1)
    rows, count = walk(get, open_link, CELLS)
    assert rows == whole
    assert count > 5
