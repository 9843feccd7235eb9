"""Where extracted pages go, and what is remembered of them.

Pages fall into `incoming/` like anybody's files. `extracts/FEED/YEAR.json` says
which years are there; S3 needs `s3:ListBucket` to tell that a note is absent.
"""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from catchment.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NOTES = "extracts/"


@dataclass(frozen=True)
class Note:
    """What is known of a year.

    Attributes:
        pages: the most pages that were ever written, also by a broken run.
        rows: records of a finished run.
        finished_at: when the year was complete, ISO 8601; None until then.
    """

    pages: int = 0
    rows: int | None = None
    finished_at: str | None = None


@dataclass(frozen=True)
class Written:
    """An object as the bucket took it."""

    bucket: str
    key: str
    etag: str
    version_id: str | None


@dataclass(frozen=True)
class Store:
    client: "S3Client"
    bucket: str

    def note(self, feed: str, year: int) -> Note:
        try:
            found = self.client.get_object(Bucket=self.bucket, Key=_key(feed, year))
        except self.client.exceptions.NoSuchKey:
            return Note()
        return Note(**json.loads(found["Body"].read()))

    def write_note(self, feed: str, year: int, note: Note) -> None:
        self._put(_key(feed, year), json.dumps(asdict(note)).encode())

    def put(self, name: str, body: bytes) -> Written:
        """Write a page under its name below `incoming/`."""
        return self._put(Settings.incoming + name, body)

    def _put(self, key: str, body: bytes) -> Written:
        said = self.client.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType="application/json"
        )
        etag = said["ETag"].strip('"')
        return Written(self.bucket, key, etag, said.get("VersionId"))


def _key(feed: str, year: int) -> str:
    return f"{NOTES}{feed}/{year}.json"
