"""Pages as documents, one module a family of formats.

Texts are joined here, and never read as objects: reading 10,000 features into
Python and writing them again takes six times as long as all the rest of the
answer (docs/performance.md, "Serving").
"""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from api.answer.pages import Page
from api.links import Link
from api.question.asked import Query

Render = Callable[[Page, Query, list[Link]], str | bytes]

# Imported by who asks for it: arrow-rs alone takes 9 to 34 ms.
_RENDERED = {
    "json": "documents.data",
    "geojson": "documents.feature_collection",
    "csv": "lines.csv",
    "ndjson": "lines.ndjson",
    "geojsonseq": "lines.geojsonseq",
    "flatgeobuf": "flatgeobuf.file",
    "parquet": "parquet.file",
}


def headers(page: Page, query: Query) -> dict[str, str]:
    """What a format that has no room for it says of a page, and its name."""
    if query.format.extension is None:
        return {}
    name = f"{query.model.name}.{query.format.extension}"
    told = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "OGC-NumberReturned": str(len(page.rows)),
    }
    if page.matched:
        told["OGC-NumberMatched"] = str(page.matched.number)
        if page.matched.is_estimated:
            told["OGC-NumberMatched-Is-Estimated"] = "true"
    return told


def render(page: Page, query: Query, links: list[Link]) -> str | bytes:
    """A page in the query's format."""
    module, _, name = _RENDERED[query.format.name].partition(".")
    written = getattr(import_module(f"api.answer.formats.{module}"), name)
    return cast(Render, written)(page, query, links)
