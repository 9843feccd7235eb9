"""numberMatched: exact where that is cheap, estimated and said so where not."""

import psycopg
import pytest
from api_asserts import links

from api.answer import counting

CELLS = "earthquakes_by_cell"


@pytest.fixture(autouse=True)
def forgetful():
    """What one test has counted is not known to the next."""
    counting._known.clear()


def numbers(answer):
    document = answer.json
    return document["numberReturned"], document.get("numberMatched")


def test_a_whole_answer_is_its_own_count(world, get, monkeypatch):
    monkeypatch.setattr(counting, "_counted", None)
    assert numbers(get(CELLS, group_by="cell")) == (36, 36)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"group_by": "cell"}, 36),
        ({"group_by": "cell,category"}, 36),
        ({"group_by": "at"}, 100),
        ({"group_by": "cell", "bbox": "1.5,1.5,2.5,2.5"}, 2),
        ({"group_by": "at", "depth": "0,1"}, 50),
        ({"group_by": "cell", "sortby": "-n", "measures": "max"}, 36),
    ],
)
def test_a_first_page_counts_the_groups(world, get, open_link, asked, expected):
    answer = get(CELLS, **asked, limit=1)
    assert numbers(answer) == (1, expected)
    assert "numberMatchedIsEstimated" not in answer.json
    behind = open_link(links(answer)["next"]["href"])
    assert numbers(behind) == (1, None)


def test_a_first_page_counts_the_rows(world, send):
    assert numbers(send("/places", "limit=2")) == (2, 9)
    assert numbers(send("/places", "limit=2&kinds=even")) == (2, 5)
    assert numbers(send("/places", "limit=2&from_label=b&to_label=c")) == (2, 2)


def test_many_are_estimated_and_said_to_be(own_world, send, monkeypatch):
    own_world.execute(
        "insert into marts.hidden select 'n' || i from generate_series(1, 30) as i"
    )
    own_world.execute("analyze marts.hidden")
    monkeypatch.setattr(counting, "MOST", 29)
    document = send("/collections/hidden/items", "limit=1").json
    assert document["numberMatched"] == 30
    assert document["numberMatchedIsEstimated"] is True
    answer = send("/collections/hidden/items", "limit=1&f=csv")
    assert answer.headers["ogc-numbermatched"] == "30"
    assert answer.headers["ogc-numbermatched-is-estimated"] == "true"


def test_an_estimate_is_never_below_what_was_counted(world, get, monkeypatch):
    # Nobody has analyzed these: Postgres knows next to nothing of them.
    monkeypatch.setattr(counting, "MOST", 10)
    document = get(CELLS, group_by="at", depth="0", limit=1).json
    assert document["numberMatched"] >= 11
    assert document["numberMatchedIsEstimated"] is True


def test_hits_are_counted_exactly_and_nothing_is_read(world, get, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 1)
    monkeypatch.setattr("api.answer.pages.read", None)
    document = get(CELLS, group_by="at", resultType="hits", limit=3).json
    assert numbers(get(CELLS, group_by="at", resultType="hits")) == (0, 100)
    assert document["data"] == []
    assert "next" not in {link["rel"] for link in document["links"]}
    features = get(CELLS, group_by="cell", resultType="hits", f="geojson").json
    assert (features["features"], features["numberMatched"]) == ([], 36)
    assert numbers(get(CELLS, group_by="", resultType="hits")) == (0, 1)
    none = {"group_by": "", "category": "none", "resultType": "hits"}
    assert numbers(get(CELLS, **none)) == (0, 0)


@pytest.mark.parametrize("f", ["csv", "ndjson", "geojsonseq", "flatgeobuf", "parquet"])
def test_hits_stand_in_the_header_of_other_formats(world, get, f):
    answer = get(CELLS, group_by="at", resultType="hits", f=f)
    assert answer.status == 200
    assert answer.headers["ogc-numbermatched"] == "100"
    assert answer.headers["ogc-numberreturned"] == "0"


def test_what_was_counted_is_known_until_the_data_change(own_world, get, monkeypatch):
    asked = {"group_by": "state_fips,day", "limit": 1}
    matched = get(**asked).json["numberMatched"]
    with monkeypatch.context() as patch:
        patch.setattr(counting, "_counted", None)
        assert get(**{**asked, "limit": 2}).json["numberMatched"] == matched
    # Another question is counted on its own.
    assert get(**asked, category="strong").json["numberMatched"] < matched
    own_world.execute("insert into marts.state_rows (state_fips, n) values ('77', 1)")
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    own_world.execute(
        "insert into ops.refresh (model, started_at, seconds, status) "
        "values ('earthquakes_by_state', now(), 1, 'done')"
    )
    assert get(**asked).json["numberMatched"] == matched + 1


def test_hits_count_all_pages_also_behind_a_cursor(world, get, open_link):
    href = links(get(CELLS, group_by="cell", limit=30))["next"]["href"]
    document = open_link(href + "&resultType=hits").json
    assert document["numberMatched"] == 36


def test_a_page_is_read_to_its_end(world, get, monkeypatch):
    # Who leaves a stream early opens a connection more to cancel the query.
    cancelled = []
    monkeypatch.setattr(psycopg.Connection, "_try_cancel", cancelled.append)
    assert get(CELLS, group_by="at", limit=3).json["numberReturned"] == 3
    assert cancelled == []


def test_only_so_much_is_remembered(world, get, monkeypatch):
    monkeypatch.setattr(counting, "_MOST_KNOWN", 2)
    for limit in (1, 2, 3):
        for depth in ("0", "1", "2"):
            get(CELLS, group_by="cell", depth=depth, limit=limit)
    assert len(counting._known) <= 2
