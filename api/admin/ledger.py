"""What the admin routes are asked of the ledger, and pages of it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api import container
from api.links import Link
from api.problems import Problem, bad_parameter
from api.query import ledger as sql
from api.question import cursors, query_string, values
from api.question.cursors import Cursor
from api.question.query_string import Parameters
from api.request import Request
from catchment.types import parse_type

DEFAULT_LIMIT = 100
MAXIMUM_LIMIT = 1_000
STATUSES = ("loaded", "rejected", "failed", "superseded", "unloaded", "unmatched")
REJECT_COLUMNS = ("row_number", "line", "column", "code", "message", "record", "also")
_BIGINT = parse_type("bigint")


@dataclass(frozen=True)
class Page:
    """Rows of a page and the key of each, and whether others follow."""

    rows: Sequence[Any]
    keys: Sequence[int]
    more: bool

    def half(self) -> "Page":
        middle = len(self.rows) // 2
        return Page(self.rows[:middle], self.keys[:middle], more=True)


@dataclass(frozen=True)
class Asked:
    """What a list of the ledger is asked.

    Attributes:
        after: the key of the row before the page.
    """

    limit: int
    after: int | None
    format: str = "json"
    feed: str | None = None
    status: str | None = None
    rejects: bool | None = None


def asked(request: Request, key: str, *words: str) -> Asked:
    """Read the parameters of a list that is ordered by `key`, as `-load_id`.

    Args:
        words: of feed, status, rejects and f: those that it takes beside limit and
            cursor.

    Raises:
        Problem: 400 for all that is wrong.
    """
    query_string.refuse_others(request.pairs, [*words, "limit", "cursor"])
    parameters = Parameters(request.pairs)
    return Asked(
        limit=parameters.one("limit", _limit) or DEFAULT_LIMIT,
        after=parameters.one("cursor", lambda text: _after(text, key)),
        format=parameters.one("f", _one_of("json", "csv")) or "json",
        feed=parameters.one("feed", _text),
        status=parameters.one("status", _one_of(*STATUSES)),
        rejects=parameters.one("rejects", _is_true),
    )


def loads(asked: Asked) -> Page:
    """Loads as JSON texts, newest first.

    Raises:
        Problem: 400, where there are none and there is no such feed either.
    """
    given = {
        "feed": asked.feed,
        "status": asked.status,
        "rejects": asked.rejects,
        "before": asked.after,
    }
    words = {word: value for word, value in given.items() if value is not None}
    found = _all(sql.loads(words), {**words, "most": asked.limit + 1})
    if asked.feed and not found:
        _check_feed(asked.feed)
    return _page(found, asked.limit, lambda row: row[1])


def _check_feed(name: str) -> None:
    """A feed that is no more may still have loads; one that never was has none."""
    known = sorted(container.catalog().feeds)
    if name not in known:
        detail = f"feed: there is no '{name}', and no such load of it."
        raise bad_parameter("feed", detail, known)


def load(load_id: int) -> dict[str, Any]:
    """A load and the refreshes that covered it.

    Raises:
        Problem: 404, where there is no such load.
    """
    found = _all(sql.LOAD, {"load_id": load_id})
    if not found:
        raise no_load()
    refreshes = _all(sql.REFRESHES, {"load_id": load_id})
    return {
        **json.loads(found[0][1]),
        "refreshes": [json.loads(text) for (text,) in refreshes],
    }


def rejects(load_id: int, asked: Asked) -> Page:
    """Rejects of a load, in the order of its file.

    Raises:
        Problem: 404, where there is no such load.
    """
    parts = {"load_id": load_id, "after": asked.after or 0, "most": asked.limit + 1}
    found = _all(sql.REJECTS, parts)
    if not found and not _all(sql.LOAD, {"load_id": load_id}):
        raise no_load()
    return _page(found, asked.limit, lambda row: row)


def load_id(text: str) -> int:
    """The number of a load in a path.

    Raises:
        Problem: 404, where it is none.
    """
    if not values.fits(text, _BIGINT):
        raise no_load()
    return int(text)


def no_load() -> Problem:
    return Problem(404, "There is no such load: GET /loads lists all.")


def links(page: Page, request: Request, key: str, media_type: str) -> list[Link]:
    """Self, and the next page where there is one."""
    found = [Link("self", media_type, request.address.href(), "This page")]
    if page.more:
        cursor = cursors.encode([key], Cursor((str(page.keys[-1]),)))
        href = request.address.href(cursor=cursor)
        found.append(Link("next", media_type, href, "The next page"))
    return found


def as_csv(rows: Iterable[Sequence[Any]]) -> str:
    """Rejects as CSV (RFC 4180), with a header; texts in quotes, as in all CSV here."""
    lines = [",".join(map(_cell, row)) for row in (REJECT_COLUMNS, *rows)]
    return "".join(f"{line}\r\n" for line in lines)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case int():
            return str(value)
        case str():
            text = value
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return '"' + text.replace('"', '""') + '"'


def as_objects(rows: Iterable[Sequence[Any]]) -> list[Mapping[str, Any]]:
    """Rejects as objects of JSON."""
    return [dict(zip(REJECT_COLUMNS, row, strict=True)) for row in rows]


def _all(statement: Any, parts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return container.database().connection().execute(statement, parts).fetchall()


def _page(
    found: Sequence[tuple[Any, ...]], limit: int, row: Callable[[Any], Any]
) -> Page:
    shown = found[:limit]
    keys = [int(one[0]) for one in shown]
    return Page(list(map(row, shown)), keys, more=len(found) > limit)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:20]) < 1:
        raise ValueError(f"expected 1 to {MAXIMUM_LIMIT:,}")
    return min(int(text[:20]), MAXIMUM_LIMIT)


def _after(text: str, key: str) -> int:
    (value,) = cursors.decode(text, [key]).key
    if value is None or not values.fits(value, _BIGINT):
        raise ValueError("this is no cursor of a `next` link")
    return int(value)


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"'{text}' is none of {', '.join(words)}")
        return text

    return read


def _is_true(text: str) -> bool:
    return _one_of("false", "true")(text) == "true"


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds a NUL")
    return text
