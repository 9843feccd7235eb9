"""The values that an object's key holds, one for all rows of the file."""

import re
from collections.abc import Mapping

from catchment.contract import Column, Feed, unpacked_key
from loader.readers.streams import Unreadable
from loader.validation.changes import changed, changes_of
from loader.validation.checks import checks_of


def key_values(feed: Feed, key: str) -> Mapping[Column, str]:
    """The value of each of the feed's key columns, checked as any other.

    Raises:
        Unreadable: where the key lacks a value that is required, or has one that
            breaks the contract.
    """
    plain = unpacked_key(key)
    return {column: _value(column, plain, feed.trim) for column in feed.key_columns}


def _value(column: Column, key: str, trim: bool) -> str:
    found = re.search(column.from_key or "", key)
    given = (found.group(1) or "") if found else ""
    (value,) = changed([given], changes_of(column, trim))
    for check in checks_of(column):
        if not check.holds(value):
            said = f"{value!r} {check.message}" if value else check.message
            raise Unreadable(f"has a name that does not fit: {column.name} {said}")
    return value
