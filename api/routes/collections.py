"""`GET /collections`, one of them, and the schemas of what it holds."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import ogc, request, routes
from api.answer import batches, documents
from api.answer.batches import Served
from api.links import Link
from api.media import HTML
from api.ogc import collections, examples, extents, schemas
from api.ogc.extents import Extent
from api.request import Request
from catchment.catalog import Catalog, Model

PATH = ogc.COLLECTIONS
TEMPLATES = (ogc.COLLECTION, ogc.QUERYABLES, ogc.SCHEMA)
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def listed() -> Response[str]:
    asked = _asked()
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


@router.get(routes.rule(ogc.COLLECTION))
def collection() -> Response[str]:
    asked = _asked()
    served = served_at(ogc.COLLECTION, asked)
    model = served.model

    def document(links: list[Link]) -> dict[str, Any]:
        return collections.document(model, _extent(served), asked.base, links)

    def shown() -> dict[str, Any]:
        self_ = Link("self", "", "", "")
        return {
            "schema": schemas.of_items(served.catalog, model, self_),
            "queryables": schemas.of_queryables(served.catalog, model, self_),
            "examples": examples.of(model, _extent(served)),
        }

    of = (served.catalog, served.batch)
    return documents.serve(asked, of, document, "collection.html", shown=shown)


def _extent(served: Served) -> Extent:
    return extents.of(served.catalog, served.model, served.batch)


@router.get(routes.rule(ogc.QUERYABLES))
def queryables() -> Response[str]:
    return _schema(ogc.QUERYABLES, schemas.of_queryables)


@router.get(routes.rule(ogc.SCHEMA))
def schema() -> Response[str]:
    return _schema(ogc.SCHEMA, schemas.of_items)


def _schema(
    template: str, make: Callable[[Catalog, Model, Link], dict[str, Any]]
) -> Response[str]:
    """A JSON Schema, whose media type leaves no room for links but its own."""
    asked = _asked()
    served = served_at(template, asked)
    return documents.serve(
        asked,
        (served.catalog, served.batch),
        lambda links: make(served.catalog, served.model, links[0]),
        "schema.html",
        (schemas.FORMAT, HTML),
    )


def served_at(template: str, asked: Request) -> Served:
    """The collection that a path names, and its batch.

    Raises:
        Problem: 404, where there is no such collection.
    """
    name = routes.parts(template, asked.path)[0]
    return batches.served(lambda catalog: collections.find(catalog, name))


def _asked() -> Request:
    event = router.current_event
    return request.of(event.raw_event, event.path)
