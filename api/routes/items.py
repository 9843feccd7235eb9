"""`GET` the items of a collection, or one of them."""

from dataclasses import replace
from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import media, ogc, request, routes
from api.answer import serving
from api.ogc import features
from api.question import params
from api.request import Request
from api.routes.collections import served_at

TEMPLATES = (ogc.ITEMS, ogc.ITEM)
# Rows of a page for people, where they do not say how many.
SHOWN = 100
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(routes.rule(ogc.ITEMS))
def items() -> Response[str]:
    asked = _asked()
    served = served_at(ogc.ITEMS, asked)
    query = params.of_model(asked.pairs, served.model, params.ITEMS, asked.accept)
    among = params.ITEMS.formats
    if query.format != media.HTML:
        return serving.serve(query, served, asked, among)
    if not any(name == "limit" for name, _ in asked.pairs):
        query = replace(query, limit=SHOWN)
    return serving.serve(query, served, asked, among, partial(features.table, asked))


@router.get(routes.rule(ogc.ITEM))
def item() -> Response[str]:
    asked = _asked()
    served = served_at(ogc.ITEM, asked)
    _, id_ = routes.parts(ogc.ITEM, asked.path)
    query = features.query(id_, served.model, asked)
    render = partial(features.alone, asked)
    return serving.serve(query, served, asked, features.ITEM.formats, render)


def _asked() -> Request:
    event = router.current_event
    return request.of(event.raw_event, event.path)
