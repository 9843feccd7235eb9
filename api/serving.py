"""A query to its answer, in as many pages as Lambda needs."""

from aws_lambda_powertools.event_handler import Response

from api import answers, caching, container, cursors, formats, media, pages, problems
from api.asked import Query
from api.batches import Served
from api.cursors import Cursor
from api.links import Address, Link
from api.pages import Page
from api.problems import Problem
from api.request import Request

_TITLES = {"self": "This page", "alternate": "This page", "next": "The next page"}


def serve(query: Query, served: Served, request: Request) -> Response[str]:
    """The page, halved until it fits into an answer; `next` leads to the rest.

    Raises:
        Problem: 410, where the data have changed since the page before and the
            order is not one that bears it.
    """
    validators = caching.validators(served, request, query.format)
    if caching.has_it(request, validators):
        return caching.not_modified(validators)
    _refuse_stale(query, served)
    page = pages.read(container.database().connection(), query, served.catalog)
    while True:
        links = links_of(page, query, request.address, served.batch.id)
        headers = {**validators.headers(), "Link": links_header(links)}
        text = formats.render(page, query, links)
        if response := answers.respond(
            text, query.format.media_type, request.accept_encoding, headers
        ):
            return response
        if len(page.rows) < 2:
            raise Problem(
                500,
                "One row alone is larger than an answer can be; without its "
                "geometry (f=json) it may fit.",
            )
        page = page.half()


def links_of(page: Page, query: Query, address: Address, batch: str) -> list[Link]:
    """Self, the same page in the other formats, and the next page."""
    links = [_link("self", query.format, address.href())]
    for format_ in media.OF_ROWS:
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


def _link(rel: str, format_: media.Format, href: str) -> Link:
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
