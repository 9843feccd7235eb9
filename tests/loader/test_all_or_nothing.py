"""A file is published whole or not at all, and what it replaces goes with it."""

import pytest

from loader.outcome import Outcome
from tests.loader.conftest import READINGS_HEADER, Desk, column, reading, readings

COUNTS = {
    "raw": "select count(*) from raw.observations",
    "rollup by state": "select sum(n) from intermediate.rollup_observations_by_state",
    "rollup by cell": "select sum(n) from intermediate.rollup_observations_by_cell",
    "mart by state": "select sum(n) from marts.observations_by_state",
    "mart by cell": "select sum(n) from marts.observations_by_cell",
}
SUMS = "select round(sum(value_sum)::numeric, 6) from marts.observations_by_cell"


def everywhere(desk: Desk) -> set[int]:
    """How many readings each level of the warehouse counts."""
    return {int(desk.one(query) or 0) for query in COUNTS.values()}


@pytest.mark.parametrize(
    ("limit", "bad", "status"),
    [
        ("10%", 1, "loaded"),
        ("10%", 2, "rejected"),
        ("0%", 0, "loaded"),
        ("0%", 1, "rejected"),
        ("100%", 9, "loaded"),
        ("100%", 10, "rejected"),
        (3, 3, "loaded"),
        (3, 4, "rejected"),
        (0, 1, "rejected"),
    ],
)
def test_a_file_over_its_reject_limit_is_rejected(
    desk: Desk, limit: str | int, bad: int, status: str
) -> None:
    feed = desk.feed([column("id", "integer")], reject_limit=limit)
    lines = ["x"] * bad + [str(number) for number in range(10 - bad)]

    outcome = desk.drop(feed, "a.csv", "\n".join(["id", *lines]))

    assert outcome.status == status
    is_loaded = status == "loaded"
    assert len(desk.rows(feed, outcome)) == (10 - bad if is_loaded else 0)
    assert len(desk.rejects(outcome)) == bad
    (load,) = desk.ledger()
    assert load["status"] == status
    assert load["rows_read"] == 10
    assert load["rows_loaded"] == (10 - bad if is_loaded else 0)
    assert load["rows_rejected"] == bad
    folder = "processed" if is_loaded else "failed"
    assert desk.bucket.keys() == [
        f"{folder}/{feed.name}/{outcome.load_id}/{feed.name}/a.csv"
    ]


def test_a_rejected_file_says_how_many_rows_and_what_its_limit_is(desk: Desk) -> None:
    feed = desk.feed([column("id", "integer")], reject_limit="25%")

    outcome = desk.drop(feed, "a.csv", "id\n1\nx\ny\n")

    assert outcome.reason == (
        "2 of 3 rows break the contract, more than its reject_limit of 25%"
    )
    assert desk.ledger()[0]["reason"] == outcome.reason


def test_a_file_without_one_good_row_is_told_as_such(desk: Desk) -> None:
    feed = desk.feed([column("id", "integer")])

    outcome = desk.drop(feed, "a.csv", "id\nx\n")

    assert (outcome.status, outcome.reason) == ("rejected", "no row keeps the contract")


def test_a_feed_without_a_limit_loads_what_is_good(desk: Desk) -> None:
    feed = desk.feed([column("id", "integer")])

    outcome = desk.drop(feed, "a.csv", "id\nx\ny\n1\n")

    assert (outcome.status, outcome.counts.loaded) == ("loaded", 1)


def test_a_file_is_counted_the_same_at_every_level(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2, 3))
    own_desk.drop("observations", "b.csv", readings(10))

    own_desk.refresh()

    assert everywhere(own_desk) == {4}
    assert own_desk.one(SUMS) == 16


def test_a_replaced_file_leaves_every_level(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2, 3))
    own_desk.drop("observations", "b.csv", readings(10))
    own_desk.refresh()

    own_desk.drop("observations", "a.csv", readings(5, 5))
    own_desk.refresh()

    assert everywhere(own_desk) == {3}
    assert own_desk.one(SUMS) == 20


def test_a_replaced_file_leaves_also_where_nothing_refreshed_between(
    own_desk: Desk,
) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2, 3))
    own_desk.drop("observations", "a.csv", readings(5))

    own_desk.refresh()

    assert everywhere(own_desk) == {1}


def test_a_file_replaced_by_its_header_alone_leaves_nothing(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2, 3))
    own_desk.refresh()

    outcome = own_desk.drop("observations", "a.csv", READINGS_HEADER)
    own_desk.refresh()

    assert outcome.status == "loaded"
    assert everywhere(own_desk) == {0}


def rejected(desk: Desk) -> Outcome:
    return desk.drop("observations", "a.csv", readings("x", "y", "z"))


def failed(desk: Desk) -> Outcome:
    return desk.drop("observations", "a.csv", "no,header,that,fits\n1,2,3,4\n")


@pytest.mark.parametrize("replace", [rejected, failed])
def test_a_version_that_cannot_be_published_leaves_the_old_one(
    own_desk: Desk, replace: object
) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2))
    own_desk.refresh()

    outcome = rejected(own_desk) if replace is rejected else failed(own_desk)
    own_desk.refresh()

    assert outcome.status in ("rejected", "failed")
    assert own_desk.statuses() == ["loaded", outcome.status]
    assert everywhere(own_desk) == {2}


def test_after_a_rejected_version_a_good_one_replaces_the_old_one(
    own_desk: Desk,
) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2))
    rejected(own_desk)

    own_desk.drop("observations", "a.csv", readings(3))
    own_desk.refresh()

    assert own_desk.statuses() == ["superseded", "rejected", "loaded"]
    assert everywhere(own_desk) == {1}


def test_rejects_of_a_rejected_file_are_kept(desk: Desk) -> None:
    outcome = rejected(desk)

    assert outcome.status == "rejected"
    assert [reject["record"] for reject in desk.rejects(outcome)] == [
        reading(1, "x").strip(),
        reading(2, "y").strip(),
        reading(3, "z").strip(),
    ]


def test_a_late_delivery_of_a_rejected_file_is_not_tried_again(desk: Desk) -> None:
    version = desk.bucket.put("incoming/observations/a.csv", readings("x", "y", "z"))
    first = desk.load(version)

    again = desk.load(version)

    assert (again.status, again.load_id) == ("duplicate", first.load_id)
    assert desk.statuses() == ["rejected"]


def test_what_is_too_large_for_postgres_fails_the_file(desk: Desk) -> None:
    feed = desk.feed([column("note")])
    desk.admin.execute(f"create index on raw.{feed.table} (note)")
    long = "".join(map(str, range(20_000)))

    outcome = desk.drop(feed, "a.csv", f"note\na\n{long}\n")

    assert outcome.status == "failed"
    assert "index row" in (outcome.reason or "")
    assert desk.rows(feed, outcome) == []


def test_what_postgres_refuses_fails_the_file_and_says_why(desk: Desk) -> None:
    feed = desk.feed([column("id", "integer")])
    desk.admin.execute(f"alter table raw.{feed.table} add check (id < 3)")

    outcome = desk.drop(feed, "a.csv", "id\n1\n2\n3\n")

    assert outcome.status == "failed"
    assert (outcome.reason or "").startswith("Postgres refused it: new row")
    assert "[" not in (outcome.reason or "")
    assert desk.rows(feed, outcome) == []
    assert desk.statuses() == ["failed"]
    assert desk.bucket.keys()[0].startswith("failed/")
