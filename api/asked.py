"""What is asked of a model, once all of it is known to exist and to fit."""

from dataclasses import dataclass

from api.boxes import Box
from api.cursors import Cursor, Key
from api.media import JSON, Format
from catchment.catalog import Model
from catchment.endpoint import Dataset, Endpoint, Order, RowModel

DEFAULT_LIMIT = 1_000


@dataclass(frozen=True)
class Filter:
    """A column must have any of these values."""

    column: str
    values: tuple[str, ...]


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
class Query:
    """What is asked of any model.

    Attributes:
        order: the order of the answer; no two rows of it are equal in that.
        format: the form of the answer.
        cursor: where the page begins.
    """

    model: Model
    endpoint: Endpoint
    order: tuple[Order, ...]
    filters: tuple[Filter, ...] = ()
    ranges: tuple[Range, ...] = ()
    boxes: tuple[Box, ...] = ()
    limit: int = DEFAULT_LIMIT
    format: Format = JSON
    cursor: Cursor | None = None

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
    """Groups of a dataset's rows, in the order of what they are grouped by."""

    endpoint: Dataset

    @property
    def is_by_identity(self) -> bool:
        return True

    @property
    def group_by(self) -> tuple[str, ...]:
        return tuple(order.column for order in self.order)


@dataclass(frozen=True)
class RowQuery(Query):
    """Rows of a row model."""

    endpoint: RowModel

    @property
    def is_by_identity(self) -> bool:
        return {order.column for order in self.order} <= {*self.endpoint.key}

    @property
    def never_null(self) -> frozenset[str]:
        return frozenset(self.endpoint.key)
