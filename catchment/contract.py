"""The contract of a feed: what its files look like and what its rows must hold.

`catchment.contract_words` reads it from the YAML of a dbt source table.
"""

from dataclasses import dataclass

from catchment import globs
from catchment.types import DataType

JSON_FORMATS = ("json", "ndjson", "geojson")


@dataclass(frozen=True)
class Limit:
    """How many rejects a file may have: a count, or a share of its rows."""

    value: float
    is_share: bool

    def exceeded(self, rejected: int, rows: int) -> bool:
        """Also where no row is good: such a file must replace nothing."""
        if rejected and rejected == rows:
            return True
        return rejected > (self.value * rows if self.is_share else self.value)

    def __str__(self) -> str:
        return f"{self.value * 100:g}%" if self.is_share else f"{self.value:g}"


@dataclass(frozen=True)
class Geometry:
    """Where a geometry comes from: two number columns, or one text form."""

    x: str | None = None
    y: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a feed; constraint words as in JSON Schema."""

    name: str
    type: DataType
    description: str = ""
    header: tuple[str, ...] = ()
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] | None = None
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    geometry: Geometry | None = None

    @property
    def generated(self) -> bool:
        """Postgres makes it from other columns; no file holds it."""
        return self.geometry is not None and self.geometry.x is not None


@dataclass(frozen=True)
class Feed:
    """A contract: which objects belong to the feed, and what a row is."""

    name: str
    schema: str
    table: str
    files: tuple[str, ...]
    format: str
    columns: tuple[Column, ...]
    description: str = ""
    delimiter: str = ","
    records: str = ""
    reject_limit: Limit = Limit(1.0, is_share=True)
    on_reupload: str = "replace"
    file: str | None = None

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns that a file holds, in the order of the raw table."""
        return tuple(column for column in self.columns if not column.generated)

    def matches(self, key: str) -> bool:
        """Whether a decoded object key belongs to this feed; `.gz` is no matter."""
        key = key.removesuffix(".gz")
        return any(globs.compiled(pattern).fullmatch(key) for pattern in self.files)
