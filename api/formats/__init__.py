"""Pages as documents, one module a family of formats.

Texts are joined here, and never read as objects: reading 10,000 features into
Python and writing them again takes six times as long as all the rest of the
answer (docs/performance.md, "Serving").
"""

from collections.abc import Callable

from api.asked import Query
from api.formats import documents
from api.links import Link
from api.pages import Page

Render = Callable[[Page, Query, list[Link]], str]

_RENDERED: dict[str, Render] = {
    "json": documents.data,
    "geojson": documents.feature_collection,
}


def render(page: Page, query: Query, links: list[Link]) -> str:
    """A page in the query's format."""
    return _RENDERED[query.format.name](page, query, links)
