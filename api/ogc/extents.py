"""Where and when the items of a collection are, once for each batch of its data."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools import Logger
from psycopg import errors, sql

from api import container
from api.answer.batches import AllServed, Batch
from api.query import extents
from api.question import values
from catchment.catalog import Catalog, Model
from catchment.database import Database

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
# A build may be under way: there is no extent now, and perhaps at the next request.
_NOT_NOW = (
    errors.InsufficientPrivilege,
    errors.ObjectNotInPrerequisiteState,
    errors.UndefinedColumn,
    errors.UndefinedTable,
)

logger = Logger(service="api", child=True)
# West, south, east, north.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Extent:
    """Degrees of WGS 84, and RFC 3339 moments of which None is unbounded."""

    bbox: Box | None = None
    interval: tuple[str | None, str | None] | None = None

    def document(self) -> dict[str, Any] | None:
        """The member `extent` of a collection; None where there is none."""
        document: dict[str, Any] = {}
        if self.bbox:
            document["spatial"] = {"bbox": [list(self.bbox)], "crs": CRS84}
        if self.interval:
            document["temporal"] = {"interval": [list(self.interval)], "trs": GREGORIAN}
        return document or None


NOWHERE = Extent()


@dataclass
class Extents:
    """What a container knows of the extents of one database's models."""

    database: Database
    _known: dict[str, tuple[str, Extent]] = field(default_factory=dict)

    def of(self, catalog: Catalog, model: Model, batch: Batch) -> Extent:
        """The extent of a model in this batch; only a new batch is looked at.

        A model that is too large to be looked at within the role's statement
        timeout has none until the next build: none rather than an estimate, and
        not the whole wait at each load.
        """
        known = self._known.get(model.name)
        if known and known[0] in (batch.id, catalog.hash):
            return known[1]
        try:
            found = self._read(catalog, model)
        except _NOT_NOW:
            return NOWHERE
        except errors.QueryCanceled:
            logger.warning("the extent of %s takes too long to be told", model.name)
            self._known[model.name] = (catalog.hash, NOWHERE)
            return NOWHERE
        self._known[model.name] = (batch.id, found)
        return found

    def _read(self, catalog: Catalog, model: Model) -> Extent:
        api = model.api
        # Of rows that not everyone may see not even the edges are told.
        if api is None or api.restrict:
            return NOWHERE
        type_ = values.type_of(model, api.time) if api.time else None
        box, interval = None, None
        if api.geometry:
            box = self._row(extents.box(model, catalog))
        if api.time and type_ and type_.name in values.TIME_TYPES:
            interval = self._row(extents.times(api.time, type_.name, model))
        return Extent(_bbox(box), _interval(interval))

    def _row(self, statement: sql.Composed) -> tuple[Any, ...] | None:
        return self.database.connection().execute(statement).fetchone()


def of_one(catalog: Catalog, model: Model) -> Box | None:
    """The box of one item, to show how to ask for a place; None where none is found.

    Of a model whose extent is told, so that it is no one's secret.
    """
    statement = extents.narrowest(model, catalog)
    try:
        row = container.database().connection().execute(statement).fetchone()
    except (*_NOT_NOW, errors.QueryCanceled):
        return None
    return _bbox(row)


_extents: Extents | None = None


def of(catalog: Catalog, model: Model, batch: Batch) -> Extent:
    """The extent of a model, as this container knows it or else finds it."""
    global _extents
    database = container.database()
    if _extents is None or _extents.database is not database:
        _extents = Extents(database)
    return _extents.of(catalog, model, batch)


def of_all(served: AllServed) -> Iterator[tuple[Model, Extent]]:
    """Every served model, by name, and its extent."""
    for model in served.models:
        yield model, of(served.catalog, model, served.batches[model.name])


def _bbox(row: tuple[Any, ...] | None) -> Box | None:
    """The box outwards to 6 decimals, as many as coordinates are answered with."""
    if row is None or row[0] is None:
        return None
    west, south, east, north = row
    return (
        max(-180.0, _rounded(west, math.floor)),
        max(-90.0, _rounded(south, math.floor)),
        min(180.0, _rounded(east, math.ceil)),
        min(90.0, _rounded(north, math.ceil)),
    )


def _rounded(degrees: float, way: Callable[[float], int]) -> float:
    # Rounded first to what the sums of floats do not reach: 8.2 is not 8.200001.
    return float(way(round(degrees * 1e6, 3)) / 1e6)


def _interval(row: tuple[Any, ...] | None) -> tuple[str | None, str | None] | None:
    """From the start of the first day or moment to the end of the last."""
    if row is None:
        return None
    first, last = row
    return _moment(first, "T00:00:00Z"), _moment(last, "T23:59:59Z")


def _moment(text: str | None, of_day: str) -> str | None:
    if text is None:
        return None
    return text.replace(".000000Z", "Z") if "T" in text else text + of_day
