"""Where a page ended: the key of its last row, as an opaque text.

The key itself, not an offset: a page costs the same wherever it stands (0.1 ms at
row 90,000 against 2.6 to 75; docs/performance.md, "Serving"), and rows that come
or go between two requests neither repeat nor hide others. A cursor does not bind
the limit: OGC's test suite changes it from page to page.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

Key = tuple[str | None, ...]

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


def encode(order: Sequence[str], key: Key) -> str:
    """The cursor after a row: base64url without padding.

    Args:
        order: what the rows are ordered by, as `-hired`.
        key: the row's values of it, as `texts` reads them.
    """
    named = dict(zip(order, key, strict=True))
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, order: Sequence[str]) -> Key:
    """The values of `order` in the row that the cursor stands after.

    Raises:
        ValueError: where it is no cursor of this order.
    """
    if not _ALPHABET.fullmatch(cursor):
        raise ValueError("this is no cursor of a `next` link")
    try:
        key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise ValueError("this is no cursor of a `next` link") from None
    if not isinstance(key, dict) or list(key) != list(order):
        raise ValueError("this cursor belongs to another order or group_by")
    if not all(value is None or isinstance(value, str) for value in key.values()):
        raise ValueError("this is no cursor of a `next` link")
    return tuple(key.values())


def texts(key: str) -> Key:
    """A key of JSON, its values as the very texts that Postgres wrote.

    Through Python's numbers 1e-7 or a long numeric would come back altered, and
    the next page would begin in the wrong place.
    """
    return tuple(map(_worded, json.loads(key, parse_float=str, parse_int=str)))


def _worded(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
