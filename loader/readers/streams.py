"""The bytes of a file as they are read: unpacked, without a byte order mark."""

import codecs
import errno
import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol, cast

# Blocks this small keep a bad row's neighbours few; larger ones were no faster.
BLOCK = 1 << 16
# A polygon of a million vertices takes some 40 MB as text.
LONGEST_LINE = 64 << 20
# Where a file must lie on disk as a whole; /tmp of a Lambda has 10 GB at most.
LARGEST_UNPACKED = 10 * 1000**3
UTF_8 = ("utf-8",)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says what is wrong."""


class NoSpace(OSError):
    """There is no room for the file on this machine's disk; it may be tried again."""


class Stream(Protocol):
    """Bytes to be read once, from the first to the last."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class Begun:
    """A stream that begins with bytes which were read from it already: its `head`."""

    def __init__(self, head: bytes, rest: Stream):
        self.head, self._rest = head, rest
        self._left = head

    def read(self, size: int, /) -> bytes:
        if self._left:
            head, self._left = self._left[:size], self._left[size:]
            return head
        return self._rest.read(size)


class _Packed:
    """A packed file that says in plain words where it is damaged."""

    def __init__(self, file: Stream, kind: str, errors: tuple[type[Exception], ...]):
        self._file, self._kind, self._errors = file, kind, errors

    def read(self, size: int, /) -> bytes:
        try:
            return self._file.read(size)
        except EOFError:
            raise Unreadable("is cut off: the compressed file has no end") from None
        except self._errors as error:
            raise Unreadable(f"is no sound {self._kind} file: {error}") from None


def unpacked(stream: Stream, key: str) -> Begun:
    """The file's own bytes: decompressed by the suffix of its key, past a BOM.

    Raises:
        Unreadable: where the file is empty or damaged.
    """
    plain = _unpacked(stream, key.lower())
    head = plain.read(1 << 16)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("is UTF-16; save it as UTF-8")
    head = head.removeprefix(codecs.BOM_UTF8)
    if not head:
        raise Unreadable("is empty")
    return Begun(head, plain)


def _unpacked(stream: Stream, key: str) -> Stream:
    file = cast(IO[bytes], stream)
    if key.endswith(".gz"):
        errors = (gzip.BadGzipFile, zlib.error)
        return _Packed(gzip.GzipFile(fileobj=file), "gzip", errors)
    if key.endswith(".zst"):
        zstd = _zstd()
        return _Packed(zstd.ZstdFile(file), "zstd", (zstd.ZstdError,))
    return stream


def _zstd() -> Any:
    """PEP 784: of Python itself from 3.14 on."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def save(stream: Stream, path: Path, most: int) -> None:
    """Write a stream to disk.

    Raises:
        Unreadable: where it is larger than `most` bytes.
        NoSpace: where the disk is full.
    """
    left = most
    with on_disk(), path.open("wb") as file:
        while chunk := stream.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise Unreadable(f"unpacks to more than {most:,} bytes")
            file.write(chunk)


@contextmanager
def on_disk() -> Iterator[None]:
    """Tell a full disk, which is no fault of the file, from all else."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        said = "no room on the disk to unpack the file; give the loader more storage"
        raise NoSpace(error.errno, said) from error


@contextmanager
def decoding() -> Iterator[None]:
    """Say in plain words that a file is in another encoding."""
    try:
        yield
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        known = "UTF-8" if error.encoding == "utf-8" else "in any of its encodings"
        said = f"is not {known}: it has a byte 0x{byte:02x}"
        raise Unreadable(said) from None


def text_blocks(
    stream: Stream, encodings: Sequence[str] = UTF_8, end: bytes = b"\n"
) -> Iterator[str]:
    """Text of whole lines; the file's last line may lack its end.

    A line that is not of the first encoding is tried in the next one: files are
    put together of parts.

    Raises:
        Unreadable: where a line is of none, the file is damaged, or a line has no
            end.
    """
    rest: list[bytes] = []
    size = 0
    while chunk := stream.read(BLOCK):
        cut = chunk.rfind(end) + 1
        if not cut:
            rest.append(chunk)
            size += len(chunk)
        else:
            lines = b"".join((*rest, chunk[:cut]))
            rest = [chunk[cut:]] if cut < len(chunk) else []
            size = len(chunk) - cut
            yield _decoded(lines, encodings)
        if size > LONGEST_LINE:
            raise Unreadable(f"has a line longer than {LONGEST_LINE:,} bytes")
    if rest:
        yield _decoded(b"".join(rest), encodings)


def _decoded(lines: bytes, encodings: Sequence[str]) -> str:
    with decoding():
        try:
            return lines.decode(encodings[0])
        except UnicodeDecodeError:
            if len(encodings) == 1:
                raise
        parts = lines.splitlines(keepends=True)
        return "".join(_line(line, encodings) for line in parts)


def _line(line: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings[:-1]:
        with suppress(UnicodeDecodeError):
            return line.decode(encoding)
    return line.decode(encodings[-1])
