"""Objects that somebody deletes: their rows go where the feed says so, else not."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catchment.contract import Feed
from loader import removal
from loader.events import Deletion, ObjectVersion, changes
from loader.outcome import Outcome
from loader.removal import UnknownLoad, unload
from tests.loader.conftest import (
    Bucket,
    Desk,
    column,
    readings,
    s3_event,
    sample,
    sqs_event,
)

BODY = "id\n1\n2\n"


@pytest.fixture
def feed(desk: Desk) -> Feed:
    return desk.feed([column("id", "integer")], on_delete="remove")


def place(desk: Desk, outcome: Outcome) -> str:
    """Where the object of a load lies."""
    (entry,) = (e for e in desk.ledger() if e["load_id"] == outcome.load_id)
    return str(entry["moved_to"] or entry["key"])


def delete(desk: Desk, key: str, sequencer: str | None = None) -> list[Outcome]:
    """Delete an object, and tell the loader."""
    desk.bucket.client.delete_object(Bucket=desk.bucket.name, Key=key)
    return tell(desk, key, sequencer)


def tell(desk: Desk, key: str, sequencer: str | None = None) -> list[Outcome]:
    deletion = Deletion(desk.bucket.name, key, sequencer)
    return removal.of_object(desk.loader(), deletion)


def ids(desk: Desk, feed: Feed) -> list[int]:
    return [id_ for (id_,) in desk.ask(f"select id from raw.{feed.table} order by 1")]


def test_a_deleted_file_takes_its_rows_along(desk: Desk, feed: Feed) -> None:
    done, other = desk.drop(feed, "a.csv", BODY), desk.drop(feed, "b.csv", "id\n3\n")

    (outcome,) = delete(desk, place(desk, done))

    assert (outcome.status, outcome.load_id) == ("unloaded", done.load_id)
    assert ids(desk, feed) == [3]
    entry, beside = desk.ledger()
    assert (entry["status"], entry["reason"]) == ("unloaded", removal.DELETED)
    assert entry["refreshed_at"] is None
    assert (beside["load_id"], beside["status"]) == (other.load_id, "loaded")


def test_by_default_rows_stay(desk: Desk, notes: Feed) -> None:
    done = desk.drop(notes, "a.csv", BODY)
    assert delete(desk, place(desk, done)) == []
    assert ids(desk, notes) == [1, 2]
    assert desk.statuses() == ["loaded"]


def test_told_twice_or_late_nothing_more_happens(desk: Desk, feed: Feed) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    delete(desk, place(desk, done))
    desk.admin.execute("update ops.load set refreshed_at = now()")

    (again,) = tell(desk, place(desk, done))

    assert (again.status, again.reason) == ("duplicate", "unloaded")
    assert desk.ledger()[0]["refreshed_at"] is not None
    assert tell(desk, "processed/nobody/12/a.csv") == []
    assert tell(desk, f"processed/{feed.name}/{'9' * 30}/a.csv") == []


def test_uploaded_again_it_is_loaded_again(desk: Desk, feed: Feed) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    delete(desk, place(desk, done))

    again = desk.drop(feed, "a.csv", BODY)

    assert again.status == "loaded"
    assert ids(desk, feed) == [1, 2]
    (late,) = tell(desk, place(desk, done))
    assert late.status == "duplicate"
    assert ids(desk, feed) == [1, 2]


def test_what_the_loader_moves_away_is_no_deletion(desk: Desk, feed: Feed) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    assert tell(desk, done.key) == []
    assert ids(desk, feed) == [1, 2]


def test_the_place_of_a_superseded_load_means_nothing(desk: Desk, feed: Feed) -> None:
    first = desk.drop(feed, "a.csv", BODY)
    desk.drop(feed, "a.csv", "id\n7\n")
    assert delete(desk, place(desk, first)) == []
    assert ids(desk, feed) == [7]


def test_a_version_that_is_left_keeps_the_rows(
    desk: Desk, feed: Feed, versioned: Bucket
) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    key = place(desk, done)
    said = versioned.client.put_object(Bucket=versioned.name, Key=key, Body=b"again")

    versioned.client.delete_object(
        Bucket=versioned.name, Key=key, VersionId=said["VersionId"]
    )
    assert tell(desk, key) == []
    assert ids(desk, feed) == [1, 2]

    (hidden,) = delete(desk, key)
    assert hidden.status == "unloaded"


def test_a_crash_before_the_move_was_noted_does_no_harm(desk: Desk, feed: Feed) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    key = place(desk, done)
    desk.admin.execute("update ops.load set moved_to = null")
    (outcome,) = delete(desk, key)
    assert outcome.load_id == done.load_id
    assert ids(desk, feed) == []


def in_place(desk: Desk, feed: Feed, body: str, sequencer: str) -> ObjectVersion:
    return desk.bucket.put(f"history/{feed.name}/a.csv", body, sequencer)


def test_an_object_that_was_not_moved_is_known_by_its_key(
    desk: Desk, feed: Feed
) -> None:
    version = in_place(desk, feed, BODY, "0A")
    desk.load(version)

    (outcome,) = delete(desk, version.key, "0B")
    assert outcome.status == "unloaded"

    assert desk.load(in_place(desk, feed, BODY, "0C")).status == "loaded"
    desk.bucket.client.delete_object(Bucket=desk.bucket.name, Key=version.key)
    assert [o.status for o in tell(desk, version.key, "0B")] == ["duplicate"]
    assert ids(desk, feed) == [1, 2]


def test_all_that_was_appended_from_a_key_goes_with_it(desk: Desk) -> None:
    feed = desk.feed(
        [column("id", "integer")], on_delete="remove", on_reupload="append"
    )
    desk.load(in_place(desk, feed, BODY, "0A"))
    version = in_place(desk, feed, "id\n3\n", "0B")
    desk.load(version)
    outcomes = delete(desk, version.key, "0C")
    assert [outcome.status for outcome in outcomes] == ["unloaded"] * 2
    assert ids(desk, feed) == []


def test_a_load_is_unloaded_for_a_reason(desk: Desk, feed: Feed) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    assert done.load_id is not None
    db = desk.database.connection()

    outcome = unload(db, desk.catalog, done.load_id, "it was of another year")

    assert (outcome.status, outcome.feed) == ("unloaded", feed.name)
    assert desk.ledger()[0]["reason"] == "it was of another year"
    again = unload(db, desk.catalog, done.load_id, "twice")
    assert (again.status, again.reason) == ("duplicate", "unloaded")
    assert desk.ledger()[0]["reason"] == "it was of another year"


def test_what_cannot_be_unloaded_is_told(desk: Desk, feed: Feed) -> None:
    done = desk.drop(feed, "a.csv", BODY)
    assert done.load_id is not None
    db = desk.database.connection()
    with pytest.raises(UnknownLoad, match="no load 999999"):
        unload(db, desk.catalog, 999999, "")
    without = replace(desk.catalog, feeds={})
    with pytest.raises(UnknownLoad, match="the catalog does not have"):
        unload(db, without, done.load_id, "")
    assert desk.statuses() == ["loaded"]


def removing(desk: Desk) -> None:
    """Let the published feed `observations` lose rows with their files."""
    desk.admin.execute(
        "update ops.catalog set document = replace(document::text,"
        """ '"on_reupload": "replace"', '"on_reupload": "replace","""
        """ "on_delete": "remove"')::json, hash = hash || '-removing'"""
    )


def total(desk: Desk) -> int:
    return int(desk.one("select sum(n) from marts.observations_by_cell") or 0)


def test_the_handler_unloads_and_refreshes(
    own_desk: Desk, call: Callable[..., Any]
) -> None:
    removing(own_desk)
    keep = own_desk.bucket.put("incoming/observations/b.csv", readings(5))
    gone = own_desk.bucket.put("incoming/observations/a.csv", readings(1, 2, 3))
    call(own_desk.platform, sqs_event(s3_event(keep), s3_event(gone)))
    assert total(own_desk) == 4

    key = own_desk.one("select moved_to from ops.load where key like '%%/a.csv'")
    own_desk.bucket.client.delete_object(Bucket=own_desk.bucket.name, Key=key)
    deleted = replace(gone, key=key)
    event = s3_event(deleted, name="ObjectRemoved:Delete")
    answer = call(own_desk.platform, sqs_event(event))

    assert answer == {"batchItemFailures": []}
    assert total(own_desk) == 1
    assert own_desk.statuses() == ["loaded", "unloaded"]

    answer = call(own_desk.platform, event)
    assert [load["status"] for load in answer["loads"]] == ["duplicate"]


@pytest.mark.parametrize("name", ["s3-delete", "eventbridge-object-deleted"])
def test_a_deletion_is_told_in_two_ways(name: str) -> None:
    key = "processed/observations/7/sensors 2026-03 (nördlich).csv"
    found = changes(sample(name))
    assert found == [Deletion("catchment", key, "0A1B2C3D4E5F678903")]


def test_what_a_rule_of_the_bucket_deletes_is_none() -> None:
    event = sample("eventbridge-object-deleted")
    event["detail"]["reason"] = "Lifecycle Expiration"
    assert changes(event) == []

    for kind in ("Delete", "DeleteMarkerCreated"):
        event = sample("s3-delete")
        event["Records"][0]["eventName"] = f"LifecycleExpiration:{kind}"
        assert changes(event) == []


def test_who_loads_an_object_while_it_is_deleted_is_waited_for(
    desk: Desk, feed: Feed
) -> None:
    """Its load is not to be seen yet, and would stay without an object."""
    key = f"archive/{feed.name}/a.csv"
    version = desk.bucket.put(key, BODY)
    other = desk.another()
    found: list[Outcome] = []
    told = threading.Thread(
        target=lambda: found.extend(
            removal.of_object(desk.loader(), Deletion(desk.bucket.name, key))
        )
    )
    with other.connection().transaction():
        assert desk.loader(other).load(version).status == "loaded"
        desk.bucket.client.delete_object(Bucket=desk.bucket.name, Key=key)
        told.start()
        time.sleep(0.3)
        assert found == []
    told.join()
    other.close()

    assert [outcome.status for outcome in found] == ["unloaded"]
    assert desk.one(f"select count(*) from raw.{feed.table}") == 0
