"""Objects are read and put away as exactly the version that the event meant."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError

from loader import storage as storage_
from loader.load import Loader
from loader.storage import Gone, Storage
from tests.loader.conftest import Bucket, Desk, readings

KEY = "incoming/observations/a.csv"


@pytest.fixture
def storage(aws: dict[str, str]) -> Storage:
    return Storage(dict(aws))


def test_what_was_overwritten_is_gone(bucket: Bucket, storage: Storage) -> None:
    old = bucket.put(KEY, "old")
    bucket.put(KEY, "new")

    with pytest.raises(Gone):
        storage.open(old)
    with pytest.raises(Gone):
        storage.move(old, "processed/a.csv")
    assert bucket.keys() == [KEY]


def test_what_was_deleted_is_gone(bucket: Bucket, storage: Storage) -> None:
    version = bucket.put(KEY, "x")
    bucket.client.delete_object(Bucket=bucket.name, Key=KEY)

    with pytest.raises(Gone):
        storage.open(version)
    with pytest.raises(Gone):
        storage.move(version, "processed/a.csv")


def test_a_version_that_was_overwritten_can_still_be_read_and_put_away(
    versioned: Bucket, storage: Storage
) -> None:
    old = versioned.put(KEY, "old")
    versioned.put(KEY, "new")

    assert storage.open(old).read() == b"old"
    storage.move(old, "processed/a.csv")

    assert versioned.read("processed/a.csv") == b"old"
    assert versioned.read(KEY) == b"new"
    with pytest.raises(Gone):
        storage.open(old)


def test_a_missing_bucket_is_no_object_gone(bucket: Bucket, storage: Storage) -> None:
    version = bucket.put(KEY, "x")
    bucket.client.delete_object(Bucket=bucket.name, Key=KEY)
    bucket.client.delete_bucket(Bucket=bucket.name)

    with pytest.raises(storage.client.exceptions.NoSuchBucket):
        storage.open(version)


def before(client: Any, operation: str, act: Any) -> None:
    """Do something just before the client sends an operation."""

    def once(**_: Any) -> None:
        client.meta.events.unregister(f"before-call.s3.{operation}", once)
        act()

    client.meta.events.register(f"before-call.s3.{operation}", once)


@pytest.mark.parametrize("operation", ["CopyObject", "DeleteObject"])
def test_a_version_written_while_the_old_one_is_moved_stays(
    bucket: Bucket, storage: Storage, operation: str
) -> None:
    old = bucket.put(KEY, "old")
    before(storage.client, operation, lambda: bucket.put(KEY, "new"))

    storage.move(old, "processed/a.csv")

    assert bucket.read(KEY) == b"new"


def test_a_copy_demands_the_content_that_was_loaded(
    bucket: Bucket, storage: Storage
) -> None:
    """moto does not look at the condition, so the request is."""
    sent = []
    storage.client.meta.events.register(
        "before-call.s3.CopyObject", lambda params, **_: sent.append(params["headers"])
    )
    version = bucket.put(KEY, "x")

    storage.move(version, "processed/a.csv")

    assert sent[0]["x-amz-copy-source-if-match"] == f'"{version.etag}"'


def test_an_object_that_vanishes_while_it_is_moved_is_gone(
    bucket: Bucket, storage: Storage
) -> None:
    version = bucket.put(KEY, "x")
    delete = {"Bucket": bucket.name, "Key": KEY}
    before(storage.client, "CopyObject", lambda: bucket.client.delete_object(**delete))

    with pytest.raises(Gone):
        storage.move(version, "processed/a.csv")


def test_a_large_object_is_moved_in_parts(
    versioned: Bucket, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_, "LARGEST_COPY", 10)
    version = versioned.put(KEY, "twenty bytes of text")

    storage.move(version, "processed/ä +.csv")

    assert versioned.keys() == ["processed/ä +.csv"]
    assert versioned.read("processed/ä +.csv") == b"twenty bytes of text"


def test_a_move_that_fails_is_made_up_by_the_next_delivery(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = desk.bucket.put(KEY, readings(1))

    def fail(*_: Any) -> None:
        raise TimeoutError("S3 is silent")

    monkeypatch.setattr(Storage, "move", fail)
    with pytest.raises(TimeoutError):
        desk.load(version)
    assert desk.statuses() == ["loaded"]
    monkeypatch.undo()

    again = desk.load(version)

    assert again.status == "duplicate"
    assert desk.statuses() == ["loaded"]
    assert desk.bucket.keys() == [desk.ledger()[0]["moved_to"]]


@contextmanager
def s3_that_hangs_up(body: bytes) -> Iterator[str]:
    """A server that promises more than it sends."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body) + 1000))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_body_that_breaks_off_is_not_taken_for_the_whole_file(
    desk: Desk, aws: dict[str, str]
) -> None:
    version = desk.bucket.put(KEY, readings(1, 2, 3))
    with s3_that_hangs_up(readings(1, 2).encode()) as url:
        broken = Storage({**aws, "endpoint_url": url})
        mine = desk.loader()
        loader = Loader(mine.db, broken, mine.catalog, mine.settings)
        with pytest.raises(IncompleteReadError):
            loader.load(version)

    assert desk.ledger() == []
    assert desk.load(version).counts.loaded == 3


def test_what_a_broken_off_move_left_is_taken_away_and_not_put_elsewhere(
    desk: Desk,
) -> None:
    """A replay may have noted another place of the same object meanwhile."""
    desk.drop("observations", "a.csv", readings(1))
    place = "processed/observations/7/a.csv"
    desk.bucket.put(place, readings(1))
    desk.admin.execute(
        "update ops.load set moved_to = %s where bucket = %s",
        [place, desk.bucket.name],
    )
    keys = desk.bucket.keys()

    again = desk.drop("observations", "a.csv", readings(1))

    assert again.status == "duplicate"
    assert desk.bucket.keys() == keys
    assert desk.ledger()[0]["moved_to"] == place
