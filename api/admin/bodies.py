"""The body of a request as JSON, with all the digits that it was written with."""

import json
from collections.abc import Iterator
from typing import Any

from api.problems import Problem
from api.request import Request

_BLANK = " \t\n\r"
_DECODER = json.JSONDecoder()


def an_object(request: Request) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Problem: 400, where the body is none.
    """
    try:
        found = json.loads(_text(request))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem(400, "The body is no JSON object.")
    return found


def objects(request: Request) -> list[str]:
    """The elements of a JSON array of objects, each as the text that it is.

    Read into Python's numbers and written again, 1.10 would come out as 1.1.

    Raises:
        Problem: 400, where the body is no such array.
    """
    try:
        return list(_elements(_text(request)))
    except (ValueError, RecursionError):
        raise Problem(400, "The body is no JSON array of objects.") from None


def _text(request: Request) -> str:
    return (request.body or b"").decode("utf-8-sig")


def _elements(text: str) -> Iterator[str]:
    place = _behind(text, _past(text, 0), "[")
    if text[place : place + 1] == "]":
        place += 1
    else:
        more = True
        while more:
            value, end = _DECODER.raw_decode(text, place)
            if not isinstance(value, dict):
                raise ValueError("not an object")
            yield text[place:end]
            end = _past(text, end)
            more = text[end : end + 1] == ","
            place = _behind(text, end, "," if more else "]")
    if _past(text, place) < len(text):
        raise ValueError("more than an array")


def _behind(text: str, place: int, sign: str) -> int:
    if text[place : place + 1] != sign:
        raise ValueError(f"expected {sign}")
    return _past(text, place + 1)


def _past(text: str, place: int) -> int:
    """Where the blanks from a place on end."""
    while text[place : place + 1] in tuple(_BLANK):
        place += 1
    return place
