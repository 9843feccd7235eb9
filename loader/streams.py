"""The bytes of a file as they are read: unpacked, without a byte order mark."""

import codecs
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Protocol, cast

# Blocks this small keep a bad row's neighbours few; larger ones were no faster.
BLOCK = 1 << 16
LONGEST_LINE = 16 << 20
UTF_8 = ("utf-8",)


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says what is wrong."""


class Stream(Protocol):
    """Bytes to be read once, from the first to the last."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class _Tail:
    """A stream that begins with bytes which were read from it already."""

    def __init__(self, head: bytes, rest: Stream):
        self._head, self._rest = head, rest

    def read(self, size: int, /) -> bytes:
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._rest.read(size)


def unpacked(stream: Stream, key: str) -> Stream:
    """The file's own bytes: decompressed by the suffix of its key, past a BOM.

    Raises:
        Unreadable: where the file is empty.
    """
    plain = stream
    if key.endswith(".gz"):
        plain = gzip.GzipFile(fileobj=cast(IO[bytes], stream))
    with unpacking():
        head = plain.read(1 << 16)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("is UTF-16; save it as UTF-8")
    head = head.removeprefix(codecs.BOM_UTF8)
    if not head:
        raise Unreadable("is empty")
    return _Tail(head, plain)


@contextmanager
def unpacking() -> Iterator[None]:
    """Say in plain words that a compressed file is damaged."""
    try:
        yield
    except EOFError:
        raise Unreadable("is cut off: the compressed file has no end") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"is no sound gzip file: {error}") from None
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        known = "UTF-8" if error.encoding == "utf-8" else "in any of its encodings"
        said = f"is not {known}: it has a byte 0x{byte:02x}"
        raise Unreadable(said) from None


def text_blocks(stream: Stream, encodings: Sequence[str] = UTF_8) -> Iterator[str]:
    """Text of whole lines; the file's last line may lack its end.

    A line that is not of the first encoding is tried in the next one: files are
    put together of parts.

    Raises:
        Unreadable: where a line is of none, the file is damaged, or a line has no
            end.
    """
    rest = b""
    with unpacking():
        while chunk := stream.read(BLOCK):
            cut = chunk.rfind(b"\n") + 1
            if cut:
                yield _decoded(rest + chunk[:cut], encodings)
                rest = chunk[cut:]
            else:
                rest += chunk
                if len(rest) > LONGEST_LINE:
                    raise Unreadable(f"has a line longer than {LONGEST_LINE:,} bytes")
        if rest:
            yield _decoded(rest, encodings)


def _decoded(lines: bytes, encodings: Sequence[str]) -> str:
    try:
        return lines.decode(encodings[0])
    except UnicodeDecodeError:
        if len(encodings) == 1:
            raise
    return "".join(_line(line, encodings) for line in lines.splitlines(keepends=True))


def _line(line: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings[:-1]:
        with suppress(UnicodeDecodeError):
            return line.decode(encoding)
    return line.decode(encodings[-1])
