"""Items as features: a page of them for people, and one alone."""

import json
from dataclasses import replace
from typing import Any

from api import media
from api.answer.pages import Page
from api.links import Address, Link
from api.ogc import collections
from api.problems import Problem
from api.question import params, query_string
from api.question.asked import Query
from api.request import Request
from catchment.catalog import Model

# Of one feature nothing can be asked but how it is written.
TAKEN = ("f", "precision", "simplify")
ITEM = params.Route(
    without=tuple(name for name in params.API_PARAMETERS if name not in TAKEN),
    formats=(media.GEOJSON, media.HTML),
    default=media.GEOJSON,
)


def query(id_: str, model: Model, asked: Request) -> Query:
    """The feature of an id, as it stands among the items.

    Raises:
        Problem: 404, where no feature can have this id; 400 for what is asked of it
            beside its form.
    """
    # A dimension too is refused: it could but contradict the id.
    query_string.refuse_others(asked.pairs, TAKEN)
    filters = params.of_feature(id_, model)
    found = params.of_model(asked.pairs, model, ITEM, asked.accept)
    return replace(found, filters=filters, limit=1)


def alone(asked: Request, page: Page, query: Query, links: list[Link]) -> str:
    """One feature as GeoJSON with its links, or as a page.

    Raises:
        Problem: 404, where there is none.
    """
    if not page.rows:
        raise Problem(404, "There is no feature of this id in the collection.")
    model = query.model
    title = collections.endpoint_of(model).title
    collection = Link(
        "collection", media.JSON.media_type, collections.url(asked.base, model), title
    )
    told = [link.document() for link in (*links, collection)]
    if query.format != media.HTML:
        return f'{page.rows[0][:-1]},"links":{json.dumps(told, ensure_ascii=False)}}}'
    from api import html

    return html.render(
        "feature.html", asked, {**json.loads(page.rows[0]), "links": told}, query=query
    )


def table(asked: Request, page: Page, query: Query, links: list[Link]) -> str:
    """A page of items for people, who read their properties and not their shapes."""
    from api import html
    from api.html import tables

    features = [json.loads(row) for row in page.rows]
    document: dict[str, Any] = {
        "features": features,
        "links": [link.document() for link in links],
    }
    return html.render(
        "items.html",
        asked,
        document,
        query=query,
        first=_first(asked),
        matched=page.matched,
        table=tables.of(features, query, asked.address),
    )


def _first(asked: Request) -> str:
    """The address of the first page."""
    kept = tuple(pair for pair in asked.pairs if pair[0] != "cursor")
    return Address(asked.address.url, kept).href()
