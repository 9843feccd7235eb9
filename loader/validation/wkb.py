"""Whether a text is the WKB of a geometry that its column can hold, in hex digits.

ISO WKB (ISO/IEC 19125-1) and PostGIS's EWKB, which has Z, M and an SRID as flags
(https://github.com/postgis/postgis/blob/master/doc/ZMSgeoms.txt).
"""

import math
import struct
import sys
from array import array

from catchment.types import DataType
from loader.validation.geometry import SHAPES, are_positions, fits, is_part

_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000
_SINGLE = {
    "MultiPoint": "Point",
    "MultiLineString": "LineString",
    "MultiPolygon": "Polygon",
}


def is_wkb(type_: DataType, text: str) -> bool:
    """Whether COPY into a column of this type would take the text."""
    try:
        data = bytes.fromhex(text)
        # fromhex() passes over blanks, which Postgres does not.
        return len(text) == 2 * len(data) and _Scan(data, type_).is_geometry()
    except (ValueError, struct.error, IndexError):
        return False


class _Scan:
    """Goes through the bytes once."""

    def __init__(self, data: bytes, type_: DataType):
        self._data, self._type = data, type_
        self._place = 0
        self._order = "<"
        self._ordinates = 2

    def is_geometry(self) -> bool:
        shape, has_z, has_m = self._begin(is_part=False)
        self._ordinates = 2 + has_z + has_m
        return (
            fits(self._type, shape, has_z, has_m)
            and self._is_shape(shape)
            and self._place == len(self._data)
        )

    def _begin(self, is_part: bool) -> tuple[str, bool, bool]:
        """Read the head of a geometry: its byte order, and its type with flags."""
        self._order = "><"[self._data[self._place]]
        self._place += 1
        code = self._count()
        flags, code = code & (_Z | _M | _SRID), code & ~(_Z | _M | _SRID)
        dimension, code = divmod(code, 1000)
        if flags & _SRID and (is_part or self._count() != self._type.srid):
            raise ValueError("another reference system")
        if not (1 <= code <= len(SHAPES) and dimension <= 3):
            raise ValueError("another shape")
        has_z = bool(flags & _Z) or dimension in (1, 3)
        has_m = bool(flags & _M) or dimension in (2, 3)
        return SHAPES[code - 1], has_z, has_m

    def _is_shape(self, shape: str) -> bool:
        if shape == "Point":
            values = self._positions(1)
            return all(map(math.isnan, values)) or self._are_good(values)
        if shape == "LineString":
            return self._is_list(shape, may_be_empty=True)
        count = self._count()
        if shape == "Polygon":
            return all(self._is_list(shape) for _ in range(count))
        return all(self._is_part(_SINGLE[shape]) for _ in range(count))

    def _is_part(self, shape: str) -> bool:
        found, has_z, has_m = self._begin(is_part=True)
        is_alike = (found, 2 + has_z + has_m) == (shape, self._ordinates)
        return is_alike and self._is_shape(shape)

    def _is_list(self, shape: str, may_be_empty: bool = False) -> bool:
        values = self._positions(self._count())
        if may_be_empty and not values:
            return True
        return is_part(values, self._ordinates, shape) and self._are_good(values)

    def _are_good(self, values: "array[float]") -> bool:
        return are_positions(values, self._ordinates, self._type.srid)

    def _count(self) -> int:
        (count,) = struct.unpack_from(f"{self._order}I", self._data, self._place)
        self._place += 4
        return int(count)

    def _positions(self, count: int) -> "array[float]":
        end = self._place + 8 * count * self._ordinates
        if end > len(self._data):
            raise ValueError("cut off")
        values = array("d", self._data[self._place : end])
        if (self._order == "<") != (sys.byteorder == "little"):
            values.byteswap()
        self._place = end
        return values
