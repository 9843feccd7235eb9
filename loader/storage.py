"""Objects in S3: read one version of one, and put it away."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, cast

from loader.events import ObjectVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Gone(Exception):
    """The object version is no longer there: moved, deleted or overwritten."""


# CopyObject takes 5 GB at most; above it the copy is done in parts.
LARGEST_COPY = 5 * 1000**3
# 404 NoSuchKey, NoSuchVersion; 412 PreconditionFailed for an overwritten one.
_GONE = {"NoSuchKey", "NoSuchVersion", "404", "412", "PreconditionFailed"}


@dataclass
class Storage:
    """S3, with its client made at the first use."""

    client_settings: dict[str, Any] | None = None

    @cached_property
    def client(self) -> "S3Client":
        # boto3 takes long to import: only where an object is touched.
        import boto3

        return boto3.client("s3", **(self.client_settings or {}))

    def open(self, version: ObjectVersion) -> IO[bytes]:
        """The bytes of exactly this version, as a stream.

        Raises:
            Gone: where it is no longer there.
        """
        return cast(IO[bytes], self._call("get_object", version)["Body"])

    def move(self, version: ObjectVersion, key: str) -> None:
        """Put this version under another key of its bucket.

        Exactly this version is copied and deleted, so that one written
        meanwhile stays.

        Raises:
            Gone: where it is no longer there.
        """
        found = self._call("head_object", version)
        id_, etag = found.get("VersionId"), found["ETag"]
        place: Any = {"Bucket": version.bucket, "Key": version.key}
        source: Any = {**place, "VersionId": id_} if id_ else place
        with _told_if_gone(version):
            if found["ContentLength"] < LARGEST_COPY:
                self.client.copy_object(
                    Bucket=version.bucket,
                    Key=key,
                    CopySource=source,
                    CopySourceIfMatch=etag,
                )
            else:
                self.client.copy(
                    source, version.bucket, key, {"CopySourceIfMatch": etag}
                )
        exactly: Any = {"VersionId": id_} if id_ else {"IfMatch": etag}
        with suppress(Gone), _told_if_gone(version):
            self.client.delete_object(**place, **exactly)

    def _call(self, operation: str, version: ObjectVersion) -> dict[str, Any]:
        which: dict[str, str] = (
            {"VersionId": version.version_id}
            if version.version_id
            else {"IfMatch": f'"{version.etag}"'}
        )
        with _told_if_gone(version):
            call = getattr(self.client, operation)
            return cast(
                dict[str, Any], call(Bucket=version.bucket, Key=version.key, **which)
            )


@contextmanager
def _told_if_gone(version: ObjectVersion) -> Iterator[None]:
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise Gone(version.key) from error
        raise
