"""GeoJSON's geometries (RFC 7946, 3.1) as components."""

from api.openapi.types import Schema
from catchment.types import DataType

# How deep the lists of each go around a position.
_DEPTHS = {
    "Point": 0,
    "LineString": 1,
    "Polygon": 2,
    "MultiPoint": 1,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
ANY = "Geometry"


def components() -> dict[str, Schema]:
    """Each geometry or null by its name, and any of them."""
    by_name = {shape: _geometry([shape], depth) for shape, depth in _DEPTHS.items()}
    return {ANY: _any(), **by_name}


def ref(type_: DataType | None) -> Schema:
    """The component of a geometry column."""
    # A contract's shape may have Z or M behind it, and may be any.
    shape = (type_.shape or "").rstrip("ZM") if type_ else ""
    return {"$ref": f"#/components/schemas/{shape if shape in _DEPTHS else ANY}"}


def _geometry(names: list[str], depth: int) -> Schema:
    """A geometry or null, which each has of its own: beside a `$ref` nothing counts."""
    coordinates: Schema = {
        "type": "array",
        "description": "Longitude and latitude in degrees of WGS 84.",
        "minItems": 2,
        "maxItems": 4,
        "items": {"type": "number"},
    }
    for _ in range(depth):
        coordinates = {"type": "array", "items": coordinates}
    return {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": names},
            "coordinates": coordinates,
        },
    }


def _any() -> Schema:
    return {
        "type": "object",
        "nullable": True,
        "description": "A geometry of RFC 7946, in WGS 84 with the longitude first.",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": [*_DEPTHS, "GeometryCollection"]},
            "coordinates": {"type": "array", "items": {}},
            "geometries": {"type": "array", "items": {"type": "object"}},
        },
    }
