"""What a geometry must be, however it is written.

One of six shapes, the one of its column, with as many ordinates; every ordinate is
finite, and in WGS 84 within ±180 and ±90; lines have two positions, rings four, of
which the last is the first. What crosses itself is a geometry, and so is one without
any position: PostGIS keeps both.
"""

import math
from array import array

from catchment.types import DataType

SHAPES = (
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
)
# The least number of positions of each list of them.
LEAST = {
    "Point": 1,
    "MultiPoint": 1,
    "LineString": 2,
    "MultiLineString": 2,
    "Polygon": 4,
    "MultiPolygon": 4,
}
WGS_84 = 4326


def fits(type_: DataType, shape: str, has_z: bool, has_m: bool) -> bool:
    """Whether a column takes this shape with these ordinates."""
    wanted = (type_.shape or "").rstrip("ZM")
    return wanted in (shape, "Geometry") and (has_z, has_m) == (
        type_.has_z,
        type_.has_m,
    )


def are_positions(values: "array[float]", ordinates: int, srid: int | None) -> bool:
    """Whether ordinates, position by position, can be kept in a reference system."""
    if not all(map(math.isfinite, values)):
        return False
    if srid != WGS_84 or not values:
        return True
    x, y = values[::ordinates], values[1::ordinates]
    return min(x) >= -180 and max(x) <= 180 and min(y) >= -90 and max(y) <= 90


def is_part(values: "array[float]", ordinates: int, shape: str) -> bool:
    """Whether positions are enough for their shape, and a ring is closed.

    Postgres compares bytes: 0 and -0 do not close a ring.
    """
    if len(values) < LEAST[shape] * ordinates:
        return False
    first, last = values[:ordinates], values[-ordinates:]
    return not shape.endswith("Polygon") or first.tobytes() == last.tobytes()
