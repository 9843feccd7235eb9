"""Well-known binary taken apart (OGC 06-103r4, 8.2; little-endian, as Postgres has it).

Its coordinates are those of FlatGeobuf byte by byte, but for heights, which stand
among them in the one and apart in the other.
"""

import struct
from array import array
from dataclasses import dataclass

POINT, LINE, POLYGON, MULTI_POINT, MULTI_LINE, MULTI_POLYGON, COLLECTION = range(1, 8)

_COUNT = struct.Struct("<I")
_Z = 1000


@dataclass(frozen=True)
class Shape:
    """A geometry.

    Attributes:
        xy: longitudes and latitudes by turns, as doubles.
        z: heights, where it has them.
        ends: behind which position each ring or line ends, where there are several.
        parts: the geometries of a collection or a multipolygon, which has no `xy`.
    """

    type: int
    xy: bytes = b""
    z: bytes | None = None
    ends: tuple[int, ...] = ()
    parts: tuple["Shape", ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.xy and all(part.is_empty for part in self.parts)


def read(data: bytes) -> Shape:
    """The geometry of a WKB without measures (M).

    Raises:
        ValueError: where it is of a type with curves or triangles.
    """
    return _read(data, 0)[0]


def _read(data: bytes, start: int) -> tuple[Shape, int]:
    """A geometry, and where it ends."""
    (code,) = _COUNT.unpack_from(data, start + 1)
    type_, has_z = code % _Z, code >= _Z
    start += 5
    if type_ == POINT:
        return _positions(POINT, data, start, [1], has_z)
    (count,) = _COUNT.unpack_from(data, start)
    start += 4
    if type_ == LINE:
        return _positions(LINE, data, start, [count], has_z)
    if type_ == POLYGON:
        return _rings(data, start, count, has_z)
    if type_ not in (MULTI_POINT, MULTI_LINE, MULTI_POLYGON, COLLECTION):
        raise ValueError(f"no geometry of type {type_} can be written")
    parts = []
    for _ in range(count):
        part, start = _read(data, start)
        parts.append(part)
    if type_ in (MULTI_POINT, MULTI_LINE):
        return _joined(type_, parts), start
    return Shape(type_, parts=tuple(parts)), start


def _rings(data: bytes, start: int, count: int, has_z: bool) -> tuple[Shape, int]:
    size = 24 if has_z else 16
    if count == 1:
        (length,) = _COUNT.unpack_from(data, start)
        return _positions(POLYGON, data, start + 4, [length], has_z)
    lengths, rings = [], []
    for _ in range(count):
        (length,) = _COUNT.unpack_from(data, start)
        end = start + 4 + length * size
        lengths.append(length)
        rings.append(data[start + 4 : end])
        start = end
    return _positions(POLYGON, b"".join(rings), 0, lengths, has_z)[0], start


def _positions(
    type_: int, data: bytes, start: int, lengths: list[int], has_z: bool
) -> tuple[Shape, int]:
    """A geometry of so many positions from `start` on, ring by ring."""
    end = start + sum(lengths) * (24 if has_z else 16)
    xy, z = data[start:end], None
    if has_z:
        xy, z = _apart(xy)
    if type_ == POINT and _is_nan(xy):
        return Shape(type_), end
    return Shape(type_, xy, z, _ends(lengths)), end


def _is_nan(xy: bytes) -> bool:
    """Whether a point is empty, which WKB says by a longitude that is no number."""
    (x,) = struct.unpack_from("<d", xy)
    return bool(x != x)


def _apart(positions: bytes) -> tuple[bytes, bytes]:
    """Longitudes with latitudes, and heights."""
    values = array("d", positions)
    xy = array("d", bytes(len(values) // 3 * 16))
    xy[0::2], xy[1::2] = values[0::3], values[1::3]
    return xy.tobytes(), values[2::3].tobytes()


def _joined(type_: int, parts: list[Shape]) -> Shape:
    """Points or lines as one."""
    lengths = [len(part.xy) // 16 for part in parts]
    heights = [part.z for part in parts if part.z is not None]
    return Shape(
        type_,
        b"".join(part.xy for part in parts),
        b"".join(heights) if heights else None,
        () if type_ == MULTI_POINT else _ends(lengths),
    )


def _ends(lengths: list[int]) -> tuple[int, ...]:
    if len(lengths) < 2:
        return ()
    ends, end = [], 0
    for length in lengths:
        end += length
        ends.append(end)
    return tuple(ends)
