"""Pages as documents: texts are joined here, and never read as objects.

Reading 10,000 features into Python and writing them again takes six times as
long as all the rest of the answer (docs/performance.md, "Serving").
"""

import json
from datetime import UTC, datetime
from typing import Any

from api import cursors
from api.asked import GroupQuery, Query
from api.links import Address, Link
from api.pages import Page

MEDIA_TYPES = {"json": "application/json", "geojson": "application/geo+json"}
TITLES = {"json": "JSON", "geojson": "GeoJSON"}


def render(page: Page, query: Query, address: Address) -> str:
    """The document of a page in the query's format."""
    body = _feature_collection if query.format == "geojson" else _data
    return body(page, query, links_of(page, query, address))


def links_of(page: Page, query: Query, address: Address) -> list[dict[str, str]]:
    """Self, the same page in the other formats, and the next page."""
    links = [_link("self", query.format, address.href())]
    for format_ in MEDIA_TYPES:
        if format_ != query.format:
            links.append(_link("alternate", format_, address.href(f=format_)))
    if page.more:
        order = [str(by) for by in query.order]
        cursor = cursors.encode(order, cursors.texts(page.keys[-1]))
        links.append(_link("next", query.format, address.href(cursor=cursor)))
    return links


def _link(rel: str, format_: str, href: str) -> dict[str, str]:
    title = {"self": "This page", "alternate": "This page", "next": "The next page"}
    link = Link(rel, MEDIA_TYPES[format_], href, f"{title[rel]} as {TITLES[format_]}")
    return link.document()


def _data(page: Page, query: Query, links: list[dict[str, str]]) -> str:
    head = {**_asked(query), **_numbers(page, query)}
    return _joined(head, "data", page, {"links": links})


def _asked(query: Query) -> dict[str, Any]:
    """What the rows are of, as the head of an answer says it."""
    if isinstance(query, GroupQuery):
        return {"dataset": query.model.name, "group_by": query.group_by}
    return {"model": query.model.name}


def _feature_collection(page: Page, query: Query, links: list[dict[str, str]]) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = {"type": "FeatureCollection", **_numbers(page, query), "timeStamp": now}
    return _joined({**head, "links": links}, "features", page, {})


def _numbers(page: Page, query: Query) -> dict[str, int]:
    """`numberMatched` only where it is known: a first page that is the last."""
    numbers = {"numberReturned": len(page.rows)}
    if not page.more and query.after is None:
        numbers["numberMatched"] = len(page.rows)
    return numbers


def _joined(head: dict[str, Any], word: str, page: Page, tail: dict[str, Any]) -> str:
    """An object of `head`, the page's rows as the list `word`, and `tail`."""
    start = json.dumps(head, ensure_ascii=False)[:-1]
    end = ", " + json.dumps(tail, ensure_ascii=False)[1:] if tail else "}"
    return f'{start}, "{word}": [{",".join(page.rows)}]{end}'
