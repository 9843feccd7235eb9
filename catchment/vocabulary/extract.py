"""The words of an extract: `config.meta.extract` beside a feed's contract."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any
from urllib.parse import urlsplit

from catchment.extract import Extract, Years
from catchment.settings import Settings
from catchment.words import TEXT, Kind, Word

INCOMING = Settings.incoming
_PAGE_FORMAT = re.compile(r"(0[1-9])?")
_EARLIEST, _LATEST = 1000, 9999


def _url(raw: Any) -> str:
    parts = urlsplit(raw) if isinstance(raw, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{raw!r} is no address that begins with https://")
    if _fields(raw) != {"year": ""} or "{year}" in parts.netloc:
        raise ValueError(f"'{raw}' must have {{year}} in its path, and nothing else")
    return str(raw)


def _key(raw: Any) -> str:
    fields = _fields(raw) if isinstance(raw, str) else {}
    if set(fields) != {"year", "page"} or fields["year"]:
        raise ValueError(f"{raw!r} must have {{year}} and {{page}}, as {{page:04}}")
    if not _PAGE_FORMAT.fullmatch(fields["page"]):
        raise ValueError(f"'{raw}': a page is {{page}} or padded, as {{page:04}}")
    if raw.startswith(("/", INCOMING)):
        raise ValueError(f"'{raw}' is a name below {INCOMING}: leave that away")
    return str(raw)


def _fields(template: str) -> dict[str, str]:
    """The fields of a template with their formats; an unreadable one has none."""
    try:
        parsed = list(Formatter().parse(template))
    except ValueError:
        return {}
    return {
        name + (f"!{conversion}" if conversion else ""): format_ or ""
        for _, name, format_, conversion in parsed
        if name is not None
    }


def _years(raw: Any) -> Years:
    """A list, or `{from: 2015}` with or without `to`."""
    if isinstance(raw, Mapping) and {"from"} <= set(raw) <= {"from", "to"}:
        first, last = _year(raw["from"]), raw.get("to")
        if last is not None and _year(last) < first:
            raise ValueError(f"to {last} lies before from {first}")
        return Years(first=first, last=last)
    if isinstance(raw, list | tuple) and raw:
        return Years(listed=tuple(map(_year, raw)))
    raise ValueError(f"{raw!r} is neither a list of years nor {{from: 2015}}")


def _year(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"{raw!r} is no year")
    if not _EARLIEST <= raw <= _LATEST:
        raise ValueError(f"{raw} is no year of four digits")
    return raw


def _retry(raw: Any) -> tuple[int, float]:
    """`{attempts: 6, seconds: 1}`, either of them alone too."""
    if not isinstance(raw, Mapping) or not set(raw) <= {"attempts", "seconds"}:
        raise ValueError(f"{raw!r} is not {{attempts: …, seconds: …}}")
    attempts = raw.get("attempts", Extract.attempts)
    seconds = raw.get("seconds", Extract.seconds)
    if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
        raise ValueError(f"attempts {attempts!r} is no count from 1 on")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ValueError(f"seconds {seconds!r} is no duration")
    return attempts, float(seconds)


_TEXT = {"type": "string"}

URL_KIND = Kind(_url, "address with `{year}`", {**_TEXT, "format": "uri-template"})
KEY_KIND = Kind(_key, "name with `{year}` and `{page}`", _TEXT)
YEARS_KIND = Kind(
    _years,
    "list, or `{from: 2015, to: 2022}`",
    {
        "anyOf": [
            {"type": "array", "items": {"type": "integer"}, "minItems": 1},
            {"type": "object", "required": ["from"]},
        ]
    },
)
RETRY_KIND = Kind(_retry, "`{attempts: …, seconds: …}`", {"type": "object"})

URL = Word(
    "url",
    URL_KIND,
    "a year's first page",
    default=None,
    required=True,
)
KEY = Word(
    "key",
    KEY_KIND,
    "what a page is called below `incoming/`; it must be one of the feed's `files` and "
    "be read as `json`. `{page:04}` pads the number",
    default=None,
    required=True,
)
YEARS = Word(
    "years",
    YEARS_KIND,
    "the years to have; without `to`, up to the running one",
    default=None,
    required=True,
)
NEXT = Word(
    "next",
    TEXT.called("dotted path"),
    "where a page has the address of the next one, whole or relative. Null, empty or "
    "absent: it was the last",
    default=Extract.next,
)
COUNT = Word(
    "count",
    TEXT.called("dotted path"),
    "where a page has the number of records of all pages, if it has",
    default=Extract.count,
)
RETRY = Word(
    "retry",
    RETRY_KIND,
    "how often a page is asked for; the pauses are 0, 2, 4, 8… times `seconds`, and up "
    "to once more of it by chance",
    default=(Extract.attempts, Extract.seconds),
    absent=f"`{{attempts: {Extract.attempts}, seconds: {Extract.seconds:g}}}`",
)

# In the order of the reference.
WORDS: tuple[Word[Any], ...] = (URL, KEY, YEARS, NEXT, COUNT, RETRY)
