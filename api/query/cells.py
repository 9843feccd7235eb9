"""The values of a row as a table writes them, each format by its types.

Every value is cast to the type that its column is declared to have: what a column
holds and what a file says of it are then the same.
"""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import column
from api.question.columns import Column

_NUMBERS = ("smallint", "integer", "bigint", "real", "double precision")
_TIMES = ("timestamp without time zone", "timestamp with time zone")
_TEXT = "{value}::text"
# As JSON has it: ISO 8601 whatever the session's DateStyle, and lists as lists.
_AS_JSON = "to_jsonb({value}) #>> '{{}}'"
_QUOTED = "'\"' || replace({text}, '\"', '\"\"') || '\"'"
# arrow-rs reads times as numbers since 1970 and none of them as infinite.
_DAYS = "case when isfinite({value}) then {value} - date '1970-01-01' end"
_MICROSECONDS = (
    "case when isfinite({value}) "
    "then (extract(epoch from {value}) * 1000000)::bigint end"
)


def line(table: str, columns: Iterable[Column], position: Composable) -> Composable:
    """A record of CSV (RFC 4180) without its line break.

    Texts stand in quotes, so that an empty one is told from none. Written here, not
    by Python's csv module: a little less to compute, and rows remain texts as in all
    other formats (docs/formats.md, "Figures").

    Args:
        position: further cells, each behind a comma; perhaps none.
    """
    cells = [_cell(table, column_) for column_ in columns]
    # A line that is empty would be no record to most who read it.
    nothing = "''" if len(cells) > 1 else "'\"\"'"
    told = (sql.SQL("coalesce({}, " + nothing + ")").format(cell) for cell in cells)
    return sql.SQL("({}){}").format(
        sql.SQL(" || ',' || ").join(told) if cells else sql.SQL("''"), position
    )


def record(table: str, columns: Iterable[Column]) -> list[Composable]:
    """Columns for an object of JSON that arrow-rs reads by a schema."""
    return [
        sql.SQL("{} as {}").format(
            sql.SQL(_how(column_, _ARROW)).format(value=_cast(table, column_)),
            sql.Identifier(column_.name),
        )
        for column_ in columns
    ]


def attributes(table: str, columns: Iterable[Column]) -> list[Composable]:
    """Values that JSON has words for; times are texts of ISO 8601."""
    return [
        sql.SQL(_how(column_, _ATTRIBUTES)).format(value=_cast(table, column_))
        for column_ in columns
    ]


_ARROW = {
    **dict.fromkeys((*_NUMBERS, "boolean"), "{value}"),
    "text": _TEXT,
    "numeric": "nullif({value}, 'NaN')",
    "date": _DAYS,
    **dict.fromkeys(_TIMES, _MICROSECONDS),
}
_ATTRIBUTES = {
    **dict.fromkeys((*_NUMBERS, "boolean"), "{value}"),
    "text": _TEXT,
    "numeric": "{value}::double precision",
    **dict.fromkeys(("date", *_TIMES), "case when isfinite({value}) then {value} end"),
}


def _how(column_: Column, written: dict[str, str]) -> str:
    type_ = column_.type
    if type_ is None:
        return _AS_JSON
    if type_.name == "numeric" and type_.precision is None:
        # Neither format has decimals of any scale.
        return "{value}::double precision"
    return written.get(type_.name, _AS_JSON)


def _cell(table: str, column_: Column) -> Composable:
    value, type_ = _cast(table, column_), column_.type
    if type_ and (type_.is_number or type_.name in ("boolean", "uuid")):
        return sql.SQL(_TEXT).format(value=value)
    is_text = type_ is not None and type_.name == "text"
    text = sql.SQL(_TEXT if is_text else _AS_JSON).format(value=value)
    if type_ and type_.name in ("date", *_TIMES):
        return text
    return sql.SQL(_QUOTED).format(text=text)


def _cast(table: str, column_: Column) -> Composable:
    value, type_ = column(table, column_.name), column_.type
    if type_ is None or type_.name == "geometry":
        return value
    return sql.SQL("{}::" + str(type_)).format(value)
