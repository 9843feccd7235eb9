"""The statement of formats that are tables: values by their types, and a geometry."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from psycopg import sql
from psycopg.sql import Composable

from api.query import cells, groups, objects, rows, shapes
from api.query.order import key, order_by
from api.query.parts import NOTHING, Bound, column, comma
from api.query.shapes import Shape
from api.question import columns
from api.question.asked import GroupQuery, Query, RowQuery
from catchment.catalog import Catalog

_OBJECT = 'row_to_json((select ".object" from (select {}) as ".object"))::text'
_HEX = """encode(st_asbinary(g.".geometry"), 'hex') as {}"""
# Without measures along lines, which FlatGeobuf has and GDAL does not expect.
_PLAIN = """
encode(st_asbinary(
    case when st_zmflag(g.".geometry") >= 2 then st_force3dz(g.".geometry")
    else st_force2d(g.".geometry") end
), 'hex')
"""
# The box as a struct beside it, by which a reader may skip what lies elsewhere
# (GeoParquet 1.1, "covering"). box3d, for a box2d is of single precision.
_BOX = """
(select ".box" from (select
    st_xmin(b.box) as xmin, st_ymin(b.box) as ymin,
    st_xmax(b.box) as xmax, st_ymax(b.box) as ymax
from (select box3d(g.".geometry") as box) as b) as ".box") as {}
"""
_POSITION = """
|| coalesce(',' || translate(
    nullif(st_astext(st_force2d(g.".geometry"), {precision}), 'POINT EMPTY'),
    ' POINT()', ','
), ',,')
"""


@dataclass(frozen=True)
class _Found:
    """The rows of a page with what they need for a `.geometry`."""

    rows: Composable
    geometry: Composable
    before: Composable
    join: Composable


def select(query: Query, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """Two texts a row, as of other formats: what is written of it, and its key."""
    bound = Bound()
    match query:
        case GroupQuery():
            found = _groups(query, catalog, bound)
        case RowQuery():
            found = _rows(query, catalog, bound)
        case _:
            raise TypeError(f"no table answers {type(query).__name__}")
    # `offset 0`: Postgres would write a geometry twice that is looked at twice.
    statement = sql.SQL(
        "{before}select {written}, {key} from (select g.*, "
        '{geometry} as ".geometry" from {rows} as g{join} offset 0) as g{order}'
    ).format(
        before=found.before,
        written=_WRITTEN[query.format.rows](query),
        key=key(query, "g"),
        geometry=found.geometry,
        rows=found.rows,
        join=found.join,
        order=order_by(query, partial(column, "g")),
    )
    return statement, bound


def _rows(query: RowQuery, catalog: Catalog, bound: Bound) -> _Found:
    geometry: Composable = sql.SQL("null::geometry")
    if query.endpoint.geometry and not query.skips_geometry:
        geometry = _geometry(query)("g", query.endpoint.geometry.column)
    page = sql.SQL("({})").format(rows.page(query, catalog, bound))
    return _Found(page, geometry, NOTHING, NOTHING)


def _groups(query: GroupQuery, catalog: Catalog, bound: Bound) -> _Found:
    shape = _shape(query, catalog)
    return _Found(
        sql.SQL("grouped"),
        shape.geometry,
        sql.SQL("with grouped as ({}){} ").format(
            groups.page(query, catalog, bound, shape.columns, shape.measure),
            shape.shapes or NOTHING,
        ),
        shape.join or NOTHING,
    )


def _shape(query: GroupQuery, catalog: Catalog) -> Shape:
    if measure := columns.centroid(query):
        position = sql.SQL("st_geomfromgeojson({}::text)").format(
            column("g", measure.name)
        )
        return Shape(position, measure=measure)
    if not columns.has_geometry(query):
        return Shape(sql.SQL("null::geometry"))
    return shapes.of(query, catalog, _geometry(query))


def _geometry(query: Query) -> shapes.Written:
    """A geometry for this format, as fine as the query asks for it.

    Quantized: the bits behind its decimals are zero and take no room once they are
    compressed (10,000 polygons as Parquet: 1.8 MB instead of 3.4).
    """
    if query.format.rows == "cells":
        return lambda table, name: sql.SQL("st_pointonsurface({})").format(
            column(table, name)
        )
    return lambda table, name: sql.SQL("st_quantizecoordinates({}, {})").format(
        objects.simplified(table, name, query), query.precision
    )


def _line(query: Query) -> Composable:
    position: Composable = NOTHING
    if columns.has_position(query):
        position = sql.SQL(_POSITION).format(precision=query.precision)
    return cells.line("g", columns.shown(query), position)


def _record(query: Query) -> Composable:
    values = cells.record("g", columns.shown(query))
    if columns.has_geometry(query):
        geometry, box = columns.geometry_names(query)
        values.append(sql.SQL(_HEX).format(sql.Identifier(geometry)))
        values.append(sql.SQL(_BOX).format(sql.Identifier(box)))
    return sql.SQL(_OBJECT).format(comma(values))


def _attributes(query: Query) -> Composable:
    values = cells.attributes("g", columns.shown(query))
    return sql.SQL("json_build_array({})::text").format(
        comma([sql.SQL(_PLAIN), *values])
    )


_WRITTEN: dict[str, Callable[[Query], Composable]] = {
    "cells": _line,
    "record": _record,
    "attributes": _attributes,
}
