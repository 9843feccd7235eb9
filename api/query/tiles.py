"""The statement that draws a tile."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.query import groups, shapes
from api.query.parts import NOTHING, Bound, column, comma, relation
from api.query.shapes import Shape
from api.query.where import where
from api.question.asked import GroupQuery, Query, RowQuery
from api.tiles import features
from api.tiles.features import Property
from api.tiles.grid import BUFFER, EXTENT, Tile
from catchment.catalog import Catalog

# Degrees. Web Mercator ends at 85.06 and has no poles: what lies beyond is cut off
# where no tile and no buffer shows the cut.
_MOST_LATITUDE = 86
# Up to here half a unit of the grid is worth taking out of a shape before it is cut:
# 56 large shapes at zoom 0 take half the time and half the bytes, at 3 the same.
_LAST_ZOOM_SIMPLIFIED = 2

# `grouped` are the features, for shapes of groups know them by that name. Each step
# ends with `offset 0`: Postgres would write a step twice into the next, and do it.
_TILE = """
with grouped as ({found}){shapes}, features as materialized (
    select {columns}
    from (
        select p.*, {flat} as ".flat"
        from (
            select g.*, {geometry} as ".geometry" from grouped as g{join} offset 0
        ) as p
        offset 0
    ) as f
)
select
    st_asmvt(f.*, {layer}, {extent}, '.shape'{id}),
    count(*),
    (select max(g.".matched") from grouped as g)
from features as f
where f.".shape" is not null
"""
_FLAT = """
st_transform(
    case
        when st_ymax(p.".geometry") > {most} or st_ymin(p.".geometry") < -{most}
        then st_clipbybox2d({geometry}, st_makeenvelope(-180, -{most}, 180, {most}))
        else {geometry}
    end,
    3857
)
"""
# A polygon too small or thin for the grid is a square of two units: it would vanish,
# and with it what a map of its group says.
_DRAWN = """
coalesce(
    st_asmvtgeom(f.".flat", {bounds}, {extent}, {buffer}),
    case when st_dimension(f.".flat") = 2 then st_asmvtgeom(
        st_expand(st_pointonsurface(f.".flat"), {unit}), {bounds}, {extent}, {buffer}
    ) end
) as ".shape"
"""


def select(query: Query, catalog: Catalog, tile: Tile) -> tuple[sql.Composed, Bound]:
    """One row: the tile as bytes, how many features it has, how many it should have.

    It has at most the query's limit of them. Whom it leaves out is drawn by lot, which
    falls the same for each of them at every zoom: any order of the data would empty
    one region and fill another.
    """
    bound = Bound()
    found, shape = _found(query, catalog, bound)
    id_ = features.id_column(query)
    statement = sql.SQL(_TILE).format(
        found=found,
        shapes=shape.shapes or NOTHING,
        geometry=_geometry(shape),
        join=shape.join or NOTHING,
        flat=_flat(tile, bound),
        columns=comma([*_columns(query, id_), _drawn(tile, bound)]),
        layer=bound.bind(query.model.name),
        extent=EXTENT,
        id=sql.SQL(", '.id'") if id_ else NOTHING,
    )
    return statement, bound


def _found(query: Query, catalog: Catalog, bound: Bound) -> tuple[Composable, Shape]:
    """The features `g` before they are drawn, and where their geometry is."""
    rows: Composable
    match query:
        case GroupQuery():
            shape = shapes.of(query, catalog, column)
            rows = groups.grouped(query, catalog, bound, shape.columns, shape.measure)
        case RowQuery():
            shape, rows = _of_rows(query, catalog, bound)
        case _:
            raise TypeError(f"no tile shows a {type(query).__name__}")
    found = sql.SQL(
        'select t.*, count(*) over () as ".matched" from ({}) as t{} limit {}'
    ).format(rows, _by_lot(features.key(query)), bound.bind(query.limit))
    return found, shape


def _of_rows(
    query: RowQuery, catalog: Catalog, bound: Bound
) -> tuple[Shape, Composable]:
    rows = query.endpoint
    if rows.geometry is None:
        raise ValueError(f"the model {query.model.name} has no geometry")
    shown = (shown.name for shown in features.properties(query))
    names = dict.fromkeys([*shown, *rows.key, rows.geometry.column])
    found = sql.SQL("select {} from {} as t{}").format(
        comma(column("t", name) for name in names),
        relation(query.model),
        where(query, catalog, bound),
    )
    return Shape(column("g", rows.geometry.column)), found


def _by_lot(key: tuple[str, ...]) -> Composable:
    if not key:
        return NOTHING
    names = comma(column("t", name) for name in key)
    return sql.SQL(" order by hashtextextended(row({})::text, 0)").format(names)


def _geometry(shape: Shape) -> Composable:
    if shape.measure:
        return sql.SQL("st_geomfromgeojson({})").format(shape.geometry)
    return shape.geometry


def _flat(tile: Tile, bound: Bound) -> Composable:
    """The geometry on the plane of Web Mercator."""
    geometry: Composable = column("p", ".geometry")
    if tile.zoom <= _LAST_ZOOM_SIMPLIFIED:
        half = bound.bind(tile.unit_in_degrees / 2)
        geometry = sql.SQL("st_simplify({}, {}, true)").format(geometry, half)
    return sql.SQL(_FLAT).format(geometry=geometry, most=_MOST_LATITUDE)


def _drawn(tile: Tile, bound: Bound) -> Composable:
    place = comma(map(bound.bind, (tile.zoom, tile.column, tile.row)))
    return sql.SQL(_DRAWN).format(
        bounds=sql.SQL("st_tileenvelope({})").format(place),
        extent=EXTENT,
        buffer=BUFFER,
        unit=bound.bind(tile.unit),
    )


def _columns(query: Query, id_: str | None) -> Iterable[Composable]:
    for shown in features.properties(query):
        yield sql.SQL("{} as {}").format(_written(shown), sql.Identifier(shown.name))
    if id_:
        yield sql.SQL('{} as ".id"').format(column("f", id_))


def _written(shown: Property) -> Composable:
    name = column("f", shown.name)
    if shown.is_native:
        return name
    if shown.kind == "number":
        return sql.SQL("{}::double precision").format(name)
    return sql.SQL("to_jsonb({}) #>> '{{}}'").format(name)
