"""Read `config.meta.extract` as people write it, and name what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any
from urllib.parse import urlsplit

from catchment.contract import Feed
from catchment.extract import COUNT, NEXT, Extract, Years
from catchment.settings import Settings
from catchment.words import Words

INCOMING = Settings.incoming
_PAGE_FORMAT = re.compile(r"(0[1-9])?")
_EARLIEST, _LATEST = 1000, 9999

# Takes a mistake: its message and the word that it is about.
Complain = Callable[[str, str | None], None]


def parse(raw: Any, wrong: Complain) -> Extract | None:
    """Read the words of an extract; what is wrong goes to `wrong`.

    Returns:
        None where a word that it cannot do without is missing or wrong.
    """
    words = Words(raw, lambda message, word: wrong(message, word or "extract"))
    url = words.value("url", parse_url, required=True)
    key = words.value("key", parse_key, required=True)
    years = words.value("years", parse_years, required=True)
    next_ = words.text("next") or NEXT
    count = words.text("count") or COUNT
    attempts, seconds = words.value("retry", parse_retry) or (6, 1.0)
    words.no_others()
    if url is None or key is None or years is None:
        return None
    return Extract(url, key, years, next_, count, attempts, seconds)


def check(feed: Feed, wrong: Complain) -> None:
    """Complain where a feed could not load what its extract fetches."""
    extract = feed.extract
    if extract is None:
        return
    key = INCOMING + extract.key_of(2000, 1)
    if not feed.matches(key):
        wrong(f"key: '{key}' is none of the feed's files", "key")
    elif "json" not in feed.formats or not (
        len(feed.formats) == 1 or key.endswith(".json")
    ):
        wrong(f"key: '{key}' is not read as json, which pages are", "key")
    if feed.on_reupload != "replace":
        wrong("extract needs on_reupload: replace, for pages come again", "on_reupload")


def parse_url(raw: Any) -> str:
    parts = urlsplit(raw) if isinstance(raw, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{raw!r} is no address that begins with https://")
    if fields_of(raw) != {"year": ""} or "{year}" in parts.netloc:
        raise ValueError(f"'{raw}' must have {{year}} in its path, and nothing else")
    return str(raw)


def parse_key(raw: Any) -> str:
    fields = fields_of(raw) if isinstance(raw, str) else {}
    if set(fields) != {"year", "page"} or fields["year"]:
        raise ValueError(f"{raw!r} must have {{year}} and {{page}}, as {{page:04}}")
    if not _PAGE_FORMAT.fullmatch(fields["page"]):
        raise ValueError(f"'{raw}': a page is {{page}} or padded, as {{page:04}}")
    if raw.startswith(("/", INCOMING)):
        raise ValueError(f"'{raw}' is a name below {INCOMING}: leave that away")
    return str(raw)


def fields_of(template: str) -> dict[str, str]:
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


def parse_years(raw: Any) -> Years:
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


def parse_retry(raw: Any) -> tuple[int, float]:
    """`{attempts: 6, seconds: 1}`, either of them alone too."""
    if not isinstance(raw, Mapping) or not set(raw) <= {"attempts", "seconds"}:
        raise ValueError(f"{raw!r} is not {{attempts: …, seconds: …}}")
    attempts, seconds = raw.get("attempts", 6), raw.get("seconds", 1.0)
    if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
        raise ValueError(f"attempts {attempts!r} is no count from 1 on")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ValueError(f"seconds {seconds!r} is no duration")
    return attempts, float(seconds)
