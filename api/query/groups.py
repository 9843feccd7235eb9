"""The statement that answers a `GroupQuery`."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.asked import GroupQuery
from api.query import objects, shapes
from api.query.order import key, order_by
from api.query.parts import NOTHING, Bound, column, comma, relation
from api.query.where import where
from catchment.catalog import Catalog
from catchment.endpoint import Measure

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


def select(query: GroupQuery, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """One text a group, a JSON object or a GeoJSON feature, and its key.

    The groups come in the order of their key, nulls last, and one more of them
    than the limit, to tell whether there is a next page.
    """
    bound = Bound()
    if query.format.rows == "feature":
        return _features(query, catalog, bound), bound
    objects_ = sql.SQL("select row_to_json(g.*)::text, {} from ({}) as g{}").format(
        key(query, "g"), _grouped(query, catalog, bound), order_by(query, "g")
    )
    return objects_, bound


def _features(query: GroupQuery, catalog: Catalog, bound: Bound) -> sql.Composed:
    """Features whose geometry is fetched once a group, after the limit."""
    shape = shapes.of(query, catalog)
    return sql.SQL(
        "with grouped as ({grouped}){shapes} "
        "select {feature}, {key} from grouped as g{join}{order}"
    ).format(
        grouped=_grouped(query, catalog, bound, shape.columns),
        shapes=shape.shapes or NOTHING,
        feature=objects.feature(
            "g", query.group_by, shape.geometry, _properties(query, shape.measure)
        ),
        key=key(query, "g"),
        join=shape.join or NOTHING,
        order=order_by(query, "g"),
    )


def _properties(query: GroupQuery, geometry: str | None) -> list[str]:
    """Dimensions and measures, without the measure that is the geometry."""
    names = [*query.group_by, *(m.name for m in query.endpoint.measures)]
    return [name for name in names if name != geometry]


def _grouped(
    query: GroupQuery, catalog: Catalog, bound: Bound, also: Iterable[Composable] = ()
) -> sql.Composed:
    """Dimensions and merged measures of each group, below the filters."""
    dimensions = [column("t", dimension) for dimension in query.group_by]
    measures = [_measure(measure) for measure in query.endpoint.measures]
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
        order_by(query, "t"),
        bound.bind(query.limit + 1),
    )


def _measure(measure: Measure) -> Composable:
    columns = (column("t", name) for name in measure.columns)
    merged = sql.SQL(_MERGED[measure.merge]).format(*columns, decimals=objects.DECIMALS)
    return sql.SQL("{} as {}").format(merged, sql.Identifier(measure.name))
