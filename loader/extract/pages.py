"""The pages of one year, one after the other, each as it came."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from catchment.extract import Extract
from loader.extract.http import Failed, Http, NotFound


class NotPublished(Exception):
    """The service has nothing for this year as yet."""


@dataclass(frozen=True)
class Page:
    """A page as it came.

    Attributes:
        number: from 1.
        rows: how many records it has.
        count: how many all pages of the year have, where the service says so.
        empty: a document of the same shape without records.
    """

    number: int
    body: bytes
    rows: int
    count: int | None
    empty: bytes


def pages(
    http: Http, extract: Extract, records: str, year: int, base_url: str | None
) -> Iterator[Page]:
    """Follow the pages of a year; `records` is the path of their array.

    Raises:
        NotPublished: where the first page is not there or has no records.
        Failed: where a page is not as it must be, or they do not add up.
        NoTimeLeft: where the invocation ends before.
    """
    url: str | None = extract.url_of(year, base_url)
    first, seen, rows = str(url), set[bytes](), 0
    number, page = 0, None
    while url is not None:
        number += 1
        document, body = _get(http, url, number)
        page = _page(document, body, extract, records, number)
        if not page.rows and number == 1:
            raise NotPublished
        for sign in (url.encode(), hashlib.sha256(body).digest()):
            if sign in seen:
                raise Failed(f"page {number} came before: the pages go in a circle")
            seen.add(sign)
        rows += page.rows
        yield page
        url = _next_url(document, extract.next, url, first)
    if page and page.count is not None and page.count != rows:
        raise Failed(f"{number} pages hold {rows} records, not {page.count} as told")


def _get(http: Http, url: str, number: int) -> tuple[Any, bytes]:
    try:
        body = http.get(url)
    except NotFound:
        if number == 1:
            raise NotPublished from None
        raise Failed(f"page {number} is not there (404): {url}") from None
    try:
        return json.loads(body), body
    except (ValueError, RecursionError) as error:
        raise Failed(f"page {number} is no JSON: {error}") from None


def _page(
    document: Any, body: bytes, extract: Extract, records: str, number: int
) -> Page:
    array = document if isinstance(document, list) else at(document, records)
    if not isinstance(array, list):
        raise Failed(f"page {number} has no array of records at '{records}'")
    count = at(document, extract.count)
    if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
        raise Failed(
            f"page {number} has '{extract.count}' {count!r}, which is no count"
        )
    empty: Any = []
    if isinstance(document, dict):
        for step in reversed(records.split(".")):
            empty = {step: empty}
    return Page(number, body, len(array), count, json.dumps(empty).encode())


def _next_url(document: Any, path: str, url: str, first: str) -> str | None:
    """Where the next page is, on the scheme and host of the first one only."""
    said = at(document, path)
    if said is None or said == "":
        return None
    if not isinstance(said, str):
        raise Failed(f"'{path}' is {said!r}, which is no address")
    target, own = urlsplit(urljoin(url, said)), urlsplit(first)
    if target.hostname != own.hostname:
        raise Failed(f"'{path}' leads to another host: {target.hostname}")
    return target._replace(scheme=own.scheme, netloc=own.netloc).geturl()


def at(document: Any, path: str) -> Any:
    """What stands at a dotted path, or None."""
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document
