"""The rejects of a load are tried again, and the good ones become rows of it."""

import json
from typing import Any

import pytest

from catchment.contract import Feed, Limit
from loader import partitions, rows, topic_events, topics
from loader.outcome import Counts, Outcome
from loader.query.loads import OWN_PARTITION
from loader.replay import CannotReplay
from loader.replay_rejects import replay_rejects
from tests.loader.conftest import Desk, column
from tests.loader.replaying import (
    FILE,
    again,
    ids,
    is_told_by_the_ledger,
    mend,
    rejects_again,
)


def test_rejects_become_rows_of_their_own_load(desk: Desk, notes: Feed) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    mend(desk, notes, "amount", maximum=5000)
    desk.admin.execute("update ops.load set refreshed_at = now()")

    outcome = rejects_again(desk, first)

    assert outcome.counts == Counts(2, 1, 1)
    assert ids(desk, notes) == [(first.load_id, n, n) for n in (1, 2, 3)]
    (reject,) = desk.rejects(first)
    assert reject["message"] == "'6000' is above 5000"
    assert (reject["row_number"], reject["line"]) == (4, 5)
    (load,) = desk.ledger()
    assert (load["rows_read"], load["rows_loaded"], load["rows_rejected"]) == (4, 3, 1)
    assert (load["status"], load["refreshed_at"]) == ("loaded", None)
    is_told_by_the_ledger(desk, first)


def test_rejects_that_are_no_better_change_nothing(desk: Desk, notes: Feed) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    desk.admin.execute("update ops.load set refreshed_at = now()")
    before = desk.rejects(first)

    assert rejects_again(desk, first).counts == Counts(2, 0, 2)

    assert desk.rejects(first) == before
    assert desk.ledger()[0]["refreshed_at"] is not None
    is_told_by_the_ledger(desk, first)


def test_records_that_broke_the_format_are_tried_too(desk: Desk, notes: Feed) -> None:
    first = desk.drop(notes, "a.csv", "id,note,amount\n1,a;2\n2,b,5000\n3,c,1\n")
    assert [r["code"] for r in desk.rejects(first)] == ["fields", "maximum"]
    mend(desk, notes, "amount", maximum=None)

    assert rejects_again(desk, first).counts == Counts(2, 1, 1)

    assert [(r["row_number"], r["code"]) for r in desk.rejects(first)] == [
        (1, "fields")
    ]
    is_told_by_the_ledger(desk, first)


def test_a_contract_that_counts_otherwise_wins_no_record(
    desk: Desk, notes: Feed
) -> None:
    """Row 2 would be the former row 1, which is loaded already."""
    first = desk.drop(notes, "a.csv", FILE)
    mended = mend(desk, notes, "amount", maximum=None)
    mend(desk, mended, header_line="none")
    before = ids(desk, notes)

    with pytest.raises(CannotReplay, match=f"catchment replay {first.load_id}`"):
        rejects_again(desk, first)

    assert ids(desk, notes) == before
    is_told_by_the_ledger(desk, first)


@pytest.fixture
def people(desk: Desk) -> Feed:
    """Such notes, that are somebody's."""
    amount = column("amount", "numeric(8,2)", maximum=1000)
    columns = [column("id", "integer"), column("note", pii="drop"), amount]
    return desk.feed(columns)


def test_personal_records_are_known_by_their_lines(desk: Desk, people: Feed) -> None:
    first = desk.drop(people, "a.csv", FILE)
    mend(desk, people, header_line="none")

    with pytest.raises(CannotReplay, match="otherwise than when it was loaded: "):
        rejects_again(desk, first)

    is_told_by_the_ledger(desk, first)
    mend(desk, people, "amount", null_values=("5000",))
    assert rejects_again(desk, first).counts == Counts(2, 1, 1)


def test_personal_records_are_known_by_what_is_shown_of_them(
    desk: Desk, people: Feed
) -> None:
    good, bad = ({"id": 1, "note": "x", "amount": n} for n in (1, 5000))
    body = json.dumps({"old": [good, bad, bad], "new": [good, good, good]})
    people = mend(desk, people, formats=("json",), records="old")
    people = mend(desk, people, reject_limit=Limit(1, is_share=True))
    first = desk.drop(people, "a.json", body)
    mend(desk, people, records="new")

    with pytest.raises(CannotReplay, match="otherwise than when it was loaded: "):
        rejects_again(desk, first)

    mend(desk, people, "amount", maximum=5000)
    assert rejects_again(desk, first).counts == Counts(2, 2, 0)
    is_told_by_the_ledger(desk, first)


def test_personal_records_that_broke_the_format_are_tried_too(
    desk: Desk, people: Feed
) -> None:
    first = desk.drop(people, "a.csv", "id,note,amount\n1,a;2\n2,b,5000\n3,c,1\n")
    mend(desk, people, "amount", maximum=None)

    assert rejects_again(desk, first).counts == Counts(2, 1, 1)
    assert [(r["row_number"], r["code"]) for r in desk.rejects(first)] == [
        (1, "fields")
    ]


def test_a_file_that_cannot_be_read_again_quotes_nobody(
    desk: Desk, people: Feed
) -> None:
    first = desk.drop(people, "a.csv", "note,id,amount\nAnn,1,1\nBob,2,5000\n")
    mend(desk, people, "id", required=True, header=("number",))

    with pytest.raises(CannotReplay, match="no column number") as refused:
        rejects_again(desk, first)

    assert "note,id" not in str(refused.value)


def test_only_rejects_of_a_load_that_counts_are_tried(desk: Desk, notes: Feed) -> None:
    mended = mend(desk, notes, reject_limit=Limit(1, is_share=False))
    rejected = desk.drop(notes, "a.csv", FILE)
    clean = desk.drop(notes, "b.csv", "id,note,amount\n1,a,1\n")
    mend(desk, mended, "amount", maximum=None)

    with pytest.raises(CannotReplay, match="replay all of it"):
        rejects_again(desk, rejected)
    with pytest.raises(CannotReplay, match="has no rejects"):
        rejects_again(desk, clean)
    with pytest.raises(CannotReplay, match="there is no load 999"):
        replay_rejects(desk.loader(), 999_999)


def test_rejects_without_a_file_are_in_the_quarantine_itself(
    desk: Desk, notes: Feed
) -> None:
    given = [{"id": 1, "amount": 1}, {"id": 2, "amount": 5000}, {"id": "x"}]
    asked = rows.of(
        {"feed": notes.name, "request": "r", "rows": list(map(json.dumps, given))}
    )
    assert asked is not None
    first = rows.load(asked, desk.loader())
    mend(desk, notes, "amount", maximum=None)

    outcome = rejects_again(desk, first)

    assert outcome.counts == Counts(2, 1, 1)
    assert ids(desk, notes) == [(first.load_id, 1, 1), (first.load_id, 2, 2)]
    assert [r["row_number"] for r in desk.rejects(first)] == [3]
    is_told_by_the_ledger(desk, first)
    with pytest.raises(CannotReplay, match="came without a file"):
        again(desk, first)


def requested(desk: Desk, feed: Feed, *given: Any) -> Outcome:
    """Rows that come without a file."""
    texts = list(map(json.dumps, given))
    request = f"r{desk.one('select count(*) from ops.load')}"
    asked = rows.of({"feed": feed.name, "request": request, "rows": texts})
    assert asked is not None
    return rows.load(asked, desk.loader())


def state(desk: Desk, outcome: Outcome) -> tuple[Any, ...]:
    query = "select status, reason, refreshed_at from ops.load where load_id = %s"
    return desk.ask(query, outcome.load_id)[0]


def test_a_request_without_a_good_row_is_loaded_by_its_rejects(
    desk: Desk, notes: Feed
) -> None:
    first = requested(desk, notes, {"id": 1, "amount": 5000}, {"id": "x"})
    before = state(desk, first)
    assert (first.status, before[0]) == ("rejected", "rejected")

    assert rejects_again(desk, first).status == "rejected"
    assert state(desk, first) == before
    mend(desk, notes, "amount", maximum=None)
    outcome = rejects_again(desk, first)

    assert (outcome.status, outcome.counts) == ("loaded", Counts(2, 1, 1))
    assert state(desk, first) == ("loaded", None, None)
    assert ids(desk, notes) == [(first.load_id, 1, 1)]
    is_told_by_the_ledger(desk, first)


def test_a_request_that_was_refused_for_some_of_its_rows_is_sent_again(
    desk: Desk, notes: Feed
) -> None:
    """Its good rows were kept nowhere."""
    mended = mend(desk, notes, reject_limit=Limit(0, is_share=False))
    first = requested(desk, notes, {"id": 1, "amount": 1}, {"id": 2, "amount": 5000})
    assert first.status == "rejected"
    mend(desk, mended, "amount", maximum=None)

    with pytest.raises(CannotReplay, match="send them again"):
        rejects_again(desk, first)


def test_records_that_are_no_row_hold_no_other_back(desk: Desk, notes: Feed) -> None:
    key = f"kafka/{notes.name}/0"
    mend(desk, notes, files=(key,))
    values = [
        None,
        b" ",
        b'{"id": 1, "note": "a\nb"}',
        b'{"id": 2,\r\n"amount": 5000}',
        # What is shown of these would be a row, of another text.
        b'{"id": 3, "note": "\\\xff"}',
        b'{"id": 4, "note": "\0"}',
        b'{"id": 5}',
        b'{"id": 6, "amount": 6000}',
    ]
    records = tuple(
        topic_events.Record(70 + n, value) for n, value in enumerate(values)
    )
    (first,) = topics.load(topic_events.Part(key, "test", records), desk.loader())
    before = desk.rejects(first)
    assert [r["row_number"] for r in before] == [1, 2, 3, 4, 5, 6, 8]
    mend(desk, notes, "amount", maximum=5000)

    assert rejects_again(desk, first).counts == Counts(7, 1, 6)

    assert ids(desk, notes) == [(first.load_id, 4, 2), (first.load_id, 7, 5)]
    after = desk.rejects(first)
    assert after[:-1] == [r for r in before if r["row_number"] not in (4, 8)]
    assert (after[-1]["line"], after[-1]["message"]) == (77, "'6000' is above 5000")
    is_told_by_the_ledger(desk, first)


def test_rejects_of_a_large_load_go_to_its_own_partition(
    desk: Desk, notes: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "ROWS", 3)
    first = desk.drop(notes, "a.csv", FILE)
    assert first.load_id is not None
    assert first.load_id > OWN_PARTITION
    mend(desk, notes, "amount", maximum=None)

    assert rejects_again(desk, first).counts == Counts(2, 2, 0)
    assert desk.one(f"select count(*) from raw.{notes.table}__{first.load_id}") == 4
    second = again(desk, first)

    assert second.load_id is not None
    assert second.load_id > first.load_id > OWN_PARTITION
    assert {load for load, *_ in ids(desk, notes)} == {second.load_id}
