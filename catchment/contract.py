"""The contract of a feed: what its files look like and what its rows must hold.

`catchment.contract_words` reads it from the YAML of a dbt source table.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from catchment import globs
from catchment.extract import Extract
from catchment.types import DataType

JSON_FORMATS = ("json", "ndjson", "geojson", "geojsonseq")
TEXT_FORMATS = ("csv", "tsv")
# They are read from a file on disk, for their readers go back and forth in it.
DISK_FORMATS = ("parquet", "xlsx", "shapefile", "geopackage")
# What a packed file has behind its name.
PACKED = (".gz", ".zst")
# What a key ends with, where a feed comes in several formats.
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".geojson": "geojson",
    ".geojsonl": "geojsonseq",
    ".geojsons": "geojsonseq",
    ".geojsonseq": "geojsonseq",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".xlsx": "xlsx",
    ".zip": "shapefile",
    ".gpkg": "geopackage",
}


def unpacked_key(key: str) -> str:
    """The key of an object without what says that it is packed."""
    for suffix in PACKED:
        key = key.removesuffix(suffix)
    return key


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
    """Where a geometry comes from: two number columns, or one form of writing it.

    `srid` is the file's, where the contract says it.
    """

    x: str | None = None
    y: str | None = None
    source: str | None = None
    srid: int | None = None


@dataclass(frozen=True)
class TimeZone:
    """The zone of a local time: its IANA name, or the feed that gives it.

    There `column` holds the zone of the row whose `key` is the same as here.
    """

    name: str | None = None
    feed: str | None = None
    key: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a feed; constraint words as in JSON Schema."""

    name: str
    type: DataType
    description: str = ""
    header: tuple[str, ...] = ()
    from_key: str | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] | None = None
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    format: str | None = None
    date_format: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ()
    time_zone: TimeZone | None = None
    geometry: Geometry | None = None
    pii: str | None = None
    varies: bool = False

    @property
    def stored(self) -> bool:
        """Whether the raw table has it; a file may hold it all the same."""
        return self.pii != "drop"

    @property
    def generated(self) -> bool:
        """Postgres makes it from other columns; no file holds it."""
        return self.geometry is not None and self.geometry.x is not None


@dataclass(frozen=True)
class Feed:
    """A contract: which objects belong to the feed, and what a row is.

    Attributes:
        warn_after, error_after: age of the newest load from which on the feed is
            late, and stale; dbt's words.
    """

    name: str
    schema: str
    table: str
    files: tuple[str, ...]
    formats: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str = ""
    yields: bool = False
    delimiter: str = ""
    encoding: tuple[str, ...] = ("utf-8",)
    header_line: str = "required"
    records: str = ""
    sheet: str = ""
    layer: str = ""
    trim: bool = False
    null_values: tuple[str, ...] = ()
    strict: bool = False
    unknown_columns: str = "ignore"
    reject_limit: Limit = Limit(1.0, is_share=True)
    on_reupload: str = "replace"
    on_delete: str = "keep"
    varies: tuple[str, ...] = ()
    warn_after: timedelta | None = None
    error_after: timedelta | None = None
    extract: Extract | None = None
    file: str | None = None

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns that a file holds, in the order of the raw table."""
        return tuple(c for c in self._given_columns if c.from_key is None)

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The columns whose value the object's key holds, one for all rows."""
        return tuple(c for c in self._given_columns if c.from_key is not None)

    @property
    def is_personal(self) -> bool:
        """Whether its files hold personal data, which are shown to nobody."""
        return any(column.pii for column in self.columns)

    @property
    def _given_columns(self) -> tuple[Column, ...]:
        """All but those that Postgres makes, with the words of the feed."""
        return tuple(
            replace(
                column,
                required=column.required or self.strict,
                null_values=column.null_values or self.null_values,
            )
            for column in self.columns
            if not column.generated
        )

    def matches(self, key: str) -> bool:
        """Whether a decoded object key belongs to this feed, packed or not."""
        return self.pattern_of(key) is not None

    def pattern_of(self, key: str) -> str | None:
        """The first of `files` that a decoded object key matches."""
        key = unpacked_key(key)
        found = (p for p in self.files if globs.compiled(p).fullmatch(key))
        return next(found, None)

    def delimiter_of(self, format_: str) -> str:
        """What stands between the fields of a csv or tsv file."""
        return self.delimiter or ("\t" if format_ == "tsv" else ",")

    def format_of(self, key: str) -> str:
        """The format of one of the feed's objects; of several, by its suffix."""
        if len(self.formats) == 1:
            return self.formats[0]
        plain = unpacked_key(key.lower())
        return next(f for suffix, f in SUFFIXES.items() if plain.endswith(suffix))
