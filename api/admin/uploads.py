"""Addresses that a file of a feed may be put to."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from api.problems import Problem
from catchment import settings
from catchment.catalog import Catalog
from catchment.contract import Feed

SECONDS = 300
# What S3 takes in one PUT
# (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). A presigned
# PUT cannot ask for less: its signature does not know the length.
LARGEST = 5 * 1000**3
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:; *[\w-]+=[\w.-]+)*", re.ASCII)


@dataclass(frozen=True)
class Upload:
    """An address for one PUT, good for `SECONDS`.

    Attributes:
        headers: what the PUT must bear, for they are signed.
    """

    url: str
    key: str
    headers: dict[str, str]
    expires_at: datetime

    def document(self) -> dict[str, Any]:
        return {
            "method": "PUT",
            "url": self.url,
            "headers": self.headers,
            "key": self.key,
            "expires_at": self.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "largest_bytes": LARGEST,
        }


def key_of(catalog: Catalog, feed: Feed, name: str) -> str:
    """Where a file of this name has to stand to be one of the feed's.

    Raises:
        Problem: 400, where no pattern of the feed has a place for it.
    """
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise Problem(
            400,
            "name is no plain file name of at most 200 characters.",
            parameter="name",
        )
    for key in _candidates(feed, name):
        found = catalog.feed_of(key)
        if found and found.name == feed.name:
            _check_values(feed, key)
            return key
    raise Problem(
        400,
        f"A file '{name}' is none of the feed {feed.name}, which knows its own by "
        "these patterns.",
        parameter="name",
        known=feed.files,
    )


def _candidates(feed: Feed, name: str) -> Iterator[str]:
    """The name in the folder of each pattern; `**/` may stand for no folder."""
    incoming = settings.INCOMING
    for pattern in feed.files:
        folder = pattern.rpartition("/")[0].replace("**/", "").removesuffix("**")
        folder = folder.replace("*", "uploads").replace("?", "0").strip("/")
        key = f"{folder}/{name}" if folder else name
        yield key if key.startswith(incoming) else incoming + key


def _check_values(feed: Feed, key: str) -> None:
    """A file whose name lacks a value would be refused once it is there."""
    for column in feed.key_columns:
        if column.required and not re.search(column.from_key or "", key):
            raise Problem(
                400,
                f"The name must hold {column.name}, as {column.from_key} finds it.",
                parameter="name",
            )


def presigned(key: str, media_type: str | None) -> Upload:
    """An address for this key. Nobody is asked: it is signed here.

    Raises:
        MissingSetting: where the bucket is not known.
        Problem: 400, where `media_type` is none.
    """
    # boto3 takes long to import, and few requests need it.
    import boto3
    from botocore.config import Config

    if media_type is not None and not _MEDIA_TYPE.fullmatch(media_type):
        raise Problem(400, "content_type is no media type, as text/csv.")
    place = {"Bucket": settings.bucket(), "Key": key}
    if media_type:
        place["ContentType"] = media_type
    # By the bucket's own name in its region: the name without one redirects while a
    # bucket is new. A service of one's own has no names for buckets.
    is_own = any(os.environ.get(word) for word in _ENDPOINTS)
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if is_own else "virtual"},
    )
    client = boto3.client("s3", config=config)
    expires_at = datetime.now(UTC) + timedelta(seconds=SECONDS)
    url = client.generate_presigned_url("put_object", place, SECONDS)
    headers = {"content-type": media_type} if media_type else {}
    return Upload(url, key, headers, expires_at)
