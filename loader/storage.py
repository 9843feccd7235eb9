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

    def copy_of(self, version: ObjectVersion, key: str) -> ObjectVersion:
        """What `move` put under another key, by its own identity.

        The copy of an object that was written in parts, or is encrypted by a key of
        one's own, has another etag; then its size must be the same.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html

        Raises:
            Gone: where it is no longer there, or something else is.
        """
        with _told_if_gone(version):
            found = self.client.head_object(Bucket=version.bucket, Key=key)
        etag, size = found["ETag"].strip('"'), found["ContentLength"]
        is_comparable = not (
            "-" in version.etag
            or "-" in etag
            or found.get("ServerSideEncryption", "AES256") != "AES256"
        )
        is_another = etag != version.etag and is_comparable
        if is_another or version.size not in (None, size):
            raise Gone(key)
        return ObjectVersion(
            version.bucket, key, etag, found.get("VersionId"), size=size
        )

    def holds(self, bucket: str, key: str) -> bool:
        """Whether there is an object by this key, in any version that is not hidden.

        Asked of the list, which needs no right to read the object.
        """
        found = self.client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        return any(entry["Key"] == key for entry in found.get("Contents", []))

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
        self._delete(version, id_, etag)

    def take_away(self, version: ObjectVersion) -> None:
        """Delete exactly this version, if it is there."""
        with suppress(Gone):
            found = self._call("head_object", version)
            self._delete(version, found.get("VersionId"), found["ETag"])

    def _delete(self, version: ObjectVersion, id_: str | None, etag: str) -> None:
        exactly: Any = {"VersionId": id_} if id_ else {"IfMatch": etag}
        with suppress(Gone), _told_if_gone(version):
            self.client.delete_object(Bucket=version.bucket, Key=version.key, **exactly)

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
