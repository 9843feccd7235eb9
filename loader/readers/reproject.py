"""Geometries of another reference system, transformed to that of their column.

By PROJ and GEOS, which are the extra `geo`. Where a file is in the system of its
column, nothing of it is touched and neither is needed. Axes are in the order of x, y
(longitude, latitude), as all files have them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catchment.contract import Column, Geometry
from loader.readers.records import Batch, Records
from loader.readers.streams import Unreadable
from loader.validation.checks import type_check
from loader.validation.geometry import WGS_84

INSTALL = "`pip install 'catchment[geo]'`"
# CRS84 is EPSG:4326 with longitude first, which is how files have that too.
_LONGITUDE_FIRST = ("OGC:CRS84", "OGC:CRS84h")


def transformed(records: Records) -> Records:
    """The records, every geometry in the reference system of its column.

    Raises:
        Unreadable: where a geometry must be transformed and cannot be.
    """
    moves = {
        place: move
        for place, column in enumerate(records.columns)
        if (move := _move(column, records.systems))
    }
    if not moves:
        return records
    columns = tuple(
        replace(column, geometry=Geometry(source="wkb")) if place in moves else column
        for place, column in enumerate(records.columns)
    )
    return replace(records, columns=columns, batches=_moved(records.batches, moves))


def _moved(batches: Iterator[Batch], moves: Mapping[int, "_Move"]) -> Iterator[Batch]:
    for batch in batches:
        columns = [
            moves[place](values) if place in moves else values
            for place, values in enumerate(batch.columns)
        ]
        yield replace(batch, columns=columns, is_copy_text=False)


def _move(column: Column, systems: Mapping[str, str]) -> "_Move | None":
    """How a column's values are transformed; None where they stay.

    What a file says of itself goes before what the contract says of it.
    """
    geometry, srid = column.geometry, column.type.srid
    if geometry is None or geometry.source is None or srid is None:
        return None
    said = geometry.srid or (WGS_84 if geometry.source == "geojson" else srid)
    system = systems.get(column.name) or f"EPSG:{said}"
    return None if _srid(system) == srid else _Move.of(column, system)


def _srid(system: str) -> int | None:
    """The SRID of a system that is known by its number."""
    if system in _LONGITUDE_FIRST:
        return WGS_84
    found = re.fullmatch(r"EPSG:([0-9]+)", system, re.IGNORECASE)
    return int(found[1]) if found else None


class _Move:
    """Values in, hex WKB in the column's reference system out."""

    def __init__(self, column: Column, srid: int | None, name: str, transformer: Any):
        assert column.geometry is not None
        self._source = column.geometry.source or "wkb"
        self._holds = type_check(replace(column.type, srid=srid), self._source)
        self._has_z = column.type.has_z
        self._name = name
        self._transformer = transformer

    @classmethod
    def of(cls, column: Column, system: str) -> "_Move | None":
        """None where PROJ finds both systems to be the same.

        Raises:
            Unreadable: where PROJ is missing, or does not know one of them.
        """
        target = f"EPSG:{column.type.srid}"
        try:
            import pyproj
            import shapely  # noqa: F401
        except ImportError:
            said = f"is in {_name(system)}, and its column in {target}; to transform it"
            raise Unreadable(f"{said} the loader needs {INSTALL}") from None
        try:
            source, to = pyproj.CRS(system), pyproj.CRS(target)
        except pyproj.exceptions.CRSError:
            said = f"from {_name(system)} to {target}"
            raise Unreadable(
                f"cannot be transformed {said}: PROJ does not know them both"
            ) from None
        if source.equals(to, ignore_axis_order=True):
            return None
        if column.type.has_m:
            raise Unreadable(f"is in {source.name}, and M cannot be transformed")
        transformer = pyproj.Transformer.from_crs(source, to, always_xy=True)
        return cls(column, source.to_epsg(), source.name, transformer)

    def __call__(self, values: Sequence[str]) -> list[str]:
        """Transform what is a geometry; what is none is marked, and refused later."""
        import shapely

        found = [value if self._holds(value) else None for value in values]
        geometries = _READ[self._source](shapely, found)
        moved = shapely.transform(
            geometries, self._coordinates, include_z=self._has_z, interleaved=False
        )
        return [
            written or (f"{value[:60]} in {self._name}" if value else "")
            for written, value in zip(
                shapely.to_wkb(moved, hex=True), values, strict=True
            )
        ]

    def _coordinates(self, *ordinates: Any) -> Any:
        return self._transformer.transform(*ordinates)


def _name(system: str) -> str:
    """What people call a system that is written as WKT or PROJJSON."""
    found = re.search(r'^\w+\[\s*"([^"]+)|"name":\s*"([^"]+)', system)
    return (found[1] or found[2]) if found else system[:80]


# GEOS does not know EWKT.
_MARKED = re.compile(r"^\s*SRID=[0-9]+;", re.IGNORECASE)


def _from_wkt(shapely: Any, values: Sequence[str | None]) -> Any:
    plain = [value and _MARKED.sub("", value) for value in values]
    return shapely.from_wkt(plain, on_invalid="ignore")


def _from_wkb(shapely: Any, values: Sequence[str | None]) -> Any:
    return shapely.from_wkb(values, on_invalid="ignore")


def _from_geojson(shapely: Any, values: Sequence[str | None]) -> Any:
    return shapely.from_geojson(values, on_invalid="ignore")


_READ = {"wkt": _from_wkt, "wkb": _from_wkb, "geojson": _from_geojson}
