"""OGC API - Tiles: the items of a collection as vector tiles of WebMercatorQuad.

A tile shows what `/items` shows: the groups of a dataset under its default grouping,
or the rows of a row model (https://docs.ogc.org/is/20-057/20-057.html).
"""

from api.media import JSON, Format
from api.question import params
from catchment.endpoint import API_PARAMETERS

TILESETS = "/collections/{collectionId}/tiles"
TILESET = "/collections/{collectionId}/tiles/{tileMatrixSetId}"
# A row before its column, as OGC has it; most others write the column first.
TILE = (
    "/collections/{collectionId}/tiles/{tileMatrixSetId}"
    "/{tileMatrix}/{tileRow}/{tileCol}"
)
MATRIX_SETS = "/tileMatrixSets"
MATRIX_SET = "/tileMatrixSets/{tileMatrixSetId}"

MVT = Format("mvt", "application/vnd.mapbox-vector-tile", "Mapbox Vector Tile")
# Not TileJSON's own media type, which it does not have.
TILEJSON = Format("tilejson", "application/json", "TileJSON")

# What of the API's parameters filters or chooses, and does not page or place.
_TAKEN = (
    "datetime",
    "measures",
    "properties",
    "filter",
    "filter-lang",
    "filter-crs",
    "f",
)
_WITHOUT = tuple(name for name in API_PARAMETERS if name not in _TAKEN)
TILE_ROUTE = params.Route(without=_WITHOUT, formats=(MVT,), default=MVT)
# A tileset hands on to its tiles what it is asked.
TILESET_ROUTE = params.Route(without=_WITHOUT, formats=(JSON, TILEJSON))

_OGC = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
CONFORMANCE = (
    f"{_OGC}/core",
    f"{_OGC}/tileset",
    f"{_OGC}/tilesets-list",
    f"{_OGC}/geodata-tilesets",
    f"{_OGC}/mvt",
)
# Relations of links.
TILESETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
MATRIX_SETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
MATRIX_SET_REL = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
GEODATA_REL = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
