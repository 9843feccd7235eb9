"""An object version is loaded once, however often and in whatever order it is
told of, and of the versions of a key the newest counts."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import IO, Any

import boto3
import psycopg
import pytest

from catchment.contract import Feed
from loader import partitions
from loader.events import ObjectVersion, objects
from loader.load import Loader
from loader.outcome import Outcome
from loader.readers.streams import Stream
from loader.storage import Storage
from tests.loader.conftest import Bucket, Desk, column, readings, source

KEY = "incoming/observations/a.csv"


def deliver_at_once(desk: Desk, versions: list[ObjectVersion]) -> list[Outcome]:
    """Load on as many connections as there are versions, all at one time."""
    start = threading.Barrier(len(versions))
    catalog, _client = desk.catalog, desk.storage.client

    def deliver(version: ObjectVersion) -> Outcome:
        database = desk.another()
        loader = Loader(
            database.connection(), desk.storage, catalog, desk.loader().settings
        )
        start.wait()
        outcome = loader.load(version)
        database.close()
        return outcome

    with ThreadPoolExecutor(len(versions)) as pool:
        return list(pool.map(deliver, versions))


def values_of(desk: Desk) -> list[float]:
    """All readings that count, of any load of this test's bucket."""
    found = desk.ask(
        "select value from raw.observations join ops.load on load_id = _load_id "
        "where bucket = %s order by value",
        desk.bucket.name,
    )
    return [value for (value,) in found]


def test_a_file_becomes_rows_and_a_line_in_the_ledger(desk: Desk) -> None:
    version = desk.bucket.put(KEY, readings(1, 2, 3), sequencer="0A")

    outcome = desk.load(version)

    assert (outcome.status, outcome.feed) == ("loaded", "observations")
    (load,) = desk.ledger()
    assert load["load_id"] == outcome.load_id
    assert load["status"] == "loaded"
    assert load["key"] == KEY
    assert load["version"] == load["etag"] == version.etag
    assert load["sequencer"] == "0A"
    assert load["size_bytes"] == version.size
    assert load["catalog_hash"] == desk.catalog.hash
    assert (load["rows_read"], load["rows_loaded"], load["rows_rejected"]) == (3, 3, 0)
    assert load["started_at"] <= load["finished_at"]
    assert load["refreshed_at"] is None
    numbers = desk.rows("observations", outcome, "_row_number, id, value")
    assert numbers == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


def test_a_loaded_object_moves_to_the_folder_of_its_feed(desk: Desk) -> None:
    outcome = desk.drop("observations", "a b+ö=1.csv", readings(1))

    place = f"processed/observations/{outcome.load_id}/observations/a b+ö=1.csv"
    assert desk.bucket.keys() == [place]
    assert desk.bucket.read(place).decode() == readings(1)
    assert desk.ledger()[0]["moved_to"] == place


def test_a_second_delivery_changes_nothing(desk: Desk) -> None:
    version = desk.bucket.put(KEY, readings(1, 2))
    first = desk.load(version)

    second = desk.load(version)

    assert second.status == "duplicate"
    assert second.load_id == first.load_id
    assert desk.statuses() == ["loaded"]
    assert values_of(desk) == [1, 2]


def test_a_second_delivery_moves_what_a_crash_left_behind(desk: Desk) -> None:
    version = desk.bucket.put(KEY, readings(1))
    first = desk.load(version)
    desk.bucket.put(KEY, readings(1))

    desk.load(version)

    assert desk.bucket.keys() == [
        f"processed/observations/{first.load_id}/observations/a.csv"
    ]
    assert values_of(desk) == [1]


def test_eight_deliveries_at_once_load_once(desk: Desk) -> None:
    version = desk.bucket.put(KEY, readings(*range(500)))

    outcomes = deliver_at_once(desk, [version] * 8)

    statuses = sorted(outcome.status for outcome in outcomes)
    assert statuses == ["duplicate"] * 7 + ["loaded"]
    assert len({outcome.load_id for outcome in outcomes}) == 1
    assert desk.statuses() == ["loaded"]
    assert values_of(desk) == list(range(500))


def test_the_two_events_of_a_multipart_upload_load_once(
    desk: Desk, aws: dict[str, str]
) -> None:
    queue = Queue(aws, desk.bucket)
    body = readings(*range(130_000)).encode()
    queue.upload_in_parts(KEY, body[: 5 << 20], body[5 << 20 :])

    told = [version for text in queue.bodies() for version in objects(text)]
    statuses = [desk.load(version).status for version in told]

    assert len(told) == 2
    assert statuses == ["loaded", "duplicate"]
    assert desk.ledger()[0]["rows_loaded"] == 130_000
    assert len(values_of(desk)) == 130_000


class Queue:
    """An SQS queue that a bucket really notifies."""

    def __init__(self, aws: dict[str, str], bucket: Bucket):
        self.bucket = bucket
        self.sqs = boto3.client("sqs", **aws)  # type: ignore[call-overload]
        self.url = self.sqs.create_queue(QueueName=bucket.name)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        bucket.client.put_bucket_notification_configuration(
            Bucket=bucket.name,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )

    def upload_in_parts(self, key: str, *parts: bytes) -> None:
        client, place = self.bucket.client, {"Bucket": self.bucket.name, "Key": key}
        upload = {
            **place,
            "UploadId": client.create_multipart_upload(**place)["UploadId"],
        }
        done = []
        for number, body in enumerate(parts, 1):
            said = client.upload_part(**upload, PartNumber=number, Body=body)
            done.append({"PartNumber": number, "ETag": said["ETag"]})
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})

    def bodies(self) -> list[str]:
        found = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        return [message["Body"] for message in found["Messages"]]


def test_a_new_version_replaces_the_rows_of_the_old_one(desk: Desk) -> None:
    old = desk.drop("observations", "a.csv", readings(1, 2))

    new = desk.drop("observations", "a.csv", readings(3))

    assert values_of(desk) == [3]
    first, second = desk.ledger()
    assert (first["status"], second["status"]) == ("superseded", "loaded")
    assert first["superseded_by"] == new.load_id
    assert first["refreshed_at"] is None
    assert len(desk.bucket.keys()) == 2
    assert desk.bucket.read(first["moved_to"]).decode() == readings(1, 2)
    assert not desk.rows("observations", old)


def test_another_key_replaces_nothing(desk: Desk) -> None:
    desk.drop("observations", "a.csv", readings(1))
    desk.drop("observations", "b.csv", readings(1))

    assert values_of(desk) == [1, 1]


def test_a_key_that_went_to_another_feed_replaces_only_its_own_rows(
    desk: Desk,
) -> None:
    """The rows of the former feed are not this feed's to take out."""
    former = desk.feed([column("note")])
    desk.feeds[former.name] = replace(former, files=("**/moved/*.csv",))
    first = desk.load(desk.bucket.put("incoming/moved/a.csv", "note\nold\n"))
    del desk.feeds[former.name]
    latter = desk.feed([column("note")])
    desk.feeds[latter.name] = replace(latter, files=("**/moved/*.csv",))

    second = desk.load(desk.bucket.put("incoming/moved/a.csv", "note\nnew\n"))

    assert (first.status, second.status) == ("loaded", "loaded")
    assert desk.statuses() == ["loaded", "loaded"]
    assert len(desk.rows(former, first)) == 1


def test_a_bad_file_is_judged_once_however_often_it_is_delivered(desk: Desk) -> None:
    bad = desk.bucket.put(KEY, readings("x"), sequencer="0A")
    empty = desk.bucket.put("incoming/observations/b.csv", "", sequencer="0B")

    became = [desk.load(version).status for version in (bad, empty) * 2]

    assert became == ["rejected", "failed", "duplicate", "duplicate"]
    assert desk.statuses() == ["rejected", "failed"]


@pytest.mark.parametrize("sequencers", [("0A", "0B", "0C"), (None, None, None)])
def test_content_that_comes_back_after_another_counts_again(
    desk: Desk, sequencers: tuple[str | None, ...]
) -> None:
    for body, sequencer in zip((1, 2, 1), sequencers, strict=True):
        desk.drop("observations", "a.csv", readings(body), sequencer=sequencer)

    assert values_of(desk) == [1]
    assert desk.statuses() == ["superseded", "superseded", "loaded"]


def test_the_late_event_of_replaced_content_does_not_bring_it_back(
    desk: Desk,
) -> None:
    old = desk.bucket.put(KEY, readings(1), sequencer="0A")
    desk.load(old)
    desk.drop("observations", "a.csv", readings(2), sequencer="0B")
    desk.bucket.put(KEY, readings(1))

    assert desk.load(old).status == "duplicate"
    assert values_of(desk) == [2]


def test_an_older_upload_that_comes_after_a_newer_one_is_not_loaded(
    desk: Desk, versioned: Bucket
) -> None:
    older = versioned.put(KEY, readings(1), sequencer="0A1")
    newer = versioned.put(KEY, readings(2), sequencer="0A10F")

    outcomes = [desk.load(newer), desk.load(older)]

    assert [outcome.status for outcome in outcomes] == ["loaded", "superseded"]
    assert values_of(desk) == [2]
    assert desk.ledger()[1]["superseded_by"] == outcomes[0].load_id
    assert desk.ledger()[1]["rows_read"] == 0
    place = desk.ledger()[1]["moved_to"]
    assert versioned.read(place).decode() == readings(1)


def test_an_older_upload_that_comes_before_a_newer_one_is_replaced(
    desk: Desk, versioned: Bucket
) -> None:
    older = versioned.put(KEY, readings(1), sequencer="0A1")
    newer = versioned.put(KEY, readings(2), sequencer="0A10F")

    statuses = [desk.load(older).status, desk.load(newer).status]

    assert statuses == ["loaded", "loaded"]
    assert desk.statuses() == ["superseded", "loaded"]
    assert values_of(desk) == [2]


def test_an_older_upload_that_was_overwritten_is_told_as_gone(desk: Desk) -> None:
    older = desk.bucket.put(KEY, readings(1), sequencer="0A")
    newer = desk.bucket.put(KEY, readings(2), sequencer="0B")

    gone = desk.load(older)

    assert gone.status == "failed"
    assert "deleted or overwritten" in (gone.reason or "")
    assert desk.load(older).status == "duplicate"
    assert desk.load(newer).status == "loaded"
    assert desk.statuses() == ["failed", "loaded"]
    assert values_of(desk) == [2]


def test_in_a_versioned_bucket_the_very_version_of_the_event_is_read(
    desk: Desk, versioned: Bucket
) -> None:
    first = versioned.put(KEY, readings(1))
    second = versioned.put(KEY, readings(1, 2))

    desk.load(first)

    assert values_of(desk) == [1]
    assert desk.ledger()[0]["version"] == first.version_id
    assert versioned.read(KEY).decode() == readings(1, 2), "the newer one stays"
    desk.load(second)
    assert values_of(desk) == [1, 2]


def test_the_late_event_of_a_replaced_version_changes_nothing(
    desk: Desk, versioned: Bucket
) -> None:
    first = versioned.put(KEY, readings(1))
    second = versioned.put(KEY, readings(2))
    loaded = [desk.load(first), desk.load(second)]

    late = desk.load(first)

    assert (late.status, late.load_id) == ("duplicate", loaded[0].load_id)
    assert values_of(desk) == [2]
    assert desk.statuses() == ["superseded", "loaded"]


def test_the_same_content_uploaded_twice_has_two_versions_and_counts_once(
    desk: Desk, versioned: Bucket
) -> None:
    for _ in range(2):
        desk.load(versioned.put(KEY, readings(1)))

    assert values_of(desk) == [1]
    assert desk.statuses() == ["superseded", "loaded"]


@pytest.mark.parametrize("sequencers", [("0A", "0B"), (None, None)])
def test_of_two_versions_at_the_same_time_exactly_one_counts(
    desk: Desk, versioned: Bucket, sequencers: tuple[str | None, str | None]
) -> None:
    old = versioned.put(KEY, readings(1), sequencer=sequencers[0])
    new = versioned.put(KEY, readings(2), sequencer=sequencers[1])

    deliver_at_once(desk, [old, new] * 3)

    assert sorted(desk.statuses()) == ["loaded", "superseded"]
    assert len(values_of(desk)) == 1
    if sequencers[0]:
        assert values_of(desk) == [2]


@pytest.mark.parametrize("old_comes_first", [True, False])
def test_where_reuploads_append_both_versions_count_in_either_order(
    desk: Desk, versioned: Bucket, old_comes_first: bool
) -> None:
    feed = desk.feed([column("id", "integer")], on_reupload="append")
    key = f"incoming/{feed.name}/a.csv"
    old = versioned.put(key, "id\n1\n", sequencer="0A")
    new = versioned.put(key, "id\n2\n", sequencer="0B")

    for version in (old, new) if old_comes_first else (new, old):
        desk.load(version)
        desk.load(version)

    assert desk.statuses() == ["loaded", "loaded"]
    assert sorted(desk.ask(f"select id from raw.{feed.table}")) == [(1,), (2,)]


def test_a_published_change_to_append_holds_for_the_next_file(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    ((document,),) = own_desk.ask("select document from ops.catalog")
    for entry in document["feeds"]:
        if entry["name"] == "observations":
            entry["config"]["meta"]["feed"]["on_reupload"] = "append"
    own_desk.admin.execute(
        "insert into ops.catalog (hash, document) values ('changed', %s)",
        [json.dumps(document)],
    )

    own_desk.drop("observations", "a.csv", readings(2))

    assert values_of(own_desk) == [1, 2]
    assert [load["status"] for load in own_desk.ledger()] == ["loaded", "loaded"]
    assert own_desk.ledger()[1]["catalog_hash"] == "changed"


def test_the_same_bytes_are_not_appended_again(desk: Desk, versioned: Bucket) -> None:
    """A versioned bucket makes a new version of every upload."""
    feed = desk.feed([column("id", "integer")], on_reupload="append")
    bodies = ["id\n1\n", "id\n1\n", "id\n2\n", "id\n1\n"]

    outcomes = [desk.drop(feed, "a.csv", body) for body in bodies]

    assert [o.status for o in outcomes] == ["loaded", "duplicate", "loaded", "loaded"]
    assert (
        len(
            {
                version
                for (version,) in desk.ask(
                    "select version from ops.load where bucket = %s", desk.bucket.name
                )
            }
        )
        == 3
    )
    assert desk.one(f"select count(*) from raw.{feed.table}") == 3


# --- broken off ---------------------------------------------------------------


class Interrupted(Storage):
    """S3 whose body is interrupted in its midst by `interrupt`."""

    interrupt: Callable[[], None]

    def open(self, version: ObjectVersion) -> IO[bytes]:
        return Torn(super().open(version), self.interrupt)  # type: ignore[return-value]


class Torn:
    def __init__(self, body: Stream, interrupt: Callable[[], None]):
        self._body, self._interrupt, self._reads = body, interrupt, 0

    def read(self, size: int, /) -> bytes:
        self._reads += 1
        if self._reads == 5:
            self._interrupt()
        return self._body.read(size)

    def close(self) -> None:
        pass


def interrupted(desk: Desk, interrupt: Callable[[], None]) -> Loader:
    storage = Interrupted(desk.storage.client_settings)
    storage.interrupt = interrupt
    loader = desk.loader()
    return Loader(loader.db, storage, loader.catalog, loader.settings)


MANY = readings(*range(20_000))


def assert_nothing_happened(desk: Desk) -> None:
    assert desk.ledger() == []
    assert values_of(desk) == []
    assert desk.bucket.keys() == [KEY]


def test_a_load_killed_in_the_midst_leaves_nothing_and_the_retry_loads_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less is read before the COPY begins.
    monkeypatch.setattr(partitions, "ROWS", 1000)
    version = desk.bucket.put(KEY, MANY)
    pid = desk.database.connection().info.backend_pid
    seen: list[Any] = []

    def kill() -> None:
        seen.extend(
            desk.ask(
                "select tuples_processed from pg_stat_progress_copy where pid = %s", pid
            )
        )
        desk.ask("select pg_terminate_backend(%s, 5000)", pid)

    with pytest.raises(psycopg.OperationalError):
        interrupted(desk, kill).load(version)

    assert seen, "the COPY was under way"
    assert_nothing_happened(desk)
    assert desk.load(version).status == "loaded"
    assert len(values_of(desk)) == 20_000


def test_a_read_that_fails_leaves_nothing_and_the_retry_loads_all(desk: Desk) -> None:
    version = desk.bucket.put(KEY, MANY)

    def fail() -> None:
        raise TimeoutError("S3 is silent")

    with pytest.raises(TimeoutError):
        interrupted(desk, fail).load(version)

    assert_nothing_happened(desk)
    assert desk.load(version).status == "loaded"
    assert len(values_of(desk)) == 20_000


def test_a_load_that_fails_after_a_newer_version_leaves_the_old_rows(
    desk: Desk,
) -> None:
    desk.drop("observations", "a.csv", readings(1, 2))
    version = desk.bucket.put(KEY, MANY)

    def fail() -> None:
        raise TimeoutError("S3 is silent")

    with pytest.raises(TimeoutError):
        interrupted(desk, fail).load(version)

    assert values_of(desk) == [1, 2]
    assert desk.statuses() == ["loaded"]


def test_what_the_loader_put_away_itself_is_no_new_file(desk: Desk) -> None:
    for folder in ("processed", "failed"):
        version = desk.bucket.put(f"{folder}/observations/1/a.csv", readings(1))
        assert desk.load(version).status == "ignored"

    assert desk.ledger() == []
    assert len(desk.bucket.keys()) == 2


def test_an_unmatched_key_is_noted_once_and_left_in_place(desk: Desk) -> None:
    version = desk.bucket.put("incoming/holiday.jpg", b"\xff\xd8")

    outcomes = [desk.load(version), desk.load(version)]

    assert [outcome.status for outcome in outcomes] == ["unmatched", "duplicate"]
    (load,) = desk.ledger()
    assert (load["status"], load["feed"]) == ("unmatched", None)
    assert load["reason"] == "no feed's files match this key"
    assert desk.bucket.keys() == ["incoming/holiday.jpg"]


def test_an_unmatched_file_is_loaded_once_a_feed_wants_it(desk: Desk) -> None:
    version = desk.bucket.put("incoming/later/a.csv", "id\n1\n")
    desk.load(version)
    feed: Feed = desk.feed([column("id", "integer")], name="later")

    outcome = desk.load(version)

    assert outcome.status == "loaded"
    assert desk.rows(feed, outcome, "id") == [(1,)]
    assert desk.statuses() == ["unmatched", "loaded"]


def test_a_raw_table_behind_its_contract_is_no_fault_of_the_file(desk: Desk) -> None:
    from catchment import contract_words
    from loader.refusals import NotMigrated

    feed = desk.feed([column("id", "integer")])
    changed = source(feed.name, [column("id", "integer"), column("new")])
    desk.feeds[feed.name] = contract_words.parse(changed)
    version = desk.bucket.put(f"incoming/{feed.name}/a.csv", "id,new\n1,x\n")

    with pytest.raises(NotMigrated, match="alembic upgrade head"):
        desk.load(version)

    assert desk.ledger() == []
    assert len(desk.bucket.keys()) == 1
