"""Where a page ended: the key of its last row, as an opaque text.

The key itself, not an offset: a page costs the same wherever it stands (0.1 ms at
row 90,000 against 2.6 to 75; docs/performance.md, "Serving"), and rows that come
or go between two requests neither repeat nor hide others. A cursor does not bind
the limit: OGC's test suite changes it from page to page. It holds the batch that the
page was read of, so that a page of other data can be told (`api.answer.serving`).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Key = tuple[str | None, ...]

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")
_NO_CURSOR = "this is no cursor of a `next` link"


@dataclass(frozen=True)
class Cursor:
    """The place behind a row, by its values of the order, and the batch it was in."""

    key: Key
    batch: str = ""


def encode(order: Sequence[str], cursor: Cursor) -> str:
    """The cursor after a row: base64url without padding.

    Args:
        order: what the rows are ordered by, as `-hired`.
        cursor: its key the row's values of that, as `texts` reads them.
    """
    named = dict(zip(order, cursor.key, strict=True))
    text = json.dumps([named, cursor.batch], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, order: Sequence[str]) -> Cursor:
    """The cursor of a text that `encode` made for the same order.

    Raises:
        ValueError: where it is no cursor of this order.
    """
    if not _ALPHABET.fullmatch(text):
        raise ValueError(_NO_CURSOR)
    try:
        read = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise ValueError(_NO_CURSOR) from None
    match read:
        case [dict(key), str(batch)] if all(map(_is_value, key.values())):
            if list(key) != list(order):
                raise ValueError("this cursor belongs to another order or group_by")
            return Cursor(tuple(key.values()), batch)
    raise ValueError(_NO_CURSOR)


def texts(key: str) -> Key:
    """A key of JSON, its values as the very texts that Postgres wrote.

    Through Python's numbers 1e-7 or a long numeric would come back altered, and
    the next page would begin in the wrong place.
    """
    return tuple(map(_worded, json.loads(key, parse_float=str, parse_int=str)))


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _worded(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
