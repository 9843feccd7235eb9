"""Whether a text is a GeoJSON geometry that its column can hold (RFC 7946)."""

import json
import math
from typing import Any

from catchment.types import DataType

# How deep positions lie in `coordinates`, and the least number of positions of
# the innermost list.
_DEPTH = {
    "Point": (0, 1),
    "MultiPoint": (1, 1),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}


def is_geometry(type_: DataType, text: str) -> bool:
    """Whether COPY into a column of this type would take the text."""
    if not text.startswith("{"):  # PostGIS takes it for WKT
        return False
    try:
        geometry = json.loads(text)
    except (ValueError, RecursionError):
        return False
    shape = (type_.shape or "").rstrip("ZM")
    if not isinstance(geometry, dict) or "crs" in geometry:
        return False
    others = (value for word, value in geometry.items() if word != "coordinates")
    if not all(map(_is_shallow, others)):
        return False
    found = geometry.get("type")
    if found not in _DEPTH or shape not in (found, "Geometry"):
        return False
    depth, least = _DEPTH[found]
    ordinates = 3 if type_.has_z else 2
    is_ring = found.endswith("Polygon")
    return _is_nested(geometry.get("coordinates"), depth, least, ordinates, is_ring)


def _is_shallow(value: Any) -> bool:
    """PostGIS gives up on deep nesting, also of what it does not read."""
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, dict | list) for part in parts)


def _is_nested(value: Any, depth: int, least: int, ordinates: int, ring: bool) -> bool:
    if depth == 0:
        return _is_position(value, ordinates)
    if not isinstance(value, list) or not value:
        return False
    if depth == 1 and (len(value) < least or (ring and value[0] != value[-1])):
        return False
    return all(_is_nested(part, depth - 1, least, ordinates, ring) for part in value)


def _is_position(value: Any, ordinates: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == ordinates
        and all(
            isinstance(number, int | float)
            and not isinstance(number, bool)
            and math.isfinite(number)
            for number in value
        )
        and abs(value[0]) <= 180
        and abs(value[1]) <= 90
    )
