"""What the admin routes are asked of the ledger, and pages of it."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api import container
from api.links import Link
from api.problems import Problem, bad_parameter
from api.query import ledger as sql
from api.question import cursors, periods, query_string, values
from api.question.cursors import Cursor
from api.question.periods import Period
from api.question.query_string import Parameters
from api.request import Request
from catchment.catalog import REFRESHED as REFRESHABLE
from catchment.types import parse_type

DEFAULT_LIMIT = 100
MAXIMUM_LIMIT = 1_000
STATUSES = ("loaded", "rejected", "failed", "superseded", "unloaded", "unmatched")
REJECT_COLUMNS = ("row_number", "line", "column", "code", "message", "record", "also")
REFRESHED = ("done", "failed")
ALWAYS = Period(None, None)
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
    model: str | None = None
    status: str | None = None
    rejects: bool | None = None
    period: Period = ALWAYS


def asked(
    request: Request, key: str, *words: str, statuses: Sequence[str] = STATUSES
) -> Asked:
    """Read the parameters of a list that is ordered by `key`, as `-load_id`.

    Args:
        words: of feed, model, status, rejects, datetime and f: those that it takes
            beside limit and cursor.
        statuses: what `status` may be.

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
        model=parameters.one("model", _text),
        status=parameters.one("status", _one_of(*statuses)),
        rejects=parameters.one("rejects", _is_true),
        period=parameters.one("datetime", periods.parse) or ALWAYS,
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
        "start": asked.period.start,
        "last" if asked.period.closed else "end": asked.period.end,
        "before": asked.after,
    }
    page = _listed(sql.loads, given, asked.limit)
    if asked.feed and not page.rows:
        _check("feed", asked.feed, container.catalog().feeds)
    return page


def refreshes(asked: Asked) -> Page:
    """Refreshes as JSON texts, newest first.

    Raises:
        Problem: 400, where there are none and there is no such model either.
    """
    given = {"model": asked.model, "status": asked.status, "before": asked.after}
    page = _listed(sql.refreshes, given, asked.limit)
    if asked.model and not page.rows:
        models = container.catalog().models.values()
        refreshed = {m.name for m in models if m.materialized in REFRESHABLE}
        _check("model", asked.model, refreshed)
    return page


def _listed(
    statement: Callable[[Collection[str]], Any], given: Mapping[str, Any], limit: int
) -> Page:
    words = {word: value for word, value in given.items() if value is not None}
    found = _all(statement(words), {**words, "most": limit + 1})
    return _page(found, limit, lambda row: row[1])


def _check(word: str, name: str, known: Collection[str]) -> None:
    """What is no more may still be in the ledger; what never was is a mistake."""
    if name not in known:
        detail = f"{word}: there is no '{name}', and the ledger knows none."
        raise bad_parameter(word, detail, sorted(known))


def load(load_id: int) -> dict[str, Any]:
    """A load, the loads whose place it took, and the refreshes that covered it.

    Raises:
        Problem: 404, where there is no such load.
    """
    found = _all(sql.LOAD, {"load_id": load_id})
    if not found:
        raise no_load()
    refreshes = _all(sql.REFRESHES, {"load_id": load_id})
    replaced = _all(sql.REPLACED, {"load_id": load_id})
    return {
        **json.loads(found[0][1]),
        "replaced": [number for (number,) in replaced],
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


def reasons(load_id: int) -> list[dict[str, Any]]:
    """Why records of a load were rejected, most frequent first.

    Raises:
        Problem: 404, where there is no such load.
    """
    found = _all(sql.REASONS, {"load_id": load_id})
    if not found and not _all(sql.LOAD, {"load_id": load_id}):
        raise no_load()
    return [json.loads(text) for (text,) in found]


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
