"""Spatial functions of CQL2 (OGC 21-065r2, 7.3), their geometries checked."""

import json
import math
from collections.abc import Callable
from typing import Any

from api.question import boxes
from api.question.boxes import Box
from api.question.conditions import Condition, Spatial
from api.question.cql2.names import Names
from api.question.cql2.parts import Number

# Each function, and what it is with its operands the other way round.
_MIRRORED = {
    "s_intersects": "s_intersects",
    "s_disjoint": "s_disjoint",
    "s_equals": "s_equals",
    "s_touches": "s_touches",
    "s_overlaps": "s_overlaps",
    "s_crosses": "s_crosses",
    "s_within": "s_contains",
    "s_contains": "s_within",
}
# GEOS relates no mixed collections (st_within: "does not support
# GeometryCollection"); what has a common point is asked part by part.
_OF_COLLECTIONS = ("s_intersects", "s_disjoint")
_MOST = (180.0, 90.0)


def condition(op: str, args: list[Any], names: Names) -> Condition:
    """The condition of a spatial function."""
    if op not in _MIRRORED:
        raise ValueError(f"there is no condition '{op[:40]}' here")
    place, other = args
    if not names.is_property(place):
        place, other, op = other, place, _MIRRORED[op]
    found = names.of(place)
    if not found.is_geometry:
        raise ValueError(f"{found.name} is no geometry")
    if isinstance(other, dict) and "bbox" in other and "type" not in other:
        return Spatial(op, _box(other))
    shape = _geometry(other)
    if shape["type"] == "GeometryCollection" and op not in _OF_COLLECTIONS:
        raise ValueError(f"{op} takes no GEOMETRYCOLLECTION")
    has_area = shape["type"] in ("Polygon", "MultiPolygon")
    return Spatial(op, json.dumps(shape), has_area)


def _box(document: dict[str, Any]) -> tuple[Box, ...]:
    corners = document["bbox"]
    if not isinstance(corners, list) or not all(isinstance(c, Number) for c in corners):
        raise ValueError("a BBOX has 4 or 6 numbers")
    return boxes.parse(",".join(corners))


def _geometry(document: Any) -> dict[str, Any]:
    """A GeoJSON geometry with only what it needs."""
    match document:
        case {"type": "GeometryCollection", "geometries": [_, *_] as members}:
            if any(_type(member) not in _COORDINATES for member in members):
                raise ValueError("a geometry in a GEOMETRYCOLLECTION is none")
            shapes = [_geometry(member) for member in members]
            return {"type": "GeometryCollection", "geometries": shapes}
        case {"type": str(type_), "coordinates": coordinates} if type_ in _COORDINATES:
            checked = _COORDINATES[type_](coordinates)
            return {"type": type_, "coordinates": checked}
    raise ValueError("a geometry is wanted, as POINT(7.5 50.1) or BBOX(7, 50, 8, 51)")


def _type(document: Any) -> str | None:
    found = document.get("type") if isinstance(document, dict) else None
    return found if isinstance(found, str) else None


def _position(document: Any) -> list[float]:
    """Longitude and latitude; a height is no matter on the plane."""
    if not isinstance(document, list) or len(document) not in (2, 3):
        raise ValueError("a position has 2 or 3 numbers")
    if not all(isinstance(number, Number) for number in document):
        raise ValueError("a position has 2 or 3 numbers")
    place = [float(number) for number in document[:2]]
    for number, most in zip(place, _MOST, strict=True):
        if not math.fabs(number) <= most:
            raise ValueError(
                f"({place[0]:g} {place[1]:g}) is not on the globe: longitude first, "
                "-180 to 180, then latitude, -90 to 90"
            )
    return place


def _list_of(
    read: Callable[[Any], Any], least: int, what: str
) -> Callable[[Any], list[Any]]:
    def read_all(document: Any) -> list[Any]:
        if not isinstance(document, list) or len(document) < least:
            raise ValueError(what)
        return [read(item) for item in document]

    return read_all


_positions = _list_of(_position, 1, "a MULTIPOINT has a position")
_line = _list_of(_position, 2, "a LINESTRING has at least 2 positions")
_lines = _list_of(_line, 1, "a MULTILINESTRING has a line")
_corners = _list_of(_position, 4, "a ring of a POLYGON has at least 4 positions")


def _ring(document: Any) -> list[Any]:
    corners = _corners(document)
    if corners[0] != corners[-1]:
        raise ValueError("a ring of a POLYGON ends where it begins")
    return corners


_rings = _list_of(_ring, 1, "a POLYGON has a ring")
_polygons = _list_of(_rings, 1, "a MULTIPOLYGON has a polygon")
_COORDINATES: dict[str, Callable[[Any], Any]] = {
    "Point": _position,
    "MultiPoint": _positions,
    "LineString": _line,
    "MultiLineString": _lines,
    "Polygon": _rings,
    "MultiPolygon": _polygons,
}
