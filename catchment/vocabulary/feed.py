"""The words of a feed: `config.meta.feed` of a dbt source table."""

import re
from typing import Any

from catchment.contract import (
    DISK_FORMATS,
    JSON_FORMATS,
    TEXT_FORMATS,
    Feed,
    Limit,
)
from catchment.words import FLAG, TEXT, TEXTS, Kind, Word, one_of, some_of

_ENCODINGS = ("utf-8", "windows-1252", "latin-1")


def _limit(raw: Any) -> Limit:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", str(raw).strip())
    if not match or (match[2] and float(match[1]) > 100):
        raise ValueError(f"'{raw}' is neither a count nor a share such as 5%")
    return Limit(float(match[1]) / (100 if match[2] else 1), bool(match[2]))


LIMIT = Kind(_limit, "`5%` or `20`", {"type": ["string", "number"]})

FILES = Word(
    "files",
    TEXTS.called("list of patterns"),
    "which objects belong to the feed; matched against the whole decoded key, as "
    "`incoming/north/a.csv`. `*` and `?` stay within a folder, `**/` is any "
    "number of folders; capitals do not matter. `.gz` or `.zst` behind a name is no "
    "matter. Two feeds may not match the same key, unless one of them yields",
    default=(),
    required=True,
)
YIELDS = Word(
    "yields",
    FLAG,
    "the feed takes a key only where no other feed does. For feeds that are known by "
    "a file's name in any folder, as `**/jobs*.csv`",
    default=Feed.yields,
)
FORMAT = Word(
    "format",
    some_of((*TEXT_FORMATS, *JSON_FORMATS, *DISK_FORMATS)),
    "how a file is read, see [below](#formats). Of several, its suffix tells",
    default=("csv",),
    required=True,
)
ENCODING = Word(
    "encoding",
    some_of(_ENCODINGS),
    "of csv and tsv. Of several, a line that is not of the first is read in the next",
    default=Feed.encoding,
)
DELIMITER = Word(
    "delimiter",
    TEXT.called("one character"),
    "what stands between fields of csv and tsv",
    default=Feed.delimiter,
    absent="`,` (tsv: tab)",
)
HEADER_LINE = Word(
    "header_line",
    one_of(("required", "optional", "none")),
    "of csv, tsv and xlsx: whether the first record names the columns. With `none` "
    "the fields are the columns of the contract, in its order; with `optional` too, "
    "unless each field of the first record is the name of a column. Columns with "
    "`from_key`, and geometries that Postgres makes, are no fields",
    default=Feed.header_line,
)
RECORDS = Word(
    "records",
    TEXT.called("dotted path"),
    "where in a `json` document the array of records is, as `results`. A document "
    "that is an array itself is taken as one; `geojson` always takes `features`",
    default=Feed.records,
    absent="the document itself",
)
SHEET = Word(
    "sheet",
    TEXT.called("name"),
    "the sheet of an `xlsx` file; capitals do not matter",
    default=Feed.sheet,
    absent="the first",
)
LAYER = Word(
    "layer",
    TEXT.called("name"),
    "the layer of a `geopackage`; the shapefile of a zipped `shapefile`, without "
    "`.shp`",
    default=Feed.layer,
    absent="the only one",
)
TRIM = Word(
    "trim",
    FLAG,
    "blanks around a value are dropped, also before a quote",
    default=Feed.trim,
)
NULL_VALUES = Word(
    "null_values",
    TEXTS,
    "values that mean that there is none, as `N/A`. An empty field always does",
    default=Feed.null_values,
)
STRICT = Word(
    "strict",
    FLAG,
    "every column has a value in every row, as if all of them were `required`. To "
    "become lenient again is this one word, and no migration",
    default=Feed.strict,
)
UNKNOWN_COLUMNS = Word(
    "unknown_columns",
    one_of(("ignore", "warn", "reject")),
    "what becomes of a file with columns that the contract does not name. `warn`: it "
    "loads, and `ops.load.unknown_columns` has the first hundred names. `reject`: the "
    "file fails; of the JSON formats the record alone is a reject of code "
    "`unknown_columns`. In JSON the members of a record are meant, in GeoJSON those "
    "of its `properties` too; unnamed columns never are",
    default=Feed.unknown_columns,
)
REJECT_LIMIT = Word(
    "reject_limit",
    LIMIT,
    "above this share or number of rejects nothing of the file is published; nor is "
    "a file without one good row",
    default=Feed.reject_limit,
)
ON_REUPLOAD = Word(
    "on_reupload",
    one_of(("replace", "append")),
    "whether a new upload under the same key replaces the rows of the former one. "
    "What is appended is not appended again while it is the newest: the same bytes "
    "under the same key are a `duplicate`",
    default=Feed.on_reupload,
)
ON_DELETE = Word(
    "on_delete",
    one_of(("keep", "remove")),
    "whether rows go when somebody deletes their file, see "
    "[below](#when-a-file-is-deleted)",
    default=Feed.on_delete,
)
VARIES = Word(
    "varies",
    some_of(("count", "rejects", "drift")),
    "what the [data checks](checks.md#what-nobody-has-to-ask-for) do not compare with "
    "the loads before, for it is known to vary",
    default=Feed.varies,
)

# In the order of the reference.
WORDS: tuple[Word[Any], ...] = (
    FILES,
    YIELDS,
    FORMAT,
    ENCODING,
    DELIMITER,
    HEADER_LINE,
    RECORDS,
    SHEET,
    LAYER,
    TRIM,
    NULL_VALUES,
    STRICT,
    UNKNOWN_COLUMNS,
    REJECT_LIMIT,
    ON_REUPLOAD,
    ON_DELETE,
    VARIES,
)
