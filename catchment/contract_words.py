"""Read contracts as people write them, and name every mistake in one go.

A contract is a dbt source table with `config.meta.feed`, as it stands in dbt's
manifest or in `ops.catalog`. Constraint words are those of JSON Schema
(https://json-schema.org/draft/2020-12/json-schema-validation).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catchment import globs
from catchment.contract import JSON_FORMATS, Column, Feed, Geometry, Limit
from catchment.mistakes import ContractError, Mistake
from catchment.types import KNOWN, DataType, parse_type
from catchment.words import Words

FORMATS = ("csv", "tsv", *JSON_FORMATS)
ON_REUPLOAD = ("replace", "append")
GEOMETRY_SOURCES = ("geojson",)
# What COPY takes (https://www.postgresql.org/docs/current/sql-copy.html), but for
# upper case, digits and quotes.
DELIMITER = re.compile(r'[^A-Za-z0-9."\\\r\n\0\x80-\U0010ffff]')
RAW = "raw"
WGS_84 = 4326
AUDIT_COLUMNS = ("_load_id", "_row_number")
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def parse(source: Mapping[str, Any]) -> Feed:
    """Read one source table of the manifest's shape as a contract.

    Raises:
        ContractError: with every mistake of the contract, not only the first.
    """
    mistakes: list[Mistake] = []
    feed = _Parser(source, mistakes).feed()
    if mistakes:
        raise ContractError(mistakes)
    return feed


def parse_all(sources: Sequence[Mapping[str, Any]]) -> tuple[Feed, ...]:
    """Read all contracts and check that no key can belong to two of them.

    Raises:
        ContractError: with every mistake of every contract.
    """
    mistakes: list[Mistake] = []
    feeds = tuple(_Parser(source, mistakes).feed() for source in sources)
    mistakes.extend(_shared_names(feeds))
    mistakes.extend(_shared_keys(feeds))
    if mistakes:
        raise ContractError(mistakes)
    return feeds


def _shared_names(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    seen: dict[str, Feed] = {}
    for feed in feeds:
        if feed.name in seen:
            yield Mistake(
                f"feed {feed.name}",
                f"another feed in {seen[feed.name].file} has this name",
                file=feed.file,
            )
        seen[feed.name] = feed


def _shared_keys(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    for number, feed in enumerate(feeds):
        for other in feeds[:number]:
            for pattern in feed.files:
                for taken in other.files:
                    if globs.overlap(pattern, taken):
                        yield Mistake(
                            f"feed {feed.name}",
                            f"files '{pattern}' can match the same key as "
                            f"'{taken}' of feed {other.name}",
                            word="files",
                            file=feed.file,
                        )


class _Parser:
    """Reads one contract; what is wrong goes to `mistakes`, never raised."""

    def __init__(self, source: Mapping[str, Any], mistakes: list[Mistake]):
        self.source = source
        self.name = str(source["name"])
        self.file = source.get("original_file_path")
        self.mistakes = mistakes

    def wrong(
        self, message: str, column: str | None = None, word: str | None = None
    ) -> None:
        self.mistakes.append(
            Mistake(f"feed {self.name}", message, column, word, self.file)
        )

    def words(self, raw: Any, column: str | None = None, inside: str = "") -> Words:
        return Words(
            raw, lambda message, word: self.wrong(message, column, word or inside)
        )

    def feed(self) -> Feed:
        words = self.words(self.source["config"]["meta"]["feed"], inside="feed")
        format_ = words.one_of("format", FORMATS, required=True) or "csv"
        columns = self.columns(format_)
        feed = Feed(
            name=self.name,
            schema=self.source["schema"],
            table=self.source["identifier"],
            description=self.source.get("description", ""),
            files=words.texts("files", required=True),
            format=format_,
            columns=columns,
            delimiter=words.text("delimiter") or ("\t" if format_ == "tsv" else ","),
            records=words.text("records") or "",
            reject_limit=words.value("reject_limit", parse_limit) or Limit(1.0, True),
            on_reupload=words.one_of("on_reupload", ON_REUPLOAD) or "replace",
            file=self.file,
        )
        words.no_others()
        self.check_feed(feed, words)
        return feed

    def check_feed(self, feed: Feed, words: Words) -> None:
        if not DELIMITER.fullmatch(feed.delimiter):
            self.wrong(
                "delimiter must be one ASCII character, and no letter, digit, point, "
                "quote, backslash or line end",
                word="delimiter",
            )
        if feed.format != "json" and words.given("records"):
            self.wrong("records is a word of format json", word="records")
        if feed.format in JSON_FORMATS and words.given("delimiter"):
            self.wrong("delimiter is a word of csv and tsv", word="delimiter")
        for pattern in feed.files:
            if message := globs.problem(pattern):
                self.wrong(f"files '{pattern}': {message}", word="files")
            if pattern.endswith(".gz"):
                self.wrong(
                    f"files '{pattern}': leave .gz away, packed files match without it",
                    word="files",
                )
        if not feed.columns:
            self.wrong("has no columns")
        if not IDENTIFIER.fullmatch(feed.table) or "__" in feed.table:
            self.wrong("its name must be lower case letters, digits and single _")
        if feed.schema != RAW:
            self.wrong(f"the schema of its source must be {RAW}", word="schema")

    def columns(self, format_: str) -> tuple[Column, ...]:
        raw = self.source["columns"]
        entries = raw.values() if isinstance(raw, Mapping) else raw
        columns = tuple(self.column(entry) for entry in entries)
        by_name = {column.name: column for column in columns}
        for column in columns:
            self.check_geometry(column, by_name, format_)
        return columns

    def column(self, raw: Mapping[str, Any]) -> Column:
        name = str(raw["name"])
        meta = (raw.get("config") or {}).get("meta") or raw.get("meta") or {}
        words = self.words(meta, name, inside="meta")
        column = Column(
            name=name,
            type=self.type(name, raw.get("data_type")),
            description=raw.get("description", ""),
            header=words.texts("header") or (name,),
            required=words.flag("required"),
            minimum=words.number("minimum"),
            maximum=words.number("maximum"),
            enum=words.texts("enum") or None,
            pattern=words.value("pattern", parse_pattern),
            min_length=words.count("minLength"),
            max_length=words.count("maxLength"),
            geometry=words.value("geometry", parse_geometry),
        )
        words.no_others()
        self.check_column(column, words)
        return column

    def type(self, column: str, data_type: Any) -> DataType:
        parsed = parse_type(str(data_type or ""))
        if parsed is None:
            said = f"unknown type '{data_type}'" if data_type else "has no data_type"
            self.wrong(f"{said}; known: {', '.join(KNOWN)}", column, "data_type")
            return DataType("text")
        return parsed

    def check_column(self, column: Column, words: Words) -> None:
        name = column.name
        if not IDENTIFIER.fullmatch(name):
            self.wrong("name must be lower case letters, digits and _", name)
        if column.generated:
            for word in words.given_beside("geometry"):
                self.wrong(f"{word} on a column that Postgres makes", name, word)
        if name in AUDIT_COLUMNS:
            self.wrong("this name is the platform's own", name)
        for word in ("minimum", "maximum"):
            if words.given(word) and not column.type.is_number:
                self.wrong(f"{word} needs a number, not {column.type}", name, word)
        for word in ("pattern", "minLength", "maxLength"):
            if words.given(word) and column.type.name != "text":
                self.wrong(f"{word} needs text, not {column.type}", name, word)
        low, high = column.minimum, column.maximum
        if low is not None and high is not None and low > high:
            self.wrong("minimum is above maximum", name, "minimum")

    def check_geometry(
        self, column: Column, columns: Mapping[str, Column], format_: str
    ) -> None:
        geometry, type_ = column.geometry, column.type

        def wrong(message: str, word: str = "geometry") -> None:
            self.wrong(message, column.name, word)

        if geometry is None:
            if type_.name == "geometry":
                sources = ", ".join(GEOMETRY_SOURCES)
                wrong(
                    f"geometry must say where it comes from: {{x: …, y: …}}, {sources}",
                    "data_type",
                )
        elif type_.name != "geometry":
            wrong(f"geometry on a column of type {type_}")
        elif geometry.source is None:
            if type_.shape not in ("Point", "Geometry"):
                wrong(f"{{x: …, y: …}} makes a Point, not a {type_.shape}", "data_type")
            self.check_axis(column, columns, geometry.x, 180)
            self.check_axis(column, columns, geometry.y, 90)
        else:
            if format_ not in JSON_FORMATS:
                wrong(f"geojson geometry cannot come from {format_}")
            if type_.srid != WGS_84 or type_.has_m:
                wrong("GeoJSON is in WGS 84 without M: geometry(…,4326)", "data_type")

    def check_axis(
        self, column: Column, columns: Mapping[str, Column], name: str | None, most: int
    ) -> None:
        """One number column that a geometry is made of; degrees have an end."""
        axis = columns.get(name or "")
        if axis is None:
            message = f"geometry from a missing column '{name}'"
            self.wrong(message, column.name, "geometry")
        elif not axis.type.is_number:
            message = f"geometry from '{name}', which is no number"
            self.wrong(message, column.name, "geometry")
        elif column.type.srid == WGS_84 and not (
            axis.minimum is not None
            and axis.minimum >= -most
            and axis.maximum is not None
            and axis.maximum <= most
        ):
            message = f"degrees need a minimum and a maximum within ±{most}"
            self.wrong(message, axis.name, "data_type")


def parse_limit(raw: Any) -> Limit:
    """A reject limit: `5%` or `0.5%` (a share) or `20` (a count)."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", str(raw).strip())
    if not match or (match[2] and float(match[1]) > 100):
        raise ValueError(f"'{raw}' is neither a count nor a share such as 5%")
    return Limit(float(match[1]) / (100 if match[2] else 1), bool(match[2]))


def parse_pattern(raw: Any) -> str:
    try:
        re.compile(str(raw))
    except re.error as error:
        raise ValueError(f"'{raw}' is no regular expression: {error}") from None
    return str(raw)


def parse_geometry(raw: Any) -> Geometry:
    if isinstance(raw, Mapping) and set(raw) == {"x", "y"}:
        return Geometry(x=str(raw["x"]), y=str(raw["y"]))
    if raw in GEOMETRY_SOURCES:
        return Geometry(source=str(raw))
    raise ValueError(f"'{raw}' is neither {{x: …, y: …}} nor {GEOMETRY_SOURCES}")
