"""Pages as lines, one a row; what is said of the page stands in headers."""

from api.answer.pages import Page
from api.links import Link
from api.question import columns
from api.question.asked import Query


def csv(page: Page, query: Query, links: list[Link]) -> str:
    """Comma-separated values (RFC 4180), the names of the columns first.

    No value is altered, those that begin with = + - or @ as little as others: this is
    how data come out, and numbers below zero are such values (docs/formats.md).
    """
    names = [column.name for column in columns.shown(query)]
    if columns.has_position(query):
        names.extend(columns.POSITION)
    head = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    return "\r\n".join((head, *page.rows, ""))


def ndjson(page: Page, query: Query, links: list[Link]) -> str:
    """An object a line (https://github.com/ndjson/ndjson-spec)."""
    return "".join(f"{row}\n" for row in page.rows)


def geojsonseq(page: Page, query: Query, links: list[Link]) -> str:
    """A sequence of features (RFC 8142), each behind a record separator."""
    return "".join(f"\x1e{row}\n" for row in page.rows)
