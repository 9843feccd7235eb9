"""JSON that keeps every digit of a number."""

import json
from decimal import Decimal
from typing import Any

# Stands around numbers: half a character, which is in no UTF-8 text.
_MARK = "\udfff"


def json_of(value: Any) -> str:
    """Compact JSON, numbers with all the digits that they were written with.

    The json module knows no Decimal: they pass it as marked strings. Bytes become
    hex digits; what is no type of JSON, as a date, its text.
    """
    said = json.dumps(
        value, default=_default, ensure_ascii=False, separators=(",", ":")
    )
    return said.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


def _default(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value}{_MARK}"
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
