"""A load is tried again, as a whole, under the contract that holds now."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catchment.contract import Feed, Limit
from loader.outcome import Counts
from loader.removal import unload
from loader.replay import CannotReplay, replay
from loader.storage import Storage
from tests.loader.conftest import Bucket, Desk, Event, column, reading, readings
from tests.loader.replaying import FILE, again, folders, ids, mend, rejects_again

Call = Callable[..., Any]


def test_a_load_is_superseded_by_its_other_try(desk: Desk, notes: Feed) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    place = desk.ledger()[0]["moved_to"]
    mend(desk, notes, "amount", maximum=None)

    second = again(desk, first)

    assert second.counts == Counts(4, 4, 0)
    assert ids(desk, notes) == [(second.load_id, n, n) for n in (1, 2, 3, 4)]
    former, latter = desk.ledger()
    assert (former["status"], former["superseded_by"]) == (
        "superseded",
        second.load_id,
    )
    assert former["refreshed_at"] is None
    assert (latter["status"], latter["replay_of"]) == ("loaded", first.load_id)
    # Nothing moved: deletions of the object find the load that counts.
    assert (latter["moved_to"], desk.bucket.keys()) == (place, [place])


def test_what_is_refused_again_leaves_the_load_as_it_is(
    desk: Desk, notes: Feed
) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    mend(desk, notes, reject_limit=Limit(1, is_share=False))

    second = again(desk, first)

    assert second.status == "rejected"
    assert desk.statuses() == ["loaded", "rejected"]
    assert {load for load, *_ in ids(desk, notes)} == {first.load_id}
    assert len(desk.rejects(first)) == len(desk.rejects(second)) == 2
    assert folders(desk) == ["processed"]


def test_a_file_that_was_rejected_comes_out_of_failed(desk: Desk, notes: Feed) -> None:
    strict = mend(desk, notes, reject_limit=Limit(1, is_share=False))
    old = desk.drop(notes, "a.csv", "id,note,amount\n9,old,1\n")
    first = desk.drop(notes, "a.csv", FILE)
    assert (first.status, folders(desk)) == ("rejected", ["failed", "processed"])
    mend(desk, strict, reject_limit=Limit(1, is_share=True))

    second = again(desk, first)

    assert second.counts == Counts(4, 2, 2)
    assert desk.statuses() == ["superseded", "rejected", "loaded"]
    assert {load for load, *_ in ids(desk, notes)} == {second.load_id}
    assert desk.ask(
        "select superseded_by from ops.load where load_id = %s", old.load_id
    ) == [(second.load_id,)]
    moved = desk.ledger()[-1]["moved_to"]
    assert moved == f"processed/{notes.name}/{second.load_id}/{notes.name}/a.csv"
    assert moved in desk.bucket.keys()  # noqa: SIM118
    assert folders(desk) == ["processed", "processed"]


def test_a_file_that_could_not_be_read_is_read_by_a_mended_contract(
    desk: Desk, notes: Feed
) -> None:
    first = desk.drop(notes, "a.csv", "number,note,amount\n1,a,10\n")
    assert first.status == "failed"
    still = again(desk, first)
    assert (still.status, folders(desk)) == ("failed", ["failed"])
    mend(desk, notes, "id", header=("number",))

    # The other try is as good to go on from as the first.
    second = again(desk, still)

    assert (second.status, folders(desk)) == ("loaded", ["processed"])
    assert desk.statuses() == ["failed", "failed", "loaded"]
    assert [load["replay_of"] for load in desk.ledger()] == [
        None,
        first.load_id,
        first.load_id,
    ]


def test_a_file_without_a_feed_is_loaded_when_it_has_one(
    desk: Desk, notes: Feed
) -> None:
    first = desk.drop("nobody's", "a.csv", FILE)
    assert first.status == "unmatched"
    with pytest.raises(CannotReplay, match="name it in a contract"):
        again(desk, first)
    mend(desk, notes, files=("**/nobody's/*",))

    second = again(desk, first)

    assert (second.status, second.counts.loaded) == ("loaded", 2)
    assert folders(desk) == ["processed"]


def test_what_was_unloaded_comes_back(desk: Desk, notes: Feed) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    assert first.load_id is not None
    unload(desk.database.connection(), desk.catalog, first.load_id, "a test")
    assert ids(desk, notes) == []

    second = again(desk, first)

    assert desk.statuses() == ["unloaded", "loaded"]
    assert ids(desk, notes) == [(second.load_id, 1, 1), (second.load_id, 3, 3)]


def test_a_file_that_another_feed_takes_over_leaves_the_first(
    desk: Desk, notes: Feed
) -> None:
    other = desk.feed([column("id", "integer")])
    first = desk.drop(notes, "a.csv", FILE)
    mend(desk, notes, files=("none",))
    mend(desk, other, files=notes.files)

    second = again(desk, first)

    assert (second.feed, second.counts.loaded) == (other.name, 4)
    assert ids(desk, notes) == []
    assert len(ids(desk, other)) == 4


def test_twice_is_once(desk: Desk, notes: Feed) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    second = again(desk, first)

    with pytest.raises(CannotReplay, match=f"load {second.load_id} superseded"):
        again(desk, first)

    assert desk.statuses() == ["superseded", "loaded"]


def test_a_failed_load_is_not_loaded_beside_its_other_try(
    desk: Desk, notes: Feed
) -> None:
    first = desk.drop(notes, "a.csv", "number,note,amount\n1,a,10\n")
    appends = mend(desk, notes, on_reupload="append")
    mend(desk, appends, "id", header=("number",))
    second = again(desk, first)

    with pytest.raises(CannotReplay, match=f"load {second.load_id} has loaded this"):
        again(desk, first)


def test_an_older_file_does_not_replace_a_newer_one(desk: Desk, notes: Feed) -> None:
    bad = desk.drop(notes, "a.csv", "number,note,amount\n1,a,10\n")
    good = desk.drop(notes, "a.csv", FILE)
    mend(desk, notes, "id", header=("number", "id"))

    with pytest.raises(CannotReplay, match=f"load {good.load_id} is of a newer"):
        again(desk, bad)
    # By the order of the writes, and not of the tries.
    best = again(desk, good)
    with pytest.raises(CannotReplay, match=f"load {best.load_id} is of a newer"):
        again(desk, bad)

    assert {load for load, *_ in ids(desk, notes)} == {best.load_id}


def test_the_order_of_writes_is_that_of_their_sequencers(
    desk: Desk, notes: Feed
) -> None:
    good = desk.drop(notes, "a.csv", FILE, sequencer="0A")
    bad = desk.drop(notes, "a.csv", "number,note\n1,a\n", sequencer="0B")
    mend(desk, notes, "id", header=("number", "id"))

    second = again(desk, bad)

    assert desk.statuses() == ["superseded", "failed", "loaded"]
    with pytest.raises(CannotReplay, match="superseded"):
        again(desk, good)
    assert second.counts.loaded == 1


def test_rows_that_are_appended_stay_beside_those_of_other_files(
    desk: Desk, notes: Feed
) -> None:
    mend(desk, notes, on_reupload="append")
    first = desk.drop(notes, "a.csv", FILE)
    other = desk.drop(notes, "a.csv", FILE + "5,e,50\n")

    second = again(desk, first)

    assert {load for load, *_ in ids(desk, notes)} == {other.load_id, second.load_id}


def test_the_same_bytes_are_not_appended_twice(
    desk: Desk, notes: Feed, versioned: Bucket
) -> None:
    appends = mend(desk, notes, on_reupload="append")
    mend(desk, appends, reject_limit=Limit(1, is_share=False))
    first = desk.drop(notes, "a.csv", FILE)
    mend(desk, appends)
    second = desk.drop(notes, "a.csv", FILE)
    assert desk.statuses() == ["rejected", "loaded"]

    with pytest.raises(CannotReplay, match=f"load {second.load_id} has loaded the"):
        again(desk, first)

    assert {load for load, *_ in ids(desk, notes)} == {second.load_id}
    # Written twice, with others between them, they have rows of their own.
    other = desk.drop(notes, "a.csv", FILE + "5,e,50\n")
    third = desk.drop(notes, "a.csv", FILE)
    latest = again(desk, second)
    assert {load for load, *_ in ids(desk, notes)} == {
        other.load_id,
        third.load_id,
        latest.load_id,
    }


@pytest.mark.parametrize("is_versioned", [False, True])
def test_another_object_in_its_place_is_not_taken_for_it(
    desk: Desk, notes: Feed, is_versioned: bool
) -> None:
    if is_versioned:
        desk.bucket.client.put_bucket_versioning(
            Bucket=desk.bucket.name, VersioningConfiguration={"Status": "Enabled"}
        )
    first = desk.drop(notes, "a.csv", FILE)
    (place,) = desk.bucket.keys()
    desk.bucket.put(place, FILE.replace("10", "11"))

    for attempt in (again, rejects_again):
        with pytest.raises(CannotReplay, match=f"s3://{desk.bucket.name}/{place} is"):
            attempt(desk, first)

    desk.bucket.client.delete_object(Bucket=desk.bucket.name, Key=place)
    with pytest.raises(CannotReplay, match="no longer there"):
        again(desk, first)
    assert desk.statuses() == ["loaded"]


def test_an_object_written_in_parts_is_known_by_its_size(
    desk: Desk, notes: Feed
) -> None:
    key, client = f"incoming/{notes.name}/a.csv", desk.bucket.client
    place = {"Bucket": desk.bucket.name, "Key": key}
    upload = {**place, "UploadId": client.create_multipart_upload(**place)["UploadId"]}
    part = client.upload_part(**upload, PartNumber=1, Body=FILE.encode())
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    etag = client.complete_multipart_upload(**upload, MultipartUpload=parts)["ETag"]
    version = desk.bucket.put("another", FILE)
    first = desk.load(replace(version, key=key, etag=etag.strip('"')))

    assert again(desk, first).status == "loaded"
    desk.bucket.put(desk.ledger()[-1]["moved_to"], FILE + "5,e,5\n")
    with pytest.raises(CannotReplay, match="not what was loaded"):
        again(desk, replace(first, load_id=desk.ledger()[-1]["load_id"]))


def test_an_object_is_found_though_its_move_was_not_noted(
    desk: Desk, notes: Feed
) -> None:
    first = desk.drop(notes, "a.csv", FILE)
    desk.admin.execute(
        "update ops.load set moved_to = null where load_id = %s", [first.load_id]
    )

    assert again(desk, first).status == "loaded"


def test_a_move_that_fails_leaves_a_load_that_can_be_replayed(
    desk: Desk, notes: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.drop(notes, "a.csv", "number,note,amount\n1,a,10\n")
    mend(desk, notes, "id", header=("number",))
    with monkeypatch.context() as patch:

        def crash(*_: Any) -> None:
            raise ConnectionError

        patch.setattr(Storage, "move", crash)
        with pytest.raises(ConnectionError):
            again(desk, first)
    assert (desk.statuses(), folders(desk)) == (["failed", "loaded"], ["failed"])

    (_, lost) = desk.ledger()
    assert replay(desk.loader(), lost["load_id"]).status == "loaded"
    assert folders(desk) == ["processed"]


def test_what_lies_elsewhere_is_read_there_and_stays(desk: Desk, notes: Feed) -> None:
    key = f"archive/{notes.name}/a.csv"
    first = desk.load(desk.bucket.put(key, FILE))
    mend(desk, notes, "amount", maximum=None)

    assert rejects_again(desk, first).counts == Counts(2, 2, 0)
    assert again(desk, first).status == "loaded"

    assert desk.bucket.keys() == [key]
    assert [load["moved_to"] for load in desk.ledger()] == [None, None]


def test_a_versioned_bucket_is_read_by_the_moved_version(
    desk: Desk, notes: Feed, versioned: Bucket
) -> None:
    first = desk.drop(notes, "a.csv", FILE)

    second = again(desk, first)

    assert desk.statuses() == ["superseded", "loaded"]
    assert second.counts == first.counts


def total(desk: Desk) -> int:
    return int(desk.one("select sum(n) from marts.observations_by_cell") or 0)


def event(source: str, outcome: Event, **words: Any) -> Event:
    return {"source": f"catchment.{source}", "load_id": outcome["load_id"], **words}


def test_the_marts_follow_what_is_asked_for(own_desk: Desk, call: Call) -> None:
    desk, platform = own_desk, own_desk.platform
    version = desk.bucket.put("incoming/observations/a.csv", readings(1, 2, "bad"))
    notice = {"bucket": version.bucket, "objects": [[version.key, version.etag, None]]}
    known = {"source": "catchment.known", **notice}
    assert call(platform, known) == {"objects": [{"feed": "observations"}]}
    first = desk.load(version).load_id
    desk.refresh()

    gone = call(platform, event("unload", {"load_id": first}))
    assert (gone["status"], gone["is_refreshed"], total(desk)) == ("unloaded", True, 0)
    back = call(platform, event("replay", {"load_id": first}))
    assert (back["status"], back["is_refreshed"], total(desk)) == ("loaded", True, 2)
    none = call(platform, event("replay", back, only_rejects=True))
    assert (none["rows_read"], none["rows_loaded"], total(desk)) == (1, 0, 2)

    twice = call(platform, event("unload", {"load_id": first}))
    assert (twice["status"], twice["reason"]) == ("duplicate", "unloaded")
    assert call(platform, event("replay", {"load_id": 999})) == {
        "refused": "there is no load 999: see `catchment loads`"
    }
    (entry,) = call(platform, known)["objects"]
    assert entry == {
        "feed": "observations",
        "load_id": back["load_id"],
        "status": "loaded",
        "rows_loaded": 2,
        "rows_rejected": 1,
        "is_refreshed": True,
    }


def test_a_refresh_that_fails_leaves_the_load(
    own_desk: Desk, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = own_desk.drop("observations", "a.csv", readings(1) + reading(2))

    def fail(*_: Any) -> None:
        raise RuntimeError("no refresh today")

    monkeypatch.setattr("loader.delivery.refresh", fail)
    answer = call(own_desk.platform, event("replay", {"load_id": first.load_id}))

    assert (answer["status"], answer["is_refreshed"]) == ("loaded", False)
    assert own_desk.statuses() == ["superseded", "loaded"]
