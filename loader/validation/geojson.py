"""Whether a text is a GeoJSON geometry that its column can hold (RFC 7946)."""

import json
import math
from dataclasses import dataclass
from typing import Any

from catchment.types import DataType
from loader.validation.geometry import LEAST, WGS_84

# How deep positions lie in `coordinates`.
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def is_geojson(type_: DataType, text: str) -> bool:
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
    if geometry.get("coordinates") == []:
        return not type_.has_z
    rule = _Rule(
        least=LEAST[found],
        ordinates=3 if type_.has_z else 2,
        is_ring=found.endswith("Polygon"),
        is_bound=type_.srid == WGS_84,
    )
    try:
        return _is_nested(geometry.get("coordinates"), _DEPTH[found], rule)
    except OverflowError:  # isfinite() of an integer of 400 digits
        return False


@dataclass(frozen=True)
class _Rule:
    """What lists of positions and positions must be; `is_bound` to degrees."""

    least: int
    ordinates: int
    is_ring: bool
    is_bound: bool


def _is_shallow(value: Any) -> bool:
    """PostGIS gives up on deep nesting, also of what it does not read."""
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, dict | list) for part in parts)


def _is_nested(value: Any, depth: int, rule: _Rule) -> bool:
    if depth == 0:
        return _is_position(value, rule)
    if not isinstance(value, list) or not value:
        return False
    if depth == 1 and (
        len(value) < rule.least or (rule.is_ring and value[0] != value[-1])
    ):
        return False
    return all(_is_nested(part, depth - 1, rule) for part in value)


def _is_position(value: Any, rule: _Rule) -> bool:
    if not (
        isinstance(value, list)
        and len(value) == rule.ordinates
        and all(
            isinstance(number, int | float)
            and not isinstance(number, bool)
            and math.isfinite(number)
            for number in value
        )
    ):
        return False
    return not rule.is_bound or (abs(value[0]) <= 180 and abs(value[1]) <= 90)
