"""Pages as JSON documents that say what they are of and where others are."""

import json
from datetime import UTC, datetime
from typing import Any

from api.answer.pages import Page
from api.links import Link
from api.question.asked import GroupQuery, Query


def data(page: Page, query: Query, links: list[Link]) -> str:
    """`{"dataset": …, "data": [row, …], "links": […]}`."""
    head = {**_asked(query), **_numbers(page)}
    return _joined(head, "data", page, {"links": _documents(links)})


def feature_collection(page: Page, query: Query, links: list[Link]) -> str:
    """A feature collection (RFC 7946) with the members of OGC API Features."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = {"type": "FeatureCollection", **_numbers(page), "timeStamp": now}
    return _joined({**head, "links": _documents(links)}, "features", page, {})


def _asked(query: Query) -> dict[str, Any]:
    """What the rows are of, as the head of an answer says it."""
    if isinstance(query, GroupQuery):
        return {"dataset": query.model.name, "group_by": query.group_by}
    return {"model": query.model.name}


def _numbers(page: Page) -> dict[str, int]:
    """`numberMatched` where it is known, and whether it is but thought."""
    numbers = {"numberReturned": len(page.rows)}
    if page.matched:
        numbers["numberMatched"] = page.matched.number
        if page.matched.is_estimated:
            numbers["numberMatchedIsEstimated"] = True
    return numbers


def _documents(links: list[Link]) -> list[dict[str, str]]:
    return [link.document() for link in links]


def _joined(head: dict[str, Any], word: str, page: Page, tail: dict[str, Any]) -> str:
    """An object of `head`, the page's rows as the list `word`, and `tail`."""
    start = json.dumps(head, ensure_ascii=False)[:-1]
    end = ", " + json.dumps(tail, ensure_ascii=False)[1:] if tail else "}"
    return f'{start}, "{word}": [{",".join(page.rows)}]{end}'
