"""The values of an Arrow array as exact texts.

arrow-rs writes them: floats as short as they can be read back, decimals with their
scale, moments as ISO 8601. What it does not write, or not exactly, is seen to here.
"""

import math
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from arro3.core import Array, DataType

from catchment import types
from loader.readers.exact_json import json_of
from loader.readers.streams import Unreadable

Texts = list[str]
_TEXT = DataType.utf8()
_INTEGERS = {32: DataType.int32(), 64: DataType.int64()}
# Whole floats of these columns are written without .0, which they do not take.
_WHOLE = ("smallint", "integer", "bigint")


def texts(array: Array, wanted: types.DataType | None = None) -> Texts:
    """A text for each value, '' for none.

    Args:
        wanted: the type of the column that they are for.

    Raises:
        Unreadable: where the array is of a type that has no text.
    """
    type_ = array.type
    if DataType.is_null(type_):
        return [""] * len(array)
    if DataType.is_dictionary(type_):
        array = array.cast(type_.value_type or _TEXT)
        type_ = array.type
    if _is_binary(type_):
        return _binary(array, wanted)
    if DataType.is_nested(type_):
        return [_json(value) for value in _plain(array)]
    written = _written(_regular(array, type_))
    if DataType.is_floating(type_) and wanted and wanted.name in _WHOLE:
        return [text.removesuffix(".0") for text in written]
    return written


def is_missing(array: Array, text: str) -> bool:
    """Whether the text of the one value of an array stands for none."""
    return not text and (DataType.is_null(array.type) or array.null_count > 0)


def is_json(type_: DataType, text: str) -> bool:
    """Whether the text of a value is JSON as it stands."""
    if DataType.is_floating(type_):
        return math.isfinite(float(text))
    return (
        DataType.is_integer(type_)
        or DataType.is_decimal(type_)
        or DataType.is_boolean(type_)
        or DataType.is_nested(type_)
    )


def _is_binary(type_: DataType) -> bool:
    return (
        DataType.is_binary(type_)
        or DataType.is_large_binary(type_)
        or DataType.is_binary_view(type_)
        or DataType.is_fixed_size_binary(type_)
    )


def _regular(array: Array, type_: DataType) -> Array:
    """Moments with a zone in UTC, for a zone of 1899 has seconds; dates as dates."""
    if DataType.is_timestamp(type_) and type_.tz:
        return array.cast(DataType.timestamp(_unit(type_), tz="UTC"))
    return array.cast(DataType.date32()) if DataType.is_date64(type_) else array


def _unit(type_: DataType) -> Any:
    unit = type_.time_unit
    assert unit is not None
    return unit


def _written(array: Array) -> Texts:
    """What arrow-rs writes, and of moments beyond its calendar how far they are."""
    try:
        found = _values(array.cast(_TEXT))
    except Exception as error:
        if len(array) > 1:
            parts = (array.slice(place, 1) for place in range(len(array)))
            return [text for part in parts for text in _written(part)]
        said = f"has a column of type {_name(array.type)}, which has no text"
        if not DataType.is_temporal(array.type):
            raise Unreadable(said) from error
        return [_distance(array)]
    return [value or "" for value in found] if array.null_count else found


def _distance(array: Array) -> str:
    """The one moment of an array, as no contract takes it for one."""
    (number,) = _values(array.cast(_INTEGERS[array.type.bit_width or 64]))
    return f"{number} {array.type.time_unit or 'days'} since 1970"


def _values(array: Array) -> list[Any]:
    """The values as objects of Python; its stub tells of an array of numpy."""
    return cast(list[Any], array.to_pylist())


def _binary(array: Array, wanted: types.DataType | None) -> Texts:
    """Hex digits, as Postgres takes WKB; a UUID as such."""
    is_uuid = wanted is not None and wanted.name == "uuid"
    read: Callable[[bytes], str] = _uuid if is_uuid else bytes.hex
    return [read(value) if value else "" for value in _values(array)]


def _uuid(value: bytes) -> str:
    return str(UUID(bytes=value)) if len(value) == 16 else value.hex()


def _plain(array: Array) -> list[Any]:
    try:
        return _values(array)
    except ValueError as error:
        raise Unreadable(
            f"has a value in a {_name(array.type)} that has no text"
        ) from error


def _json(value: Any) -> str:
    return "" if value is None else json_of(_with_objects(value))


def _with_objects(value: Any) -> Any:
    """A value whose maps are objects; arro3 reads them as lists of pairs."""
    if isinstance(value, dict):
        return {name: _with_objects(part) for name, part in value.items()}
    if not isinstance(value, list):
        return value
    if value and all(isinstance(part, tuple) for part in value):
        return {str(name): _with_objects(part) for name, part in value}
    return [_with_objects(part) for part in value]


def _name(type_: DataType) -> str:
    return str(type_).partition("<")[2].strip().removesuffix(">")
