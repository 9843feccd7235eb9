"""What a model's `config.meta.api` says that the API may serve: its shapes.

A model is served in one of two ways. A `Dataset` has measures, which merge its
rows under any grouping; a `RowModel` has none and serves its rows as they are.
`catchment.dataset` reads both from what a person wrote.

A measure says how it merges, so that any grouping of a mart's rows is exact:
`sum`, `min` and `max` of a column, `ratio` of two summed columns (an average
is the ratio of a sum and a count, never an average of averages), `centroid`
of summed unit vectors x, y, z (the mean position on the sphere: longitudes
themselves have no mean across the date line).
"""

from dataclasses import dataclass

# Parameters of the API; a dimension of such a name could not be asked for.
API_PARAMETERS = (
    "dataset",
    "group_by",
    "measures",
    "properties",
    "bbox",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
    "limit",
    "cursor",
    "resultType",
    "skipGeometry",
    "precision",
    "simplify",
    "f",
)


@dataclass(frozen=True)
class Parameter:
    """A filter under a name of the path's own.

    `operator` is `equals` (any of the values), `from` or `to` (both inclusive).
    `default` are the values of an `equals` that a request does not name.
    """

    name: str
    operator: str
    column: str
    default: tuple[str, ...] = ()


@dataclass(frozen=True)
class Geometry:
    """The column of the model that holds the geometry of its rows."""

    column: str


@dataclass(frozen=True)
class GroupGeometry(Geometry):
    """The geometry of one dimension's members.

    `column` is a column of the dataset's own model or, where `model` is named,
    of that model, whose column `key` holds the dimension's values.
    """

    dimension: str
    model: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """What both ways of serving a model have.

    Attributes:
        dimensions: the columns that may be filtered by under their own names.
        time: the column that `datetime` filters.
        path: the plain path of the model, as `/stats/stations`.
        max_age: seconds for which an answer may be used without asking again.
        restrict: columns, each with the claim that says which of its values a
            caller may see.
    """

    title: str
    dimensions: tuple[str, ...]
    time: str | None = None
    geometry: Geometry | None = None
    path: str | None = None
    parameters: tuple[Parameter, ...] = ()
    max_age: int = 0
    restrict: tuple[tuple[str, str], ...] = ()

    def uses(self) -> set[str]:
        """Every column of the model that this definition stands on."""
        own = {*self.dimensions, *(p.column for p in self.parameters)}
        own |= {column for column, _ in self.restrict}
        return own | ({self.time} if self.time else set())

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)


@dataclass(frozen=True)
class Measure:
    name: str
    merge: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset(Endpoint):
    """A model whose rows merge: `group_by` is the grouping of who names none."""

    measures: tuple[Measure, ...]
    group_by: tuple[str, ...]
    geometry: GroupGeometry | None = None

    def uses(self) -> set[str]:
        own = {column for measure in self.measures for column in measure.columns}
        if self.geometry and not self.geometry.model:
            own.add(self.geometry.column)
        return super().uses() | own | {*self.group_by}


@dataclass(frozen=True)
class Order:
    """A column to order by; nulls come last in either direction."""

    column: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column


@dataclass(frozen=True, kw_only=True)
class RowModel(Endpoint):
    """A model that serves its rows.

    Attributes:
        key: the columns that together are unique, none of them ever null.
        order_by: the whole order of the rows, the key at its end.
        columns: what an answer shows, in its order.
    """

    key: tuple[str, ...]
    order_by: tuple[Order, ...]
    columns: tuple[str, ...]

    def uses(self) -> set[str]:
        own = {*self.key, *self.columns, *(order.column for order in self.order_by)}
        if self.geometry:
            own.add(self.geometry.column)
        return super().uses() | own
