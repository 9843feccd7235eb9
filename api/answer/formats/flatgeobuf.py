"""FlatGeobuf, version 3 (https://github.com/flatgeobuf/flatgeobuf/tree/master/src/fbs).

A magic number, a header and the features. Written here and not by st_asflatgeobuf,
which gives the columns behind a null the number of the one before, writes dates that
nobody reads, and refuses geometries of two types (seen in PostGIS 3.3.2).
"""

import json
import struct
from array import array
from collections.abc import Callable, Iterable
from typing import Any

from api.answer.formats import wkb
from api.answer.formats.flatbuffers import Written, sized, table, tables, text, vector
from api.answer.formats.wkb import Shape
from api.answer.pages import Page
from api.links import Link
from api.question import columns
from api.question.asked import Query
from api.question.columns import Column

_MAGIC = b"fgb\x03fgb\x00"
_LENGTH = struct.Struct("<I")
_NO_INDEX = struct.pack("<H", 0)
_TRUE = b"\x01"
_UNKNOWN = 0

# Of a value its bytes, behind the number of its column.
Writer = Callable[[Any], bytes]


def _text(column: int) -> Writer:
    pack = struct.Struct("<HI").pack

    def write(value: str) -> bytes:
        data = value.encode()
        return pack(column, len(data)) + data

    return write


def _number(code: str) -> Callable[[int], Writer]:
    pack = struct.Struct(f"<H{code}").pack
    return lambda column: lambda value: pack(column, value)


def _float(code: str) -> Callable[[int], Writer]:
    # JSON has a text for what is no number.
    pack = struct.Struct(f"<H{code}").pack
    return lambda column: lambda value: pack(column, float(value))


# By the names of our types: the format's number of a type, and how a value is written.
_TYPES: dict[str, tuple[int, Callable[[int], Writer]]] = {
    "boolean": (2, _number("?")),
    "smallint": (3, _number("h")),
    "integer": (5, _number("i")),
    "bigint": (7, _number("q")),
    "real": (9, _float("f")),
    "double precision": (10, _float("d")),
    "numeric": (10, _float("d")),
    "jsonb": (12, _text),
    "date": (13, _text),
    "timestamp without time zone": (13, _text),
    "timestamp with time zone": (13, _text),
}
_STRING = (11, _text)


def file(page: Page, query: Query, links: list[Link]) -> bytes:
    """The file of a page; no index, for it is read as a whole."""
    shown = columns.shown(query)
    rows = [json.loads(row) for row in page.rows]
    shapes = [_shape(row[0]) for row in rows]
    has_z = any(_has_z(shape) for shape in shapes if shape)
    writers = [_type(column)[1](number) for number, column in enumerate(shown)]
    parts = [_MAGIC, _header(query, shown, shapes, has_z)]
    for row, shape in zip(rows, shapes, strict=True):
        geometry = _geometry(shape, has_z) if shape else None
        properties = _properties(row, writers)
        parts.append(sized(table(geometry, vector(properties, 1))))
    return b"".join(parts)


def _header(
    query: Query, shown: Iterable[Column], shapes: list[Shape | None], has_z: bool
) -> bytes:
    types = {shape.type for shape in shapes if shape}
    type_ = types.pop() if len(types) == 1 else _UNKNOWN
    no = None
    return sized(
        table(
            text(query.model.name),
            _envelope(shapes),
            bytes([type_]),
            _TRUE if has_z else no,
            *(no, no, no),
            tables([table(text(c.name), bytes([_type(c)[0]])) for c in shown]),
            struct.pack("<Q", len(shapes)),
            _NO_INDEX,
            # Longitude comes first whatever the system says of its axes.
            table(text("EPSG"), struct.pack("<i", 4326)),
        )
    )


def _envelope(shapes: list[Shape | None]) -> Written | None:
    """The box of all positions."""
    xy = array("d", b"".join(_all_xy(shape) for shape in shapes if shape))
    if not xy:
        return None
    x, y = xy[0::2], xy[1::2]
    return vector(struct.pack("<4d", min(x), min(y), max(x), max(y)), 8)


def _all_xy(shape: Shape) -> bytes:
    return shape.xy + b"".join(map(_all_xy, shape.parts))


def _has_z(shape: Shape) -> bool:
    return shape.z is not None or any(map(_has_z, shape.parts))


def _shape(hex_: str | None) -> Shape | None:
    """A geometry; none of an empty one, which readers take for a damaged one."""
    shape = wkb.read(bytes.fromhex(hex_)) if hex_ else None
    return None if shape is None or shape.is_empty else shape


def _geometry(shape: Shape, has_z: bool) -> Written:
    ends = shape.ends
    z = shape.z if shape.z or not has_z else bytes(len(shape.xy) // 2)
    parts = [_geometry(part, has_z) for part in shape.parts if not part.is_empty]
    no = None
    return table(
        vector(struct.pack(f"<{len(ends)}I", *ends), 4) if ends else no,
        vector(shape.xy, 8) if shape.xy else no,
        vector(z, 8) if z else no,
        *(no, no, no),
        bytes([shape.type]),
        tables(parts) if parts else no,
    )


def _properties(row: list[Any], writers: list[Writer]) -> bytes:
    """What each column has a value for; the row begins with its geometry."""
    return b"".join(
        write(value)
        for value, write in zip(row[1:], writers, strict=True)
        if value is not None
    )


def _type(column: Column) -> tuple[int, Callable[[int], Writer]]:
    return _TYPES.get(column.type.name, _STRING) if column.type else _STRING
