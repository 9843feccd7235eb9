"""What is said of tiles: tilesets, TileJSON and the tile matrix set.

The documents of OGC 17-083r4 (https://docs.ogc.org/is/17-083r4/17-083r4.html), and
TileJSON 3.0.0 (https://github.com/mapbox/tilejson-spec/tree/master/3.0.0).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api import tiles
from api.links import Address, Link, Pairs
from api.media import JSON
from api.ogc import collections
from api.ogc.extents import CRS84, NOWHERE, Extent
from api.question.asked import Query
from api.tiles import features, grid
from catchment.catalog import Catalog, Model

# A TileJSON's words for what a property holds.
_FIELDS = {"boolean": "Boolean", "string": "String"}
_ZOOMS = {"minzoom": 0, "maxzoom": grid.MAXIMUM_ZOOM}


@dataclass(frozen=True)
class Tileset:
    """A collection's tiles, as they are asked for.

    Attributes:
        base: the address of the API.
        pairs: the parameters of the query, which its tiles take as well.
        extent: where its features are.
    """

    query: Query
    catalog: Catalog
    base: str
    pairs: Pairs = ()
    extent: Extent = NOWHERE

    @property
    def model(self) -> Model:
        return self.query.model

    @property
    def title(self) -> str:
        return self.query.endpoint.title

    def href(self, format_: str | None = None) -> str:
        """The address of this document about it."""
        url = collections.url(self.base, self.model, "tiles", grid.NAME)
        return Address(url, self._kept()).href(**({"f": format_} if format_ else {}))

    def template(self, zoom: str, row: str, column: str) -> str:
        """The address of its tiles, with these names in braces."""
        url = collections.url(self.base, self.model, "tiles", grid.NAME)
        names = "/".join(f"{{{name}}}" for name in (zoom, row, column))
        return Address(f"{url}/{names}", self._kept()).href()

    def _kept(self) -> Pairs:
        return tuple(pair for pair in self.pairs if pair[0] != "f")


def listed(tileset: Tileset, links: Iterable[Link]) -> dict[str, Any]:
    """The tilesets of a collection, of which there is one."""
    own = Link("self", JSON.media_type, tileset.href(), _about(tileset))
    item = {**_head(tileset), "links": [own.document(), _matrix_set(tileset.base)]}
    return {"tilesets": [item], "links": [link.document() for link in links]}


def tileset(tileset: Tileset) -> dict[str, Any]:
    """The tileset's metadata."""
    return {
        **_head(tileset),
        "description": tileset.model.description,
        **_box(tileset.extent),
        "tileMatrixSetLimits": grid.limits(),
        "layers": [_layer(tileset)],
        "links": _links(tileset),
    }


def tilejson(tileset: Tileset) -> dict[str, Any]:
    """The same for clients that know TileJSON."""
    box = tileset.extent.bbox
    shown = features.properties(tileset.query)
    return {
        "tilejson": "3.0.0",
        "name": tileset.title,
        "description": tileset.model.description,
        "scheme": "xyz",
        "tiles": [tileset.template("z", "y", "x")],
        **_ZOOMS,
        **({"bounds": list(box)} if box else {}),
        "vector_layers": [
            {
                "id": tileset.model.name,
                "description": tileset.model.description,
                **_ZOOMS,
                "fields": {p.name: _FIELDS.get(p.kind, "Number") for p in shown},
            }
        ],
    }


def matrix_sets(base: str) -> dict[str, Any]:
    """The tile matrix sets, of which there is one."""
    own = Link("self", JSON.media_type, f"{base}{tiles.MATRIX_SETS}", "This document")
    href = f"{base}{tiles.MATRIX_SETS}/{grid.NAME}"
    link = Link("self", JSON.media_type, href, grid.TITLE).document()
    told = {"id": grid.NAME, "title": grid.TITLE, "uri": grid.URI, "crs": grid.CRS}
    return {
        "tileMatrixSets": [{**told, "links": [link]}],
        "links": [own.document()],
    }


def matrix_set() -> dict[str, Any]:
    """WebMercatorQuad."""
    return {
        "id": grid.NAME,
        "title": grid.TITLE,
        "uri": grid.URI,
        "crs": grid.CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": (
            "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"
        ),
        "tileMatrices": grid.matrices(),
    }


def _head(tileset: Tileset) -> dict[str, Any]:
    return {
        "title": tileset.title,
        "dataType": "vector",
        "crs": grid.CRS,
        "tileMatrixSetURI": grid.URI,
    }


def _box(extent: Extent) -> dict[str, Any]:
    if extent.bbox is None:
        return {}
    west, south, east, north = extent.bbox
    corners = {"lowerLeft": [west, south], "upperRight": [east, north]}
    return {"boundingBox": {**corners, "crs": CRS84}}


def _layer(tileset: Tileset) -> dict[str, Any]:
    """The layer of its tiles; without the dimension where that is not known."""
    model = tileset.model
    dimension = features.dimension(model, tileset.catalog)
    shown = features.properties(tileset.query)
    return {
        "id": model.name,
        "title": tileset.title,
        "description": model.description,
        "dataType": "vector",
        **({} if dimension is None else {"geometryDimension": dimension}),
        "minTileMatrix": "0",
        "maxTileMatrix": str(grid.MAXIMUM_ZOOM),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                p.name: {"type": p.kind, "description": p.description} for p in shown
            },
        },
    }


def _links(tileset: Tileset) -> list[dict[str, Any]]:
    template = tileset.template("tileMatrix", "tileRow", "tileCol")
    item = Link("item", tiles.MVT.media_type, template, f"{tileset.title}, a tile")
    collection = collections.url(tileset.base, tileset.model)
    links = (
        Link("self", JSON.media_type, tileset.href("json"), _about(tileset)),
        Link(
            "alternate",
            tiles.TILEJSON.media_type,
            tileset.href("tilejson"),
            f"{_about(tileset)} as TileJSON",
        ),
        Link(tiles.GEODATA_REL, JSON.media_type, collection, tileset.title),
    )
    return [
        *(link.document() for link in links),
        _matrix_set(tileset.base),
        {**item.document(), "templated": True},
    ]


def _matrix_set(base: str) -> dict[str, str]:
    href = f"{base}{tiles.MATRIX_SETS}/{grid.NAME}"
    link = Link(tiles.MATRIX_SET_REL, JSON.media_type, href, grid.TITLE)
    return link.document()


def _about(tileset: Tileset) -> str:
    return f"Tiles of {tileset.title}"
