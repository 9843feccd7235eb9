"""Whether a text is the WKT of a geometry that its column can hold.

OGC 06-103r4, 7.2, as PostGIS reads it: `POINT Z (1 2 3)` and `POINT(1 2 3)` are
the same, and `SRID=4326;` may stand before (EWKT).
"""

import re
from array import array
from collections.abc import Iterator

from catchment.types import DataType
from loader.validation.geometry import SHAPES, are_positions, fits, is_part

PART = 1 << 16
_HEAD = re.compile(r"\s*(?:SRID=([0-9]{1,9});)?\s*([A-Z]+?)\s*(ZM|Z|M)?\s*(?=\(|EMPTY)")
_EMPTY = re.compile(r"EMPTY\s*")
# The innermost brackets, which hold positions.
_LIST = re.compile(r"\(([^()]*)\)")
# What is no decimal number, though float() or Postgres may take it for one.
_NO_NUMBER = re.compile(
    r"[^0-9eE+\-., \t\n\r]|(?<![0-9])\.|\.(?![0-9])|(?<![eE])\+|[eE]{2}"
)
# Blanks that Postgres does not know, and letters that Python takes for others.
_NO_WKT = re.compile(r"[^A-Za-z0-9=;+\-.,() \t\n\r]")
# Brackets around the lists of positions, each of which is written L.
_BODIES = {
    "Point": r"L",
    "LineString": r"L",
    "Polygon": r"\(L(?:,L)*\)",
    "MultiPoint": r"L|\(L(?:,L)*\)",
    "MultiLineString": r"\(L(?:,L)*\)",
    "MultiPolygon": r"\(\(L(?:,L)*\)(?:,\(L(?:,L)*\))*\)",
}
_BY_NAME = {shape.upper(): shape for shape in SHAPES}


def is_wkt(type_: DataType, text: str) -> bool:
    """Whether COPY into a column of this type would take the text."""
    head = None if _NO_WKT.search(text) else _HEAD.match(text[:200].upper())
    shape = _BY_NAME.get(head[2]) if head else None
    if head is None or shape is None or head[1] not in (None, str(type_.srid)):
        return False
    flags, body = head[3] or "", text[head.end() :]
    if _EMPTY.fullmatch(body[:20].upper()) and len(body) < 20:
        return fits(type_, shape, "Z" in flags, "M" in flags)
    try:
        return _is_body(type_, shape, flags, body)
    except ValueError:
        return False


def _is_body(type_: DataType, shape: str, flags: str, body: str) -> bool:
    lists: list[array[float]] = []
    ordinates = 0

    def listed(match: re.Match[str]) -> str:
        nonlocal ordinates
        ordinates = ordinates or len(match[1].partition(",")[0].split())
        lists.append(_numbers(match[1], ordinates))
        return "L"

    outline = "".join(_LIST.sub(listed, body).split())
    if not lists or not re.fullmatch(_BODIES[shape], outline):
        return False
    is_bare = shape == "Point" or (shape == "MultiPoint" and outline != "L")
    if is_bare and any(len(numbers) != ordinates for numbers in lists):
        return False
    has_z = "Z" in flags or (not flags and ordinates > 2)
    has_m = "M" in flags or (not flags and ordinates > 3)
    return (
        ordinates == 2 + has_z + has_m
        and fits(type_, shape, has_z, has_m)
        and all(is_part(numbers, ordinates, shape) for numbers in lists)
        and all(are_positions(numbers, ordinates, type_.srid) for numbers in lists)
    )


def _numbers(text: str, ordinates: int) -> "array[float]":
    """The ordinates of a list of positions, each of so many.

    Raises:
        ValueError: where it is none.
    """
    numbers = array("d")
    for part in _parts(text):
        if _NO_NUMBER.search(part):
            raise ValueError("no number")
        words = part.replace(",", " , ").split()
        commas = words[ordinates :: ordinates + 1]
        is_even = len(words) % (ordinates + 1) == ordinates
        if ordinates < 2 or not is_even or set(commas) - {","}:
            raise ValueError("uneven")
        del words[ordinates :: ordinates + 1]
        numbers.extend(map(float, words))
    return numbers


def _parts(text: str) -> Iterator[str]:
    """A list of positions in parts, for a million of them are as many words."""
    start = 0
    while (end := text.find(",", start + PART)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]
