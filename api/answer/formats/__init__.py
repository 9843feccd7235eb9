"""Pages as documents, one module a family of formats.

Texts are joined here, and never read as objects: reading 10,000 features into
Python and writing them again takes six times as long as all the rest of the
answer (docs/performance.md, "Serving").
"""

from collections.abc import Callable

from api.answer.formats import documents, flatgeobuf, lines
from api.answer.pages import Page
from api.links import Link
from api.question.asked import Query

Render = Callable[[Page, Query, list[Link]], str | bytes]


def _parquet(page: Page, query: Query, links: list[Link]) -> bytes:
    # Imported by who asks for it: arrow-rs takes 9 to 34 ms.
    from api.answer.formats import parquet

    return parquet.file(page, query, links)


_RENDERED: dict[str, Render] = {
    "json": documents.data,
    "geojson": documents.feature_collection,
    "csv": lines.csv,
    "ndjson": lines.ndjson,
    "geojsonseq": lines.geojsonseq,
    "flatgeobuf": flatgeobuf.file,
    "parquet": _parquet,
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
    return _RENDERED[query.format.name](page, query, links)
