"""The words of a parameter: one entry of `config.meta.api.parameters`."""

from typing import Any

from catchment.endpoint import Parameter
from catchment.words import TEXT, TEXTS, Word

_COLUMN = TEXT.called("a column")

EQUALS = Word(
    "equals",
    _COLUMN,
    "any of the values, which are repeated or separated by commas",
    default=None,
)
FROM = Word(
    "from",
    _COLUMN,
    "at least this value, itself included. On a timestamp a plain date is the whole "
    "of its day",
    default=None,
)
TO = Word(
    "to",
    _COLUMN,
    "at most this value, itself included. On a timestamp a plain date is the whole of "
    "its day",
    default=None,
)
DEFAULT = Word(
    "default",
    TEXTS.called("a value or a list, beside `equals`"),
    "holds where a request does not name the parameter; given empty (`year=`) it "
    "filters nothing. One that is no value of its column stops `dbt build`, with file "
    "and line where the column says its `data_type`; else the catalog is not "
    "published, and the build says why",
    default=Parameter.default,
)

# A parameter has one of these.
OPERATORS = (EQUALS, FROM, TO)
# In the order of the reference.
WORDS: tuple[Word[Any], ...] = (*OPERATORS, DEFAULT)
