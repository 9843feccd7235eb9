"""The statement that answers a `Query`."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.params import Query
from api.query import shapes
from api.query.parts import NOTHING, Bound, column, comma, relation
from api.query.where import where
from catchment.catalog import Catalog
from catchment.dataset import Measure

# How a measure merges; each over the columns that it takes.
_MERGED = {
    "sum": "sum({0})",
    "min": "min({0})",
    "max": "max({0})",
    "ratio": "sum({0})::double precision / nullif(sum({1}), 0)",
    # The direction of summed unit vectors; of no rows at all, nothing.
    "centroid": "st_asgeojson(st_point(atan2d(sum({1}), sum({0})), "
    "atan2d(sum({2}), sqrt(sum({0}) ^ 2 + sum({1}) ^ 2))), {decimals})::json",
}
# A member's part of a feature's id. What would make two keys look alike is
# escaped, and ~ stands for null. (Twice %: psycopg reads one as a placeholder.)
_ID_PART = (
    "coalesce(replace(replace(replace(to_jsonb({member}) #>> '{{}}', "
    "'%%', '%%25'), ',', '%%2C'), '~', '%%7E'), '~')"
)


def select(query: Query, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """One text a group: a JSON object, or a GeoJSON feature.

    The groups come in the order of their key, nulls last, and one more of them
    than the limit, to tell whether there is a next page.
    """
    bound = Bound()
    if query.format == "geojson":
        return _features(query, catalog, bound), bound
    objects = sql.SQL("select row_to_json(g)::text from ({}) as g{}").format(
        _grouped(query, catalog, bound), _order(query, "g")
    )
    return objects, bound


def _features(query: Query, catalog: Catalog, bound: Bound) -> sql.Composed:
    """Features whose geometry is fetched once a group, after the limit.

    Text joined by hand: st_asgeojson of a record puts the key into `properties`
    before PostGIS 3.5, and json_agg is slower (docs/performance.md, "Serving").
    """
    shape = shapes.of(query, catalog)
    return sql.SQL(
        "with grouped as ({grouped}){shapes} "
        """select '{{"type":"Feature","id":' || to_json({id})::text """
        """|| ',"geometry":' || coalesce({geometry}, 'null') """
        """|| ',"properties":' || {properties} || '}}' """
        "from grouped as g{join}{order}"
    ).format(
        grouped=_grouped(query, catalog, bound, shape.columns),
        shapes=shape.shapes or NOTHING,
        id=_feature_id(query),
        geometry=shape.geometry,
        properties=_properties(query, shape.measure),
        join=shape.join or NOTHING,
        order=_order(query, "g"),
    )


def _feature_id(query: Query) -> Composable:
    members = (column("g", dimension) for dimension in query.group_by)
    parts = [sql.SQL(_ID_PART).format(member=member) for member in members]
    return sql.SQL(" || ',' || ").join(parts) if parts else sql.SQL("'*'::text")


def _properties(query: Query, geometry: str | None) -> Composable:
    """Dimensions and measures, without the measure that is the geometry."""
    names = [*query.group_by, *(m.name for m in query.dataset.measures)]
    kept = comma(column("g", name) for name in names if name != geometry)
    return sql.SQL("row_to_json((select p from (select {}) as p))::text").format(kept)


def _grouped(
    query: Query, catalog: Catalog, bound: Bound, also: Iterable[Composable] = ()
) -> sql.Composed:
    """Dimensions and merged measures of each group, below the filters."""
    dimensions = [column("t", dimension) for dimension in query.group_by]
    measures = [_measure(measure) for measure in query.dataset.measures]
    # Without a dimension an aggregate has a row even where nothing matched.
    groups = (
        sql.SQL(" group by {}").format(comma(dimensions))
        if dimensions
        else sql.SQL(" having count(*) > 0")
    )
    return sql.SQL("select {} from {} as t{}{}{} limit {}").format(
        comma([*dimensions, *measures, *also]),
        relation(query.model),
        where(query, catalog, bound),
        groups,
        _order(query, "t"),
        bound.bind(query.limit + 1),
    )


def _measure(measure: Measure) -> Composable:
    columns = (column("t", name) for name in measure.columns)
    merged = sql.SQL(_MERGED[measure.merge]).format(*columns, decimals=shapes.DECIMALS)
    return sql.SQL("{} as {}").format(merged, sql.Identifier(measure.name))


def _order(query: Query, table: str) -> Composable:
    keys = [
        sql.SQL("{} nulls last").format(column(table, dimension))
        for dimension in query.group_by
    ]
    return sql.SQL(" order by ") + comma(keys) if keys else NOTHING
