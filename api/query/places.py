"""Where the geometry is that a row is asked for by."""

from collections.abc import Callable, Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import Bound, column, comma, relation
from api.question.asked import Query
from api.question.boxes import Box
from catchment.catalog import Catalog
from catchment.endpoint import GroupGeometry


def of_place(
    query: Query, catalog: Catalog, asked: Callable[[Composable], Composable]
) -> Composable:
    """Rows of whose own geometry, or whose member's, something is true.

    A model without a geometry has no such rows.
    """
    match query.endpoint.geometry:
        case None:
            return sql.SQL("false")
        case GroupGeometry(
            dimension=dimension, column=name, model=str(model), key=str(key)
        ):
            return sql.SQL("{} in (select {} from {} as o where {})").format(
                column("t", dimension),
                column("o", key),
                relation(catalog.models[model]),
                asked(column("o", name)),
            )
        case geometry:
            return asked(column("t", geometry.column))


def meets(geometry: Composable, boxes: Iterable[Box], bound: Bound) -> Composable:
    def one(box: Box) -> Composable:
        meeting = "({0} && {1} and st_intersects({0}, {1}))"
        return sql.SQL("{0} && {1}" if box.is_rough else meeting).format(
            geometry, envelope(box, bound)
        )

    return sql.SQL("({})").format(sql.SQL(" or ").join(map(one, boxes)))


def envelope(box: Box, bound: Bound) -> Composable:
    west, south, east, north = map(
        bound.bind, (box.west, box.south, box.east, box.north)
    )
    # A polygon without an area meets nothing: this makes a line or a point of it.
    if box.west == box.east or box.south == box.north:
        return sql.SQL(
            "st_envelope(st_setsrid(st_makeline("
            "st_makepoint({}, {}), st_makepoint({}, {})), 4326))"
        ).format(west, south, east, north)
    corners = comma((west, south, east, north))
    return sql.SQL("st_makeenvelope({}, 4326)").format(corners)
