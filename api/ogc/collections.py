"""Models as OGC collections."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from api import media, tiles
from api.links import Address, Link
from api.ogc import COLLECTIONS
from api.ogc.extents import CRS84, Extent
from api.problems import Problem
from api.tiles import features
from catchment.catalog import Catalog, Model
from catchment.endpoint import Dataset, Endpoint

_OGC = "http://www.opengis.net/def/rel/ogc/1.0"
QUERYABLES_REL = f"{_OGC}/queryables"
SCHEMA_TYPE = "application/schema+json"


def find(catalog: Catalog, name: str) -> Model:
    """The collection of this id.

    Raises:
        Problem: 404, with those that exist.
    """
    model = catalog.models.get(name)
    if model and model.api:
        return model
    raise Problem(404, f"There is no collection '{name}'.", known=names(catalog))


def names(catalog: Catalog) -> list[str]:
    return sorted(model.name for model in catalog.models.values() if model.api)


def url(base: str, model: Model, *more: str) -> str:
    """The address of a collection, or of something in it."""
    return base + "/".join([COLLECTIONS, *(quote(p, "") for p in (model.name, *more))])


def document(
    model: Model, extent: Extent, base: str, links: Iterable[Link] = ()
) -> dict[str, Any]:
    """A collection, as the list of them holds it and as it stands alone.

    Args:
        links: the own ones of a document that is this collection alone.
    """
    endpoint = endpoint_of(model)
    own = links or [_self(model, base)]
    told = {
        "id": model.name,
        "title": endpoint.title,
        "description": model.description,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent.document(),
        "links": [k.document() for k in (*own, *_links(model, endpoint, base))],
    }
    return {word: value for word, value in told.items() if value is not None}


def endpoint_of(model: Model) -> Endpoint:
    """What a model that is served says of it."""
    if model.api is None:
        raise ValueError(f"the model {model.name} is not served")
    return model.api


def items_links(model: Model, base: str) -> list[Link]:
    """The items in every format; GeoJSON comes first, which clients look for."""
    items = Address(url(base, model, "items"))
    title = endpoint_of(model).title
    formats = sorted(media.OF_ROWS, key=lambda format_: format_ != media.GEOJSON)
    return [
        Link("items", f.media_type, items.href(f=f.name), f"{title} as {f.title}")
        for f in (*formats, media.HTML)
    ]


def _self(model: Model, base: str) -> Link:
    title = endpoint_of(model).title
    return Link("self", media.JSON.media_type, url(base, model), title)


def _links(model: Model, endpoint: Endpoint, base: str) -> list[Link]:
    queryables = Link(
        QUERYABLES_REL,
        SCHEMA_TYPE,
        url(base, model, "queryables"),
        "What its items can be filtered by",
    )
    schema = Link(
        "describedby", SCHEMA_TYPE, url(base, model, "schema"), "What its items hold"
    )
    return [
        *items_links(model, base),
        queryables,
        schema,
        *_related(model, endpoint, base),
    ]


def _related(model: Model, endpoint: Endpoint, base: str) -> list[Link]:
    """The other ways to ask the same model."""
    links = []
    if isinstance(endpoint, Dataset):
        href = Address(f"{base}/aggregated-data").href(dataset=model.name)
        links.append(("Grouped by other dimensions", href))
    if endpoint.path:
        links.append((f"By the path {endpoint.path}", base + endpoint.path))
    related = [Link("related", media.JSON.media_type, href, t) for t, href in links]
    return [*related, *_tilesets(model, endpoint, base)]


def _tilesets(model: Model, endpoint: Endpoint, base: str) -> list[Link]:
    if not features.have_places(endpoint):
        return []
    href, title = url(base, model, "tiles"), "Its items as vector tiles"
    return [Link(tiles.TILESETS_REL, media.JSON.media_type, href, title)]
