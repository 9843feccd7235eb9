"""`GET` the items of a collection, or one of them."""

from dataclasses import replace
from functools import partial

from aws_lambda_powertools.event_handler import Response

from api import media
from api.answer import serving
from api.ogc import features
from api.question import params
from api.request import Request
from api.routes.collections import served_as

# Rows of a page for people, where they do not say how many.
SHOWN = 100


def items(asked: Request, name: str) -> Response[str]:
    served = served_as(name)
    query = params.of_model(asked.pairs, served.model, params.ITEMS, asked.accept)
    among = params.ITEMS.formats
    if query.format != media.HTML:
        return serving.serve(query, served, asked, among)
    if not any(name == "limit" for name, _ in asked.pairs):
        query = replace(query, limit=SHOWN)
    # Its table shows no shapes: 12,000 of 160 points each took 270 MB to be read.
    query = replace(query, skips_geometry=True)
    return serving.serve(query, served, asked, among, partial(features.table, asked))


def item(asked: Request, name: str, id_: str) -> Response[str]:
    served = served_as(name)
    query = features.query(id_, served.model, asked)
    render = partial(features.alone, asked)
    return serving.serve(query, served, asked, features.ITEM.formats, render)
