"""A query to its answer, in as many pages as Lambda needs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aws_lambda_powertools.event_handler import Response
from psycopg import Connection

from api import access, container, media, problems
from api.answer import answers, caching, counting, formats, pages
from api.answer.batches import Served
from api.answer.formats import Render
from api.answer.pages import Page
from api.links import Address, Link
from api.media import Format
from api.problems import Problem
from api.question import cursors
from api.question.asked import Query
from api.question.cursors import Cursor
from api.request import Request

_TITLES = {"self": "This page", "alternate": "This page", "next": "The next page"}


def serve(
    query: Query,
    served: Served,
    request: Request,
    among: Sequence[Format] = media.OF_ROWS,
    render: Render = formats.render,
) -> Response[str]:
    """The page, halved until it fits into an answer; `next` leads to the rest.

    Args:
        among: the formats that the page can be had in.
        render: how it is written.

    Raises:
        Problem: 410, where the data have changed since the page before and the
            order is not one that bears it; what `access.limited` raises.
    """
    query = access.limited(query, request.caller)
    validators = caching.validators(served, request, query.format)
    if caching.has_it(request, validators):
        return caching.not_modified(validators)
    _refuse_stale(query, served)
    connection = container.database().connection()
    page = _page(connection, query, served)
    accept_encoding = "" if query.format.is_packed else request.accept_encoding
    while True:
        links = links_of(page, query, request.address, served.batch.id, among)
        headers = {
            **validators.headers(),
            **formats.headers(page, query),
            "Link": links_header(links),
        }
        body = render(page, query, links)
        if response := answers.respond(
            body, query.format.media_type, accept_encoding, headers
        ):
            return response
        if len(page.rows) < 2:
            raise Problem(
                500,
                "One row alone is larger than an answer can be; without its "
                "geometry (f=json) it may fit.",
            )
        page = page.half()


def _page(connection: Connection[Any], query: Query, served: Served) -> Page:
    """The first page, or none of it where only the number of rows is asked for."""
    catalog = served.catalog
    if query.hits:
        matched = counting.exact(connection, query, catalog)
        return replace(pages.NO_ROWS, matched=matched)
    page = pages.read(connection, query, catalog)
    found = counting.of_page(page, connection, query, catalog, served.batch.id)
    return replace(page, matched=found)


def links_of(
    page: Page,
    query: Query,
    address: Address,
    batch: str,
    among: Sequence[Format] = media.OF_ROWS,
) -> list[Link]:
    """Self, the same page in the other formats, and the next page."""
    links = [_link("self", query.format, address.href())]
    for format_ in among:
        if format_ != query.format:
            links.append(_link("alternate", format_, address.href(f=format_.name)))
    if page.more:
        order = [str(by) for by in query.order]
        cursor = Cursor(cursors.texts(page.keys[-1]), batch)
        href = address.href(cursor=cursors.encode(order, cursor))
        links.append(_link("next", query.format, href))
    return links


def links_header(links: list[Link]) -> str:
    """Links for those who do not read the body (RFC 8288)."""
    told = (link for link in links if link.rel in ("self", "next"))
    return ", ".join(f'<{k.href}>; rel="{k.rel}"; type="{k.type}"' for k in told)


def _link(rel: str, format_: Format, href: str) -> Link:
    title = f"{_TITLES[rel]} as {format_.title}"
    return Link(rel, format_.media_type, href, title)


def _refuse_stale(query: Query, served: Served) -> None:
    """Rows ordered by values that a refresh changes may have moved past a cursor."""
    if query.cursor is None or query.is_by_identity:
        return
    if query.cursor.batch != served.batch.id:
        raise problems.gone(
            "The data were refreshed since the page before, and rows in this order "
            "may have moved: begin again without cursor."
        )
