"""The tiles of WebMercatorQuad, and where on Earth they are.

OGC 17-083r4, annex D.1 (https://docs.ogc.org/is/17-083r4/17-083r4.html).
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from api.problems import Problem
from api.question.boxes import Box

NAME = "WebMercatorQuad"
TITLE = "Google Maps Compatible for the World"
URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
# Metres from the centre of the world to its edges.
EDGE = 20037508.342789244
# The grid of a tile's coordinates, and how much of its neighbours it shows on each
# side, for lines that are drawn along its edge.
EXTENT = 4096
BUFFER = 64
# A unit of the grid is 2 mm there and coordinates are answered to 0.1 m; it is as
# far as MapLibre goes by itself, and clients enlarge the last tiles from there on.
MAXIMUM_ZOOM = 22
_MATRICES = 25  # that the standard defines
_PIXELS = 256
_METRES_OF_A_PIXEL = 0.00028

_NUMBER = re.compile("0|[1-9][0-9]{0,7}")


@dataclass(frozen=True)
class Tile:
    zoom: int
    row: int
    column: int

    @property
    def box(self) -> Box:
        """The tile and its buffer in degrees, none of it past the dateline."""
        share, across = BUFFER / EXTENT, 1 << self.zoom
        return Box(
            max(-180.0, (self.column - share) / across * 360 - 180),
            _latitude((self.row + 1 + share) / across),
            min(180.0, (self.column + 1 + share) / across * 360 - 180),
            _latitude((self.row - share) / across),
            is_rough=True,
        )

    @property
    def unit(self) -> float:
        """Metres at the equator between two lines of its grid."""
        return 2 * EDGE / EXTENT / (1 << self.zoom)

    @property
    def unit_in_degrees(self) -> float:
        return 360 / EXTENT / (1 << self.zoom)


def tile(matrix: str, row: str, column: str) -> Tile:
    """The tile of a path.

    Raises:
        Problem: 404, where there is none (20-057, requirement core/tc-error).
    """
    zoom = _number("tileMatrix", matrix, MAXIMUM_ZOOM, "")
    last, where = (1 << zoom) - 1, f" at tileMatrix {zoom}"
    return Tile(
        zoom,
        _number("tileRow", row, last, where),
        _number("tileCol", column, last, where),
    )


def check(matrix_set: str) -> None:
    """Refuse every tile matrix set but the one that there is.

    Raises:
        Problem: 404.
    """
    if matrix_set != NAME:
        detail = f"There is no tile matrix set '{matrix_set}'."
        raise Problem(404, detail, known=[NAME])


def matrices() -> list[dict[str, Any]]:
    """The tile matrices as the standard defines them, the whole world first."""
    return [_matrix(zoom) for zoom in range(_MATRICES)]


def limits() -> list[dict[str, Any]]:
    """Which of their tiles there are: all, up to the greatest zoom."""
    return [
        {
            "tileMatrix": str(zoom),
            "minTileRow": 0,
            "maxTileRow": (1 << zoom) - 1,
            "minTileCol": 0,
            "maxTileCol": (1 << zoom) - 1,
        }
        for zoom in range(MAXIMUM_ZOOM + 1)
    ]


def _matrix(zoom: int) -> dict[str, Any]:
    cell = 2 * EDGE / _PIXELS / (1 << zoom)
    return {
        "id": str(zoom),
        "scaleDenominator": cell / _METRES_OF_A_PIXEL,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-EDGE, EDGE],
        "tileWidth": _PIXELS,
        "tileHeight": _PIXELS,
        "matrixWidth": 1 << zoom,
        "matrixHeight": 1 << zoom,
    }


def _number(name: str, text: str, last: int, where: str) -> int:
    if _NUMBER.fullmatch(text) and int(text) <= last:
        return int(text)
    raise Problem(404, f"{name}: '{text}' is none of 0 to {last}{where}.")


def _latitude(share: float) -> float:
    """Degrees north, at this share of the way from the north edge to the south."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))
