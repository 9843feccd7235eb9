"""The words of a column of a feed: its `config.meta`.

Constraint words are those of JSON Schema
(https://json-schema.org/draft/2020-12/json-schema-validation).
"""

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from catchment.contract import Column, Geometry, TimeZone
from catchment.words import COUNT, FLAG, NUMBER, TEXTS, Kind, Word, one_of

GEOMETRY_SOURCES = ("geojson", "wkt", "wkb")


def _pattern(raw: Any) -> str:
    try:
        re.compile(str(raw))
    except re.error as error:
        raise ValueError(f"'{raw}' is no regular expression: {error}") from None
    return str(raw)


def _from_key(raw: Any) -> str:
    """A regular expression whose one group is the value."""
    pattern = _pattern(raw)
    if re.compile(pattern).groups != 1:
        raise ValueError(f"'{raw}' needs one group, (…), which is the value")
    return pattern


def _date_formats(raw: Any) -> tuple[str, ...]:
    """strptime formats (https://docs.python.org/3/library/datetime.html)."""
    formats = tuple(map(str, raw if isinstance(raw, list | tuple) else [raw]))
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


def _time_zone(raw: Any) -> TimeZone:
    if isinstance(raw, str):
        if raw not in zoneinfo.available_timezones():
            raise ValueError(f"there is no zone '{raw}'")
        return TimeZone(name=raw)
    if isinstance(raw, Mapping) and set(raw) == {"feed", "key", "column"}:
        return TimeZone(**{word: str(text) for word, text in raw.items()})
    raise ValueError(f"'{raw}' is neither a zone's name nor {{feed, key, column}}")


def _geometry(raw: Any) -> Geometry:
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


def _object(required: str, optional: str = "") -> dict[str, Any]:
    """The JSON Schema of a mapping with these words, of which it has no others."""
    return {
        "type": "object",
        "properties": dict.fromkeys(f"{required} {optional}".split(), True),
        "required": required.split(),
        "additionalProperties": False,
    }


_SOURCES = " ".join(f"`{source}`" for source in GEOMETRY_SOURCES)
_TEXT = {"type": "string"}

PATTERN_KIND = Kind(_pattern, "regular expression", _TEXT)
FROM_KEY_KIND = Kind(_from_key, "regular expression with one group", _TEXT)
DATE_FORMATS = Kind(
    _date_formats,
    "[strptime format](https://docs.python.org/3/library/datetime.html#format-codes), "
    "or a list",
    TEXTS.schema,
)
TIME_ZONE_KIND = Kind(
    _time_zone,
    "zone name, or `{feed, key, column}`",
    {"anyOf": [_TEXT, _object("feed key column")]},
)
GEOMETRY_KIND = Kind(
    _geometry,
    f"`{{x: column, y: column}}`, or one of {_SOURCES}; with a SRID "
    "`{x: …, y: …, srid: 28992}`, `{source: wkt, srid: 28992}`",
    {
        "anyOf": [
            {"enum": list(GEOMETRY_SOURCES)},
            _object("x y", "srid"),
            _object("source", "srid"),
        ]
    },
)

HEADER = Word(
    "header",
    TEXTS.called("name, or list of names"),
    "the column's names in the file's header, for files of several generations; "
    "capitals and blanks around do not matter. In JSON formats a dotted path, as "
    "`properties.mag`, in which they do. What the header has beside, unnamed columns "
    "too, is passed over",
    default=Column.header,
    absent="the column's own name",
)
FROM_KEY = Word(
    "from_key",
    FROM_KEY_KIND,
    "the value is no field but that part of the object's key, as `'([^/]+)\\.csv$'`: "
    "the name of the file. `.gz` is left away before",
    default=Column.from_key,
)
REQUIRED = Word(
    "required",
    FLAG,
    "every row has a value, and the header has the column. Without it an empty field "
    "is null, and the whole column may be absent",
    default=Column.required,
)
MINIMUM = Word(
    "minimum",
    NUMBER,
    "the least value of a number, itself included",
    default=Column.minimum,
)
MAXIMUM = Word(
    "maximum",
    NUMBER,
    "the greatest value of a number, itself included",
    default=Column.maximum,
)
ENUM = Word("enum", TEXTS, "the values that are allowed", default=Column.enum)
PATTERN = Word(
    "pattern",
    PATTERN_KIND,
    "is found in the text (anchor it with `^…$` for the whole)",
    default=Column.pattern,
)
MIN_LENGTH = Word(
    "minLength",
    COUNT,
    "how many characters a text has at least",
    default=Column.min_length,
)
MAX_LENGTH = Word(
    "maxLength",
    COUNT,
    "how many characters a text has at most",
    default=Column.max_length,
)
# Of JSON Schema's formats: those that its types and patterns cannot say.
FORMAT = Word(
    "format",
    one_of(("time-zone",)),
    "the text is the name of an IANA time zone, as `Europe/Amsterdam`",
    default=Column.format,
)
DATE_FORMAT = Word(
    "date_format",
    DATE_FORMATS,
    "how the file writes a date or timestamp, as `['%m/%d/%Y', '%m/%d/%y']`; the first "
    "that fits is taken. ISO 8601 is always understood. Of a year with two digits 69 "
    "to 99 are 1969 to 1999",
    default=Column.date_format,
)
NULL_VALUES = Word(
    "null_values",
    TEXTS,
    "as the feed's word, for this column alone",
    default=Column.null_values,
    absent="the feed's",
)
TIME_ZONE = Word(
    "time_zone",
    TIME_ZONE_KIND,
    "whose clock a `timestamp` shows: always that of one zone, or that of the row in "
    "another feed whose `key` is the same as here. The value is kept as it is; models "
    "compute the instant of it (macro `instant_of`)",
    default=Column.time_zone,
)
GEOMETRY = Word(
    "geometry",
    GEOMETRY_KIND,
    "where a geometry comes from. Of `x` and `y`, two number columns, Postgres makes a "
    "point: in WGS 84 they need bounds within ±180 and ±90, and some bounds where the "
    "point is transformed. Else it stands in the record, in this form; see "
    "[geometry](#geometry)",
    default=Column.geometry,
)
VARIES = Word(
    "varies",
    FLAG,
    "its values are known to vary from load to load: the data checks do not judge "
    "their drift",
    default=Column.varies,
)
# What becomes of personal data before they are stored.
PII = Word(
    "pii",
    one_of(("hash", "drop")),
    "personal data: the value is checked, and then hashed (of `text` alone) or not "
    "stored, see [below](#personal-data). Not beside `from_key`",
    default=Column.pii,
)

# In the order of the reference.
WORDS: tuple[Word[Any], ...] = (
    HEADER,
    FROM_KEY,
    REQUIRED,
    MINIMUM,
    MAXIMUM,
    ENUM,
    PATTERN,
    MIN_LENGTH,
    MAX_LENGTH,
    FORMAT,
    DATE_FORMAT,
    NULL_VALUES,
    TIME_ZONE,
    GEOMETRY,
    VARIES,
    PII,
)
