"""Rows as the texts that an answer is joined of.

Text joined by hand: st_asgeojson of a record puts the key into `properties`
before PostGIS 3.5, and json_agg is slower (docs/performance.md, "Serving").
"""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import column, comma
from api.question.asked import Query
from catchment.catalog import Model
from catchment.types import parse_type

# A member's part of a feature's id. What would make two keys look alike, or end a
# path, is escaped, and ~ stands for null. (Twice %: psycopg reads one as a
# placeholder.)
_ID_PART = (
    "coalesce(replace(replace(replace(replace(to_jsonb({member}) #>> '{{}}', "
    "'%%', '%%25'), ',', '%%2C'), '~', '%%7E'), '/', '%%2F'), '~')"
)


def json_object(table: str, names: Iterable[str]) -> Composable:
    """The text of a JSON object of these columns."""
    columns = comma(column(table, name) for name in names)
    # The alias is a name that no column has: it would stand for the column.
    return sql.SQL(
        'row_to_json((select ".object" from (select {}) as ".object"))::text'
    ).format(columns)


def feature(
    table: str, id_: Composable, geometry: Composable, properties: Iterable[str]
) -> Composable:
    """The text of a GeoJSON feature; `id_` and `geometry` are texts of JSON."""
    return sql.SQL(
        """'{{"type":"Feature","id":' || {id} """
        """|| ',"geometry":' || coalesce({geometry}, 'null') """
        """|| ',"properties":' || {properties} || '}}'"""
    ).format(id=id_, geometry=geometry, properties=json_object(table, properties))


def feature_id(table: str, key: Iterable[str], model: Model) -> Composable:
    """What names a row or a group, as JSON: a number, or the text of all of it.

    GDAL makes numbers its own ids, and counts them itself where they are texts.
    """
    names = tuple(key)
    if len(names) == 1 and _is_integer(model, names[0]):
        number = column(table, names[0])
        return sql.SQL("""coalesce({}::text, '"~"')""").format(number)
    parts = [sql.SQL(_ID_PART).format(member=column(table, name)) for name in names]
    text = sql.SQL(" || ',' || ").join(parts) if parts else sql.SQL("'*'::text")
    return sql.SQL("to_json({})::text").format(text)


def geojson(table: str, name: str, query: Query) -> Composable:
    """The text of a geometry."""
    return sql.SQL("st_asgeojson({}, {})").format(
        simplified(table, name, query), query.precision
    )


def simplified(table: str, name: str, query: Query) -> Composable:
    """A geometry as coarse as the query asks for it.

    A polygon keeps its topology, so that it never vanishes, and a MultiPolygon of
    one polygon is not made a Polygon.
    """
    shape = _wound(column(table, name))
    if not query.simplify:
        return shape
    return sql.SQL(
        "(select case when st_geometrytype({0}) like 'ST_Multi%%' then st_multi(c.s) "
        "else c.s end from (select st_simplifypreservetopology({0}, {1}) as s) as c)"
    ).format(shape, query.simplify)


def _wound(geometry: Composable) -> Composable:
    """Exterior rings counterclockwise (RFC 7946, 3.1.6), and lines as they are.

    st_forcepolygonccw alone turns lines round (seen in PostGIS 3.3.2).
    """
    return sql.SQL(
        "case when geometrytype({0}) in ('POLYGON', 'MULTIPOLYGON') "
        "then st_forcepolygonccw({0}) else {0} end"
    ).format(geometry)


def _is_integer(model: Model, name: str) -> bool:
    type_ = parse_type(model.column(name).type)
    return type_ is not None and type_.name in ("smallint", "integer", "bigint")
