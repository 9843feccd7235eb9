"""The `bbox` parameter: degrees of WGS 84, longitude first."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Degrees; where it `is_rough`, a geometry whose own box meets it is within."""

    west: float
    south: float
    east: float
    north: float
    is_rough: bool = False


def parse(text: str) -> tuple[Box, ...]:
    """`west,south,east,north` as one box, or two if it crosses the dateline.

    Six numbers (`west,south,low,east,north,high`) are read without the heights.
    A box whose west is greater than its east crosses the dateline
    (https://docs.ogc.org/is/17-069r4/17-069r4.html#_parameter_bbox).

    Raises:
        ValueError: saying what is wrong with the text.
    """
    west, south, east, north = _numbers(text)
    if south > north:
        raise ValueError("the south of the box lies above its north")
    west, east = _longitudes(west, east)
    if west <= east:
        return (Box(west, south, east, north),)
    return Box(west, south, 180.0, north), Box(-180.0, south, east, north)


def _numbers(text: str) -> tuple[float, float, float, float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError("expected numbers with commas between them") from None
    if not all(map(math.isfinite, numbers)):
        raise ValueError("expected finite numbers")
    match numbers:
        case [west, south, east, north] | [west, south, _, east, north, _]:
            return west, south, east, north
    raise ValueError(f"expected 4 or 6 numbers, found {len(numbers)}")


def _longitudes(west: float, east: float) -> tuple[float, float]:
    """Longitudes within ±180: web maps send 170..190 past the dateline."""
    if east - west >= 360:
        return -180.0, 180.0
    return _wrapped(west), _wrapped(east)


def _wrapped(longitude: float) -> float:
    if -180 <= longitude <= 180:
        return longitude
    return (longitude + 180) % 360 - 180
