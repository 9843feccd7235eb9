"""What is asked of a model, once all of it is known to exist and to fit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.media import JSON, Format
from api.question.boxes import Box
from api.question.cursors import Cursor, Key
from catchment.catalog import Model
from catchment.endpoint import Dataset, Endpoint, Measure, Order, RowModel

if TYPE_CHECKING:
    from api.question.conditions import Condition

DEFAULT_LIMIT = 1_000
# Decimals of a coordinate in degrees: 6 are 0.1 m, and 40 % less to send than 15
# (docs/performance.md, "Serving").
DEFAULT_PRECISION = 6


@dataclass(frozen=True)
class Range:
    """A column must lie from `start` on until `end`; None is unbounded.

    `end` itself belongs to the range only if it is `closed`. Without either
    bound the column must have a value.
    """

    column: str
    start: object | None = None
    end: object | None = None
    closed: bool = True


@dataclass(frozen=True)
class Filter:
    """A column must have any of these values, or lie in any of these ranges.

    None among the values stands for having none.
    """

    column: str
    values: tuple[str | None, ...]
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True)
class Query:
    """What is asked of any model.

    Attributes:
        order: the order of the answer; no two rows of it are equal in that.
        condition: what `filter` says beside the filters by name.
        format: the form of the answer.
        precision: decimals of coordinates.
        simplify: degrees by which the lines of a geometry may be moved.
        skips_geometry: whether rows are answered without theirs.
        hits: whether only the number of rows is asked for.
        cursor: where the page begins.
        is_limited: whether `filters` hold those of the model's `restrict`.
    """

    model: Model
    endpoint: Endpoint
    order: tuple[Order, ...]
    filters: tuple[Filter, ...] = ()
    ranges: tuple[Range, ...] = ()
    boxes: tuple[Box, ...] = ()
    condition: "Condition | None" = None
    limit: int = DEFAULT_LIMIT
    format: Format = JSON
    cursor: Cursor | None = None
    is_limited: bool = False
    precision: int = DEFAULT_PRECISION
    simplify: float = 0.0
    skips_geometry: bool = False
    hits: bool = False

    @property
    def after(self) -> Key | None:
        """The values of `order` in the row before the page."""
        return self.cursor.key if self.cursor else None

    @property
    def is_by_identity(self) -> bool:
        """Whether nothing orders the rows but what names them.

        A refresh moves no row in such an order: who goes on behind a cursor
        neither misses nor doubles a row that was there all the time.
        """
        raise NotImplementedError

    @property
    def never_null(self) -> frozenset[str]:
        """The columns of the order that are never null."""
        return frozenset()


@dataclass(frozen=True)
class GroupQuery(Query):
    """Groups of a dataset's rows.

    Attributes:
        group_by: the dimensions that the rows are grouped by.
        measures: what is answered of each group, beside them.
    """

    endpoint: Dataset
    group_by: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def is_by_identity(self) -> bool:
        return {order.column for order in self.order} <= {*self.group_by}


@dataclass(frozen=True)
class RowQuery(Query):
    """Rows of a row model.

    Attributes:
        columns: what is answered of each row.
    """

    endpoint: RowModel
    columns: tuple[str, ...] = ()

    @property
    def is_by_identity(self) -> bool:
        return {order.column for order in self.order} <= {*self.endpoint.key}

    @property
    def never_null(self) -> frozenset[str]:
        return frozenset(self.endpoint.key)
