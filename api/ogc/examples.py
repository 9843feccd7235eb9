"""Questions about a collection to begin with, made of what it holds."""

from dataclasses import dataclass

from api.links import Address
from api.ogc.collections import endpoint_of
from api.ogc.extents import Box, Extent
from catchment.catalog import Model
from catchment.endpoint import Dataset


@dataclass(frozen=True)
class Example:
    """The query of an address of items, and what it asks for."""

    query: str
    title: str


# Degrees around what is smaller.
_NEAR = 0.1


def of(model: Model, extent: Extent, one: Box | None = None) -> list[Example]:
    """Examples within its place and time.

    Args:
        one: the box of an item.
    """
    endpoint = endpoint_of(model)
    asked = [({"limit": "10"}, "The first ten")]
    if one:
        asked.append(({"bbox": _around(one)}, "What meets a box"))
    if extent.interval and extent.interval[1]:
        since = f"{extent.interval[1][:10]}/.."
        asked.append(({"datetime": since}, "What happened from a day on"))
    if isinstance(endpoint, Dataset):
        measure = endpoint.measures[0].name
        asked.append(
            ({"sortby": f"-{measure}", "limit": "10"}, f"The ten with most {measure}")
        )
    return [Example(Address("").href(**query), title) for query, title in asked]


def _around(bbox: Box) -> str:
    west, south, east, north = bbox
    near = _NEAR if min(east - west, north - south) < _NEAR else 0.0
    box = (west - near, south - near, east + near, north + near)
    return ",".join(f"{degrees:.6g}" for degrees in box)
