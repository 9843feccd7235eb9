"""The landing page and the conformance declaration."""

from typing import Any

from api import ogc, tiles
from api.links import Link
from api.ogc import conformance

TITLE = "Catchment"
DESCRIPTION = (
    "Aggregates and rows of the files that came in, by place and time, as JSON, "
    "GeoJSON and OGC API collections."
)
# As its parts are written here: OWSLib compares the text.
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_JSON = "application/json"
_HTML = "text/html"


def landing(base: str, links: list[Link]) -> dict[str, Any]:
    """What there is, by the relations that clients look for.

    Args:
        links: this page's own, self and alternate.
    """
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "links": [link.document() for link in (*links, *_links(base))],
    }


def _links(base: str) -> list[Link]:
    return [
        Link("service-desc", OPENAPI, f"{base}/api", "The API as OpenAPI 3.0"),
        Link("service-doc", _HTML, f"{base}/docs", "The API, to read and to try"),
        Link("conformance", _JSON, base + ogc.CONFORMANCE, "Conformance classes"),
        Link("data", _JSON, base + ogc.COLLECTIONS, "The collections"),
        Link(tiles.MATRIX_SETS_REL, _JSON, base + tiles.MATRIX_SETS, "Grids of tiles"),
        Link("related", _JSON, f"{base}/aggregated-data", "Datasets to be grouped"),
        Link("status", _JSON, f"{base}/health", "How fresh the data are"),
    ]


def conformances(links: list[Link]) -> dict[str, Any]:
    return {
        "conformsTo": conformance.declared(),
        "links": [link.document() for link in links],
    }
