"""Read the columns of a contract, with every mistake that is made in them.

Constraint words are those of JSON Schema
(https://json-schema.org/draft/2020-12/json-schema-validation).
"""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from catchment.contract import Column, Geometry, TimeZone
from catchment.types import KNOWN, DataType, parse_type
from catchment.words import Words

GEOMETRY_SOURCES = ("geojson", "wkt", "wkb")
# Of JSON Schema's formats: those that its types and patterns cannot say.
VALUE_FORMATS = ("time-zone",)
WGS_84 = 4326
AUDIT_COLUMNS = ("_load_id", "_row_number")
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# What becomes of personal data before they are stored.
PII = ("drop", "hash")
MOMENTS = ("date", "timestamp without time zone", "timestamp with time zone")


class Complain(Protocol):
    """Takes a mistake: its message, and the column and word that it is about."""

    def __call__(
        self, message: str, column: str | None = None, word: str | None = None
    ) -> None: ...


def parse(raw: Any, wrong: Complain) -> tuple[Column, ...]:
    """The columns of a source table, a list or a mapping by name.

    What is wrong goes to `wrong`; the column is then read without it.
    """
    entries = raw.values() if isinstance(raw, Mapping) else raw
    columns = tuple(_column(entry, wrong) for entry in entries)
    by_name = {column.name: column for column in columns}
    for column in columns:
        _check_geometry(column, by_name, wrong)
        _check_personal(column, by_name, wrong)
    return columns


def _column(raw: Mapping[str, Any], wrong: Complain) -> Column:
    name = str(raw["name"])
    meta = (raw.get("config") or {}).get("meta") or raw.get("meta") or {}
    words = Words(meta, lambda message, word: wrong(message, name, word or "meta"))
    column = Column(
        name=name,
        type=_type(name, raw.get("data_type"), wrong),
        description=raw.get("description", ""),
        header=words.texts("header") or (name,),
        from_key=words.value("from_key", parse_from_key),
        required=words.flag("required"),
        minimum=words.number("minimum"),
        maximum=words.number("maximum"),
        enum=words.texts("enum") or None,
        pattern=words.value("pattern", parse_pattern),
        min_length=words.count("minLength"),
        max_length=words.count("maxLength"),
        format=words.one_of("format", VALUE_FORMATS),
        date_format=words.value("date_format", parse_date_formats) or (),
        null_values=words.texts("null_values"),
        time_zone=words.value("time_zone", parse_time_zone),
        geometry=words.value("geometry", parse_geometry),
        pii=words.one_of("pii", PII),
    )
    words.no_others()
    _check_column(column, words, wrong)
    return column


def _type(column: str, data_type: Any, wrong: Complain) -> DataType:
    parsed = parse_type(str(data_type or ""))
    if parsed is None:
        said = f"unknown type '{data_type}'" if data_type else "has no data_type"
        wrong(f"{said}; known: {', '.join(KNOWN)}", column, "data_type")
        return DataType("text")
    return parsed


def _check_column(column: Column, words: Words, wrong: Complain) -> None:
    name = column.name
    if not IDENTIFIER.fullmatch(name):
        wrong("name must be lower case letters, digits and _", name)
    if column.generated:
        for word in words.given_beside("geometry"):
            wrong(f"{word} on a column that Postgres makes", name, word)
    if name in AUDIT_COLUMNS:
        wrong("this name is the platform's own", name)
    if words.given("from_key") and words.given("header"):
        wrong("a value of the key has no header", name, "header")
    _check_kinds(column, words, wrong)
    low, high = column.minimum, column.maximum
    if low is not None and high is not None and low > high:
        wrong("minimum is above maximum", name, "minimum")


def _check_kinds(column: Column, words: Words, wrong: Complain) -> None:
    """Words that only columns of some types can have."""
    type_ = column.type
    kinds: tuple[tuple[bool, str, tuple[str, ...]], ...] = (
        (type_.is_number, "a number", ("minimum", "maximum")),
        (
            type_.name == "text",
            "text",
            ("pattern", "minLength", "maxLength", "format"),
        ),
        (type_.name in MOMENTS, "a date or a timestamp", ("date_format",)),
        (type_.name == MOMENTS[1], "a timestamp without time zone", ("time_zone",)),
    )
    for fits, kind, names in kinds:
        for word in names:
            if words.given(word) and not fits:
                wrong(f"{word} needs {kind}, not {type_}", column.name, word)


def _check_personal(
    column: Column, columns: Mapping[str, Column], wrong: Complain
) -> None:
    """Personal data go nowhere but where they are hashed, or nowhere at all."""
    name = column.name
    if column.pii and column.from_key:
        wrong("personal data in a file's name are in the ledger too", name, "pii")
    if column.pii == "hash" and column.type.name != "text":
        wrong(f"pii: hash needs text, not {column.type}", name, "pii")
    geometry = column.geometry
    for axis in (geometry.x, geometry.y) if geometry else ():
        if axis and axis in columns and not columns[axis].stored:
            wrong(f"geometry from '{axis}', which is dropped", name, "geometry")


def _check_geometry(
    column: Column, columns: Mapping[str, Column], complain: Complain
) -> None:
    geometry, type_ = column.geometry, column.type

    def wrong(message: str, word: str = "geometry") -> None:
        complain(message, column.name, word)

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
        _check_axis(column, columns, geometry.x, 180, complain)
        _check_axis(column, columns, geometry.y, 90, complain)
    elif geometry.source == "geojson" and type_.has_m:
        wrong("GeoJSON has no M", "data_type")


def _check_axis(
    column: Column,
    columns: Mapping[str, Column],
    name: str | None,
    most: int,
    wrong: Complain,
) -> None:
    """One number column that a geometry is made of; degrees have an end, and beyond
    some end coordinates cannot be transformed."""
    axis = columns.get(name or "")
    if axis is None:
        wrong(f"geometry from a missing column '{name}'", column.name, "geometry")
        return
    if not axis.type.is_number:
        wrong(f"geometry from '{name}', which is no number", column.name, "geometry")
        return
    of_target = column.type.srid
    srid = (column.geometry.srid if column.geometry else None) or of_target
    low, high = axis.minimum, axis.maximum
    if srid == WGS_84:
        if low is None or low < -most or high is None or high > most:
            message = f"degrees need a minimum and a maximum within ±{most}"
            wrong(message, axis.name, "data_type")
    elif srid != of_target and (low is None or high is None):
        message = f"what is transformed to {of_target} needs a minimum and a maximum"
        wrong(message, axis.name, "data_type")


def parse_pattern(raw: Any) -> str:
    try:
        re.compile(str(raw))
    except re.error as error:
        raise ValueError(f"'{raw}' is no regular expression: {error}") from None
    return str(raw)


def parse_from_key(raw: Any) -> str:
    """A regular expression whose one group is the value."""
    pattern = parse_pattern(raw)
    if re.compile(pattern).groups != 1:
        raise ValueError(f"'{raw}' needs one group, (…), which is the value")
    return pattern


def parse_date_formats(raw: Any) -> tuple[str, ...]:
    """strptime formats (https://docs.python.org/3/library/datetime.html)."""
    formats = _texts_of(raw)
    for format_ in formats:
        if "%" not in format_:
            raise ValueError(f"'{format_}' has no field such as %d; see strptime")
        try:
            read = datetime.strptime(datetime(2001, 2, 3).strftime(format_), format_)
        except ValueError:
            raise ValueError(f"'{format_}' is no format that strptime reads") from None
        if read.date() != date(2001, 2, 3):
            raise ValueError(f"'{format_}' does not tell year, month and day")
    return formats


def _texts_of(raw: Any) -> tuple[str, ...]:
    return tuple(map(str, raw if isinstance(raw, list | tuple) else [raw]))


def parse_time_zone(raw: Any) -> TimeZone:
    if isinstance(raw, str):
        if raw not in zoneinfo.available_timezones():
            raise ValueError(f"there is no zone '{raw}'")
        return TimeZone(name=raw)
    if isinstance(raw, Mapping) and set(raw) == {"feed", "key", "column"}:
        return TimeZone(**{word: str(text) for word, text in raw.items()})
    raise ValueError(f"'{raw}' is neither a zone's name nor {{feed, key, column}}")


def parse_geometry(raw: Any) -> Geometry:
    """`wkt`, or with the SRID of the file `{source: wkt, srid: 28992}`; or from two
    columns `{x: lon, y: lat}`, also with a `srid`."""
    said = {"source": raw} if isinstance(raw, str) else raw
    words = set(said) - {"srid"} if isinstance(said, Mapping) else set()
    srid = said.get("srid") if isinstance(said, Mapping) else None
    if srid is not None and (type(srid) is not int or srid < 1):
        raise ValueError(f"srid '{srid}' is no number of a reference system")
    if words == {"x", "y"}:
        return Geometry(x=str(said["x"]), y=str(said["y"]), srid=srid)
    if words == {"source"} and said["source"] in GEOMETRY_SOURCES:
        return Geometry(source=said["source"], srid=srid)
    sources = ", ".join(GEOMETRY_SOURCES)
    raise ValueError(f"'{raw}' is neither {{x: …, y: …}} nor one of {sources}")
