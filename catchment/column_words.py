"""Read the columns of a contract, with every mistake that is made in them."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from catchment.contract import Column
from catchment.types import KNOWN, DataType, parse_type
from catchment.vocabulary import column as said
from catchment.words import Words, meta_of

WGS_84 = 4326
AUDIT_COLUMNS = ("_load_id", "_row_number")
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")
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
    meta = meta_of(raw)
    words = Words(meta, lambda message, word: wrong(message, name, word or "meta"))
    column = Column(
        name=name,
        type=_type(name, raw.get("data_type"), wrong),
        description=raw.get("description", ""),
        header=words.read(said.HEADER) or (name,),
        from_key=words.read(said.FROM_KEY),
        required=words.read(said.REQUIRED),
        minimum=words.read(said.MINIMUM),
        maximum=words.read(said.MAXIMUM),
        enum=words.read(said.ENUM),
        pattern=words.read(said.PATTERN),
        min_length=words.read(said.MIN_LENGTH),
        max_length=words.read(said.MAX_LENGTH),
        format=words.read(said.FORMAT),
        date_format=words.read(said.DATE_FORMAT),
        null_values=words.read(said.NULL_VALUES),
        time_zone=words.read(said.TIME_ZONE),
        geometry=words.read(said.GEOMETRY),
        varies=words.read(said.VARIES),
        pii=words.read(said.PII),
    )
    words.no_others()
    _check_column(column, words, wrong)
    return column


def _type(column: str, data_type: Any, wrong: Complain) -> DataType:
    parsed = parse_type(str(data_type or ""))
    if parsed is None:
        found = f"unknown type '{data_type}'" if data_type else "has no data_type"
        wrong(f"{found}; known: {', '.join(KNOWN)}", column, "data_type")
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
            sources = ", ".join(said.GEOMETRY_SOURCES)
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
