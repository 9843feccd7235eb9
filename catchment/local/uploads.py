"""Putting files into the bucket, and what the ledger says became of them."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

from catchment.local import queries
from catchment.local.storage import INCOMING
from catchment.local.trouble import Trouble

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# After every other verdict on the same bytes the loader is at work once more.
_FINAL = "loaded"
# Folders that hold no files to load: what should come out, and what a recorded
# service answers (catchment/local/recorded.py).
BESIDE = ("expected", "recorded")


@dataclass(frozen=True)
class Upload:
    """A file and the key that it gets in the bucket."""

    path: Path
    key: str


@dataclass(frozen=True)
class Sent:
    """An upload as the bucket took it; `since` is the database's clock before."""

    upload: Upload
    bucket: str
    etag: str
    version: str
    since: datetime


@dataclass(frozen=True)
class Verdict:
    """What the ledger says of one upload; a status of `ops.load`.

    Attributes:
        failure: the model that could not be refreshed for it, and why.
    """

    load_id: int
    feed: str | None
    status: str
    reason: str | None
    rows_read: int | None
    rows_loaded: int | None
    rows_rejected: int | None
    refreshed: bool
    earlier: bool
    failure: str | None

    @property
    def settled(self) -> bool:
        """Whether it is surely this upload's verdict."""
        return self.status == _FINAL or not self.earlier

    @property
    def complete(self) -> bool:
        """Whether nothing is left to wait for: what was loaded is in the marts."""
        return self.settled and (self.status != _FINAL or self.refreshed)


def uploads_of(path: Path, prefix: str | None = None) -> tuple[Upload, ...]:
    """The files below a path with their keys.

    Every key names at least the folder that its file lies in, for that is what
    feeds know it by: files deeper in a given folder keep their places below it,
    and below its name, if files lie in it beside them.
    `prefix` says another folder. Hidden files, Markdown and TOML, which no feed reads,
    stay out of a folder's; so do the folders `BESIDE` the data.

    Raises:
        Trouble: where there is nothing to load.
    """
    start = INCOMING + (f"{prefix.strip('/')}/" if prefix else "")
    files = (path,) if path.is_file() else tuple(_files(path))
    if not files:
        raise Trouble(f"There is no file to load in {path}.")
    top = path.parent if path.is_file() else path
    if not prefix and any(file.parent == top for file in files):
        start += f"{top.resolve().name}/"
    return tuple(
        Upload(file, start + file.relative_to(top).as_posix()) for file in files
    )


def _stays_out(folder: str) -> bool:
    return folder.startswith(".") or folder in BESIDE


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _stays_out(name))
        for name in sorted(names):
            if not name.startswith(".") and not name.lower().endswith((".md", ".toml")):
                yield Path(place) / name


def send(
    s3: "S3Client",
    connection: psycopg.Connection[Any],
    bucket: str,
    upload: Upload,
    progress: Callable[[int], None],
) -> Sent:
    """Upload a file, in parts where it is large; `progress` is told bytes sent.

    Raises:
        OSError: where the file cannot be read.
        boto3.exceptions.S3UploadFailedError, botocore.exceptions.BotoCoreError:
            where S3 does not take it.
    """
    row = connection.execute(queries.NOW).fetchone()
    answers: list[Mapping[str, Any]] = []

    def note(parsed: Mapping[str, Any], **_: Any) -> None:
        answers.append(parsed)

    # upload_file returns nothing, and the loader may move the object at once: the
    # ETag and version have to be caught as S3 answers.
    calls = ("PutObject", "CompleteMultipartUpload")
    for call in calls:
        s3.meta.events.register(f"after-call.s3.{call}", note, unique_id=f"note-{call}")
    try:
        s3.upload_file(str(upload.path), bucket, upload.key, Callback=progress)
    finally:
        for call in calls:
            s3.meta.events.unregister(f"after-call.s3.{call}", unique_id=f"note-{call}")
    answer = answers[-1]
    return Sent(
        upload=upload,
        bucket=bucket,
        etag=str(answer["ETag"]).strip('"'),
        version=str(answer.get("VersionId") or ""),
        since=row[0] if row else datetime.min,
    )


def verdict(connection: psycopg.Connection[Any], sent: Sent) -> Verdict | None:
    """What the ledger says of an upload by now, if anything."""
    parameters = {
        "bucket": sent.bucket,
        "key": sent.upload.key,
        "etag": sent.etag,
        "version": sent.version,
        "since": sent.since,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(queries.UPLOAD, parameters).fetchone()
    return Verdict(**row) if row else None
