"""CQL2 as JSON."""

import json
from typing import Any

from api.question.cql2.parts import Number

_WRONG = 'is no JSON of CQL2, as {"op": "=", "args": [{"property": …}, …]}'


def read(text: str) -> Any:
    """The document; numbers keep their digits.

    Raises:
        ValueError: where the text is no JSON.
    """
    try:
        return json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        raise ValueError(_WRONG) from None


def _refuse(name: str) -> None:
    raise ValueError(name)
