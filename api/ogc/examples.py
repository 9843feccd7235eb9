"""Questions about a collection to begin with, made of what it holds."""

from dataclasses import dataclass

from api.links import Address
from api.ogc.collections import endpoint_of
from api.ogc.extents import Extent
from catchment.catalog import Model
from catchment.endpoint import Dataset


@dataclass(frozen=True)
class Example:
    """The query of an address of items, and what it asks for."""

    query: str
    title: str


def of(model: Model, extent: Extent) -> list[Example]:
    """Examples within its place and time, which need not match anything."""
    endpoint = endpoint_of(model)
    asked = [({"limit": "10"}, "The first ten")]
    if extent.bbox:
        asked.append(({"bbox": _middle(extent.bbox)}, "What meets a box"))
    if extent.interval and extent.interval[1]:
        since = f"{extent.interval[1][:10]}/.."
        asked.append(({"datetime": since}, "What happened from a day on"))
    if isinstance(endpoint, Dataset):
        measure = endpoint.measures[0].name
        asked.append(({"sortby": f"-{measure}", "limit": "10"}, f"Most {measure}"))
    return [Example(Address("").href(**query), title) for query, title in asked]


def _middle(bbox: tuple[float, float, float, float]) -> str:
    """The middle half of a box, in each direction."""
    west, south, east, north = bbox
    width, height = (east - west) / 4, (north - south) / 4
    box = (west + width, south + height, east - width, north - height)
    return ",".join(f"{degrees:.6g}" for degrees in box)
