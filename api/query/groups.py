"""The statement that answers a `GroupQuery`."""

from collections.abc import Callable, Iterable
from functools import partial

from psycopg import sql
from psycopg.sql import Composable

from api.query import objects, shapes
from api.query.order import after, key, order_by
from api.query.parts import NOTHING, Bound, column, comma, relation
from api.query.where import where
from api.question.asked import GroupQuery
from catchment.catalog import Catalog, Model
from catchment.endpoint import Measure
from catchment.types import parse_type

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
# Sums of floats that a cursor may be made of: a float's last digits depend on the
# order in which it is summed, which no two statements share.
_EXACT = {
    **_MERGED,
    "sum": "sum({0}::double precision::numeric)::double precision",
    "ratio": "sum({0}::double precision::numeric)::double precision "
    "/ nullif(sum({1}::double precision::numeric), 0)::double precision",
}


def select(query: GroupQuery, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """One text a group, a JSON object or a GeoJSON feature, and its key.

    The groups come in their order, nulls last, and one more of them than the
    limit, to tell whether there is a next page.
    """
    bound = Bound()
    if query.format.rows == "feature":
        return _features(query, catalog, bound), bound
    names = [*query.group_by, *(measure.name for measure in query.measures)]
    objects_ = sql.SQL("select {}, {} from ({}) as g{}").format(
        objects.json_object("g", names),
        key(query, "g"),
        page(query, catalog, bound),
        order_by(query, partial(column, "g")),
    )
    return objects_, bound


def _features(query: GroupQuery, catalog: Catalog, bound: Bound) -> sql.Composed:
    """Features whose geometry is fetched once a group, after the limit."""
    shape = shapes.of(query, catalog)
    return sql.SQL(
        "with grouped as ({grouped}){shapes} "
        "select {feature}, {key} from grouped as g{join}{order}"
    ).format(
        grouped=page(query, catalog, bound, shape.columns, shape.measure),
        shapes=shape.shapes or NOTHING,
        feature=objects.feature(
            "g",
            objects.feature_id("g", query.group_by, query.model),
            shape.geometry,
            _properties(query, shape.measure),
        ),
        key=key(query, "g"),
        join=shape.join or NOTHING,
        order=order_by(query, partial(column, "g")),
    )


def _properties(query: GroupQuery, geometry: Measure | None) -> list[str]:
    """Dimensions and measures, without the measure that is the geometry."""
    measures = (measure for measure in query.measures if measure != geometry)
    return [*query.group_by, *(measure.name for measure in measures)]


def page(
    query: GroupQuery,
    catalog: Catalog,
    bound: Bound,
    also: Iterable[Composable] = (),
    geometry: Measure | None = None,
) -> sql.Composed:
    """The first groups of the order, behind the cursor."""
    return sql.SQL("{}{} limit {}").format(
        grouped(query, catalog, bound, also, geometry),
        order_by(query, _member(query)),
        bound.bind(query.limit + 1),
    )


def grouped(
    query: GroupQuery,
    catalog: Catalog,
    bound: Bound,
    also: Iterable[Composable] = (),
    geometry: Measure | None = None,
) -> sql.Composed:
    """Dimensions and merged measures of each group, below the filters.

    Args:
        also: what else each group holds.
        geometry: a measure that is needed whether it is asked for or not.
    """
    dimensions = [column("t", dimension) for dimension in query.group_by]
    measures = [_named(measure, query) for measure in _needed(query, geometry)]
    return sql.SQL("select {} from {} as t{}{}{}").format(
        comma([*dimensions, *measures, *also]),
        relation(query.model),
        where(query, catalog, bound, behind=query.is_by_identity),
        sql.SQL(" group by {}").format(comma(dimensions)) if dimensions else NOTHING,
        _having(query, bound),
    )


def _having(query: GroupQuery, bound: Bound) -> Composable:
    """What is asked of a group: that it has rows, and lies behind the cursor."""
    conditions: list[Composable] = []
    if not query.group_by:
        # Without a dimension an aggregate has a row even where nothing matched.
        conditions.append(sql.SQL("count(*) > 0"))
    if query.after is not None and not query.is_by_identity:
        conditions.append(after(query, bound, _member(query)))
    if not conditions:
        return NOTHING
    return sql.SQL(" having ") + sql.SQL(" and ").join(conditions)


def _needed(query: GroupQuery, geometry: Measure | None) -> Iterable[Measure]:
    """Measures that are answered, ordered by, or the geometry, each once."""
    ordered = {by.column for by in query.order}
    for measure in query.endpoint.measures:
        if measure in (*query.measures, geometry) or measure.name in ordered:
            yield measure


def _member(query: GroupQuery) -> Callable[[str], Composable]:
    """What a name of the order stands for among the rows to be grouped."""
    measures = {measure.name: measure for measure in query.endpoint.measures}

    def member(name: str) -> Composable:
        found = measures.get(name)
        return _merged(found, query) if found else column("t", name)

    return member


def _named(measure: Measure, query: GroupQuery) -> Composable:
    merged = _merged(measure, query)
    return sql.SQL("{} as {}").format(merged, sql.Identifier(measure.name))


def _merged(measure: Measure, query: GroupQuery) -> Composable:
    is_ordered = any(by.column == measure.name for by in query.order)
    is_exact = is_ordered and _has_floats(measure, query.model)
    how = (_EXACT if is_exact else _MERGED)[measure.merge]
    columns = (_summed(query.model, name) for name in measure.columns)
    return sql.SQL(how).format(*columns, decimals=query.precision)


def _summed(model: Model, name: str) -> Composable:
    """Postgres sums real in single precision: 3 M tenths came to 290,774.78."""
    type_ = parse_type(model.column(name).type)
    is_real = type_ is not None and type_.name == "real"
    return sql.SQL("{}::double precision" if is_real else "{}").format(
        column("t", name)
    )


def _has_floats(measure: Measure, model: Model) -> bool:
    """Also where a type is not known."""
    types = (parse_type(model.column(name).type) for name in measure.columns)
    return any(
        type_ is None or type_.name in ("real", "double precision") for type_ in types
    )
