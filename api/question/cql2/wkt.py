"""The geometries of CQL2's text (OGC 21-065r2, annex B), read as GeoJSON."""

from collections.abc import Callable
from typing import Any, Protocol

_TYPES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}
# How many lists of positions are in each other.
_NESTED = {"LINESTRING": 1, "POLYGON": 2, "MULTILINESTRING": 2, "MULTIPOLYGON": 3}
COLLECTION = "GEOMETRYCOLLECTION"
BOX = "BBOX"
TAGS = (*_TYPES, COLLECTION, BOX)


class Reader(Protocol):
    """What reads the tokens of a text."""

    def take(self, symbol: str) -> bool: ...
    def expect(self, symbol: str) -> None: ...
    def number(self) -> Any: ...
    def listed(self, read: Callable[[], Any]) -> list[Any]: ...
    def tag(self) -> str: ...
    def ends(self) -> bool: ...


def read(reader: Reader, tag: str) -> dict[str, Any]:
    """What follows a tag, which is read already."""
    if tag == BOX:
        return {"bbox": reader.listed(reader.number)}
    if tag == COLLECTION:
        shapes = reader.listed(lambda: _member(reader))
        return {"type": "GeometryCollection", "geometries": shapes}
    return {"type": _TYPES[tag], "coordinates": _coordinates(reader, tag)}


def _member(reader: Reader) -> dict[str, Any]:
    tag = reader.tag()
    if tag not in _TYPES:
        raise ValueError(f"a {COLLECTION} holds {', '.join(_TYPES)}")
    return read(reader, tag)


def _coordinates(reader: Reader, tag: str) -> list[Any]:
    if tag == "POINT":
        return _point(reader)
    if tag == "MULTIPOINT":
        return reader.listed(lambda: _point(reader, is_bare=True))
    return _nested(reader, _NESTED[tag])


def _nested(reader: Reader, depth: int) -> list[Any]:
    if depth == 1:
        return reader.listed(lambda: _position(reader))
    return reader.listed(lambda: _nested(reader, depth - 1))


def _point(reader: Reader, is_bare: bool = False) -> list[Any]:
    """`(1 2)`; in a MULTIPOINT many write it without its brackets."""
    if not reader.take("("):
        if is_bare:
            return _position(reader)
        reader.expect("(")
    position = _position(reader)
    reader.expect(")")
    return position


def _position(reader: Reader) -> list[Any]:
    position = [reader.number(), reader.number()]
    if not reader.ends():
        position.append(reader.number())
    return position
