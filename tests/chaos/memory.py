"""A bucket in memory that keeps versions: S3 as far as the loader asks it."""

import io
from dataclasses import dataclass, field
from hashlib import md5
from typing import IO, Any

from loader.events import ObjectVersion
from loader.storage import Gone, Storage
from tests.chaos import moments


@dataclass
class MemoryStorage(Storage):
    """Objects by key and version; a move is told as S3's own calls are."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    moved: dict[str, bytes] = field(default_factory=dict)

    @property
    def client(self) -> Any:
        raise NotImplementedError("the loader asks S3 for what is not told here")

    def put(self, key: str, body: bytes, number: int) -> ObjectVersion:
        etag = md5(body, usedforsecurity=False).hexdigest()
        self.objects[key, f"v{number}"] = body
        return ObjectVersion(
            "memory", key, etag, f"v{number}", f"{number:016X}", len(body)
        )

    def delete(self, version: ObjectVersion) -> None:
        self.objects.pop((version.key, version.version), None)

    def open(self, version: ObjectVersion) -> IO[bytes]:
        with moments.heard("s3 GetObject"):
            return io.BytesIO(self._body(version))

    def move(self, version: ObjectVersion, key: str) -> None:
        self.moved[key] = self._body(version)
        with moments.heard("s3 DeleteObject"):
            self.delete(version)

    def take_away(self, version: ObjectVersion) -> None:
        with moments.heard("s3 DeleteObject"):
            self.delete(version)

    def holds(self, bucket: str, key: str) -> bool:
        return key in self.moved or any(key == known for known, _ in self.objects)

    def copy_of(self, version: ObjectVersion, key: str) -> ObjectVersion:
        if key not in self.moved:
            raise Gone(key)
        return ObjectVersion(
            version.bucket, key, version.etag, "moved", size=version.size
        )

    def keys(self) -> list[str]:
        return [*self.moved, *(key for key, _ in self.objects)]

    def _body(self, version: ObjectVersion) -> bytes:
        if version.key in self.moved:
            return self.moved[version.key]
        try:
            return self.objects[version.key, version.version]
        except KeyError:
            raise Gone(version.key) from None
