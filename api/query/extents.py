"""Where and when the rows of a model are."""

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import NOTHING, column, relation
from catchment.catalog import Catalog, Model
from catchment.endpoint import Geometry, GroupGeometry

_MOMENT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''
# Texts, for Python has no year 10,000. A moment without a zone counts as UTC, as
# the parameter `datetime` takes it.
_TOLD = {
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "timestamp without time zone": f"to_char({{0}}, {_MOMENT})",
    "timestamp with time zone": f"to_char({{0}} at time zone 'UTC', {_MOMENT})",
}


def box(model: Model, catalog: Catalog) -> sql.Composed:
    """West, south, east, north of the geometries that the model's rows show.

    Exact, and so a scan: st_estimatedextent reads the statistics of a table as it
    once was, and a view has none.
    """
    geometry = model.api.geometry if model.api else None
    if geometry is None:
        raise ValueError(f"the model {model.name} has no geometry")
    return sql.SQL(
        "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) "
        "from (select st_extent({}) as e from {} as o{}) as extent"
    ).format(column("o", geometry.column), *_shown(geometry, model, catalog))


# Members of a model that are looked at for an example.
_FEW = 100


def narrowest(model: Model, catalog: Catalog) -> sql.Composed:
    """The box of one of some geometries that the model's rows show.

    The narrowest, for a state that crosses the date line has a box around the globe.
    """
    geometry = model.api.geometry if model.api else None
    if geometry is None:
        raise ValueError(f"the model {model.name} has no geometry")
    return sql.SQL(
        "select st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g) from ("
        "select {} as g from {} as o{} limit {}) as few where not st_isempty(g) "
        "order by st_xmax(g) - st_xmin(g) limit 1"
    ).format(column("o", geometry.column), *_shown(geometry, model, catalog), _FEW)


def times(name: str, type_name: str, model: Model) -> sql.Composed:
    """The first and the last time, as texts; null is unbounded, no row no time.

    A statement of its own: with nothing else beside them Postgres reads a least
    and a greatest value off the two ends of an index.
    """
    told = sql.SQL("case when isfinite({0}) then " + _TOLD[type_name] + " end")
    time = column("t", name)
    return sql.SQL(
        "select {}, {} from (select min({}) as first, max({}) as last from {} as t) "
        "as s where s.first is not null"
    ).format(
        told.format(column("s", "first")),
        told.format(column("s", "last")),
        time,
        time,
        relation(model),
    )


def _shown(
    geometry: Geometry, model: Model, catalog: Catalog
) -> tuple[Composable, Composable]:
    """The relation that holds the geometries, and which of its rows are shown."""
    match geometry:
        case GroupGeometry(dimension=dimension, model=str(name), key=str(key)):
            members = sql.SQL(" where {} in (select {} from {} as t)").format(
                column("o", key), column("t", dimension), relation(model)
            )
            return relation(catalog.models[name]), members
    return relation(model), NOTHING
