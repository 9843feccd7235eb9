"""Keys of uploads, and what the bucket answers."""

import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from catchment.local import storage, uploads
from catchment.local.storage import Names
from catchment.local.trouble import Trouble
from catchment.local.uploads import Sent


def keys(path: Path, prefix: str | None = None) -> list[str]:
    return [upload.key for upload in uploads.uploads_of(path, prefix)]


def test_a_folders_files_keep_their_places(examples: Path) -> None:
    assert keys(examples) == [
        "incoming/energy/readings/b ü.csv",
        "incoming/quakes/a.geojson",
    ]


def test_a_file_alone_keeps_its_folders_name(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = examples / "quakes" / "a.geojson"
    monkeypatch.chdir(file.parent)

    assert keys(file) == ["incoming/quakes/a.geojson"]
    assert keys(Path("a.geojson")) == ["incoming/quakes/a.geojson"]


def test_files_that_lie_in_the_given_folder_itself_keep_its_name(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed knows its files by their folder."""
    monkeypatch.chdir(examples / "quakes")

    assert keys(examples / "quakes") == ["incoming/quakes/a.geojson"]
    assert keys(Path()) == ["incoming/quakes/a.geojson"]


@pytest.mark.parametrize("prefix", ["x/y", "/x/y/"])
def test_a_prefix_goes_before(examples: Path, prefix: str) -> None:
    assert keys(examples / "quakes" / "a.geojson", prefix) == ["incoming/x/y/a.geojson"]
    assert keys(examples / "quakes", prefix) == ["incoming/x/y/a.geojson"]


def test_a_file_that_is_named_is_taken_whatever_it_is(examples: Path) -> None:
    assert keys(examples / "README.md") == ["incoming/examples/README.md"]


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no file to load"):
        uploads.uploads_of(tmp_path)


def test_an_upload_is_known_by_etag_and_version(
    sent: Sent, aws: dict[str, str], names: Names
) -> None:
    head = storage.client("s3", aws).head_object(
        Bucket=names.bucket, Key=sent.upload.key
    )

    assert head["ETag"] == f'"{sent.etag}"'
    assert head["VersionId"] == sent.version


def test_a_large_file_goes_in_parts_and_tells_its_progress(
    aws: dict[str, str],
    names: Names,
    connection: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    s3 = storage.client("s3", aws)
    storage.prepare(s3, storage.client("sqs", aws), names)
    file = tmp_path / "large.csv"
    file.write_bytes(os.urandom(17 * 1024 * 1024))
    (upload,) = uploads.uploads_of(file)
    told: list[int] = []

    sent = uploads.send(s3, connection, names.bucket, upload, told.append)

    assert sum(told) == file.stat().st_size
    assert len(told) > 1
    assert sent.etag.endswith("-3")
    head = s3.head_object(Bucket=names.bucket, Key=upload.key)
    assert (head["ETag"], head["VersionId"]) == (f'"{sent.etag}"', sent.version)
