"""Rows as the texts that an answer is joined of.

Text joined by hand: st_asgeojson of a record puts the key into `properties`
before PostGIS 3.5, and json_agg is slower (docs/performance.md, "Serving").
"""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import column, comma

# Degrees: 6 decimals are 0.1 m, and 40 % less to send than 15
# (docs/performance.md, "Serving").
DECIMALS = 6
# A member's part of a feature's id. What would make two keys look alike is
# escaped, and ~ stands for null. (Twice %: psycopg reads one as a placeholder.)
_ID_PART = (
    "coalesce(replace(replace(replace(to_jsonb({member}) #>> '{{}}', "
    "'%%', '%%25'), ',', '%%2C'), '~', '%%7E'), '~')"
)


def json_object(table: str, names: Iterable[str]) -> Composable:
    """The text of a JSON object of these columns."""
    columns = comma(column(table, name) for name in names)
    # The alias is a name that no column has: it would stand for the column.
    return sql.SQL(
        'row_to_json((select ".object" from (select {}) as ".object"))::text'
    ).format(columns)


def feature(
    table: str, key: Iterable[str], geometry: Composable, properties: Iterable[str]
) -> Composable:
    """The text of a GeoJSON feature; `geometry` is GeoJSON as text, or null."""
    return sql.SQL(
        """'{{"type":"Feature","id":' || to_json({id})::text """
        """|| ',"geometry":' || coalesce({geometry}, 'null') """
        """|| ',"properties":' || {properties} || '}}'"""
    ).format(
        id=_feature_id(table, key),
        geometry=geometry,
        properties=json_object(table, properties),
    )


def geojson(table: str, name: str) -> Composable:
    """Exterior rings run counterclockwise (RFC 7946, 3.1.6)."""
    return sql.SQL("st_asgeojson(st_forcepolygonccw({}), {})").format(
        column(table, name), DECIMALS
    )


def _feature_id(table: str, key: Iterable[str]) -> Composable:
    parts = [sql.SQL(_ID_PART).format(member=column(table, name)) for name in key]
    return sql.SQL(" || ',' || ").join(parts) if parts else sql.SQL("'*'::text")
