"""`GET /collections`, one of them, and the schemas of what it holds."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api.answer import batches, documents
from api.answer.batches import Served
from api.links import Link
from api.media import HTML
from api.ogc import collections, examples, extents, schemas
from api.ogc.extents import Extent
from api.request import Request
from catchment.catalog import Catalog, Model


def listed(asked: Request) -> Response[str]:
    served = batches.all_served()

    def document(links: list[Link]) -> dict[str, Any]:
        return {
            "links": [link.document() for link in links],
            "collections": [
                collections.document(model, extent, asked.base)
                for model, extent in extents.of_all(served)
            ],
        }

    of = (served.catalog, served.batch)
    return documents.serve(asked, of, document, "collections.html")


def collection(asked: Request, name: str) -> Response[str]:
    served = served_as(name)
    model = served.model

    def document(links: list[Link]) -> dict[str, Any]:
        return collections.document(model, _extent(served), asked.base, links)

    def shown() -> dict[str, Any]:
        self_ = Link("self", "", "", "")
        extent = _extent(served)
        one = extents.of_one(served.catalog, model) if extent.bbox else None
        return {
            "schema": schemas.of_items(served.catalog, model, self_),
            "queryables": schemas.of_queryables(served.catalog, model, self_),
            "examples": examples.of(model, extent, one),
        }

    of = (served.catalog, served.batch)
    return documents.serve(asked, of, document, "collection.html", shown=shown)


def _extent(served: Served) -> Extent:
    return extents.of(served.catalog, served.model, served.batch)


def queryables(asked: Request, name: str) -> Response[str]:
    return _schema(asked, name, schemas.of_queryables)


def schema(asked: Request, name: str) -> Response[str]:
    return _schema(asked, name, schemas.of_items)


def _schema(
    asked: Request, name: str, make: Callable[[Catalog, Model, Link], dict[str, Any]]
) -> Response[str]:
    """A JSON Schema, whose media type leaves no room for links but its own."""
    served = served_as(name)
    return documents.serve(
        asked,
        (served.catalog, served.batch),
        lambda links: make(served.catalog, served.model, links[0]),
        "schema.html",
        (schemas.FORMAT, HTML),
    )


def served_as(name: str) -> Served:
    """The collection of this id, and its batch.

    Raises:
        Problem: 404, where there is no such collection.
    """
    return batches.served(lambda catalog: collections.find(catalog, name))
