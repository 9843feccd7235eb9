"""Rows without a file: the same contract, the same quarantine, exactly once."""

import json
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from loader import rows
from loader.rows import Rows

from .conftest import READINGS_HEADER, Desk, column, reading


def event(feed: str, request: str, *given: dict[str, Any] | str) -> dict[str, Any]:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in given]
    return {"feed": feed, "request": request, "rows": texts}


@pytest.fixture
def send(desk: Desk) -> Any:
    """Load rows as the handler does, without the refresh; what it reports."""

    def send(feed: str, request: str, *given: dict[str, Any] | str) -> Any:
        asked = rows.of(event(feed, request, *given))
        assert asked is not None
        db = desk.database.connection()
        outcome = rows.load(asked, replace(desk.loader(), db=db))
        return rows.report(db, asked, outcome)

    return send


def raw(desk: Desk, feed: Any, report: Any, columns: str) -> list[Any]:
    return desk.ask(
        f"select {columns} from raw.{feed.table} where _load_id = %s "
        "order by _row_number",
        report["load_id"],
    )


def test_good_rows_are_loaded_and_bad_ones_told(
    desk: Desk, notes: Any, send: Any
) -> None:
    report = send(
        notes.name,
        "mixed",
        {"id": 1, "note": "a\nb\tc\\", "amount": 10.5},
        {"id": "x", "amount": 5000},
        {"note": "no id"},
        {"id": 4},
    )
    counts = [report[f"rows_{word}"] for word in ("read", "loaded", "rejected")]
    assert (report["status"], counts) == ("loaded", [4, 2, 2])
    wanted = [(1, 1, "a\nb\tc\\"), (4, 4, None)]
    assert raw(desk, notes, report, "_row_number, id, note") == wanted
    first, second = report["rejects"]
    assert (first["row_number"], first["column"], first["code"]) == (2, "id", "type")
    assert [problem["column"] for problem in first["also"]] == ["amount"]
    assert (second["row_number"], second["code"]) == (3, "required")
    kept = desk.one(
        "select record from ops.reject where load_id = %s and row_number = 3",
        report["load_id"],
    )
    assert json.loads(kept) == {"note": "no id"}


def test_numbers_keep_the_digits_they_were_written_with(desk: Desk, send: Any) -> None:
    feed = desk.feed([column("value", "numeric"), column("text")])
    report = send(feed.name, "digits", '{"value":1.10,\r\n "text": 0.1000}')
    assert raw(desk, feed, report, "value::text, text") == [("1.10", "0.1000")]


def test_a_request_that_comes_twice_is_loaded_once(
    desk: Desk, notes: Any, send: Any
) -> None:
    first = send(notes.name, "twice", {"id": 1}, {"id": "x"})
    again = send(notes.name, "twice", {"id": 1}, {"id": "x"})
    assert not first["is_repeated"]
    assert again == {**first, "is_repeated": True}
    assert desk.one(f"select count(*) from raw.{notes.table}") == 1


def test_a_key_that_was_used_for_other_rows_is_told(
    desk: Desk, notes: Any, send: Any
) -> None:
    send(notes.name, "reused", {"id": 1})
    other = send(notes.name, "reused", {"id": 2})
    assert (other["is_repeated"], other["is_other"]) == (True, True)
    assert desk.ask(f"select id from raw.{notes.table}") == [(1,)]


def test_rows_come_beside_those_of_files_and_of_other_requests(
    desk: Desk, notes: Any, send: Any
) -> None:
    assert notes.on_reupload == "replace"
    desk.drop(notes, "a.csv", "id,note,amount\n1,,\n")
    send(notes.name, "first", {"id": 2})
    send(notes.name, "second", {"id": 3})
    found = desk.ask(f"select id from raw.{notes.table} order by id")
    assert found == [(1,), (2,), (3,)]


def test_above_the_reject_limit_nothing_is_published(desk: Desk, send: Any) -> None:
    feed = desk.feed([column("id", "integer", required=True)], reject_limit="10%")
    report = send(feed.name, "bad", {"id": 1}, {"id": "x"})
    assert (report["status"], report["rows_loaded"]) == ("rejected", 0)
    assert [reject["row_number"] for reject in report["rejects"]] == [2]
    assert raw(desk, feed, report, "id") == []
    # It is not tried again under the same key either.
    again = send(feed.name, "bad", {"id": 1}, {"id": "x"})
    assert (again["status"], again["is_repeated"]) == ("rejected", True)


def test_what_a_files_name_would_say_stands_in_the_row(desk: Desk, send: Any) -> None:
    place = column("place", required=True, from_key=r"/([a-z]+)\.csv$")
    feed = desk.feed([place, column("n", "integer", header=["Number, all"])])
    given = [{"place": "a", "Number, all": 1}, {"place": "b", "n": 2}, {"n": 3}]
    report = send(feed.name, "keys", *given)
    assert raw(desk, feed, report, "place, n") == [("a", 1), ("b", 2)]
    assert report["rejects"][0]["column"] == "place"


def test_what_postgres_refuses_is_a_failed_load(desk: Desk, send: Any) -> None:
    feed = desk.feed([column("value", "numeric")])
    with desk.admin.transaction():
        desk.admin.execute("set local role catchment_owner")
        desk.admin.execute(
            f"alter table raw.{feed.table} add constraint small check (value < 10)"
        )
    report = send(feed.name, "refused", {"value": 1}, {"value": 11})
    assert (report["status"], report["rows_read"]) == ("failed", 0)
    assert raw(desk, feed, report, "value") == []


def test_rows_leave_one_line_in_the_ledger_and_no_bucket(
    desk: Desk, notes: Any, send: Any
) -> None:
    report = send(notes.name, "ledger", {"id": 1})
    found = desk.ask(
        "select feed, bucket, key, version, moved_to from ops.load where load_id = %s",
        report["load_id"],
    )
    key = f"rows/{notes.name}/ledger.ndjson"
    assert found == [(notes.name, "", key, "ledger", None)]


def test_an_unknown_feed_is_no_load(desk: Desk, send: Any) -> None:
    with pytest.raises(rows.UnknownFeed):
        send("no_such_feed", "unknown", {"id": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": []},
        {"rows": [{"id": 1}], "feed": "notes", "request": "r"},
        {"rows": "abc", "feed": "notes", "request": "r"},
        {"rows": ["{}"], "feed": 5, "request": "r"},
    ],
)
def test_an_event_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rows come as texts"):
        rows.of(wrong)


def test_other_events_are_not_of_rows() -> None:
    assert rows.of({"Records": []}) is None
    assert rows.of(event("a", "b", {})) == Rows("a", "b", ("{}",))


def test_a_connection_that_broke_is_no_answer(desk: Desk, notes: Any) -> None:
    asked = rows.of(event(notes.name, "broken", {"id": 1}))
    assert asked is not None
    database = desk.another()
    db = database.connection()
    db.close()
    with pytest.raises(psycopg.OperationalError):
        rows.load(asked, replace(desk.loader(), db=db))


def test_the_handler_loads_refreshes_and_reports(own_desk: Desk, call: Any) -> None:
    names = READINGS_HEADER.strip().split(",")
    row = dict(zip(names, reading(7).strip().split(","), strict=True))
    report = call(own_desk.platform, event("observations", "whole", row))
    assert (report["status"], report["is_refreshed"]) == ("loaded", True)
    refreshed = "select count(*) from ops.refresh where %s = any(load_ids)"
    assert own_desk.one(refreshed, report["load_id"]) > 0
    again = call(own_desk.platform, event("observations", "whole", row))
    assert (again["load_id"], again["is_repeated"]) == (report["load_id"], True)


def test_rows_stay_loaded_where_their_refresh_fails(
    own_desk: Desk, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("no refresh today")

    names = READINGS_HEADER.strip().split(",")
    row = dict(zip(names, reading(7).strip().split(","), strict=True))
    with monkeypatch.context() as broken:
        broken.setattr("loader.delivery.refresh", fail)
        report = call(own_desk.platform, event("observations", "late", row))
    assert (report["status"], report["is_refreshed"]) == ("loaded", False)
    # The same request once more brings it up to date.
    again = call(own_desk.platform, event("observations", "late", row))
    assert (again["is_repeated"], again["is_refreshed"]) == (True, True)


@pytest.mark.parametrize("request_key", ["a.gz", "a.zst", "a.csv", "a"])
def test_the_key_of_a_request_tells_nothing_of_its_rows(
    desk: Desk, notes: Any, send: Any, request_key: str
) -> None:
    report = send(notes.name, request_key, {"id": 1})

    assert (report["status"], report["rows_loaded"]) == ("loaded", 1)


def test_a_line_break_within_a_text_is_no_json_and_stays_none(
    desk: Desk, notes: Any, send: Any
) -> None:
    report = send(notes.name, "breaks", '{"id":\n1}', '{"id": 2, "note": "a\nb"}')

    assert (report["rows_loaded"], report["rows_rejected"]) == (1, 1)
    assert report["rejects"][0]["code"] == "json"
