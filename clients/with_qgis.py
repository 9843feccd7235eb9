"""Earthquakes by state in QGIS, without its window: a table and a map.

    QT_QPA_PLATFORM=offscreen python3 clients/with_qgis.py http://127.0.0.1:8000 \
        --map states.png

Needs the Python that QGIS was built for (Debian: python3-qgis and /usr/bin/python3).
Reads all states and those within a box as OGC API - Features, prints how many there
are and their earthquakes as CSV, and draws them from vector tiles. What each function
does can be done in QGIS's own Python console too.
"""

import argparse
import os

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize

COLLECTION = "earthquakes_by_state"
WEST_COAST = QgsRectangle(-125, 32, -114, 42)
# From how many earthquakes on a state has which colour.
CLASSES = {0: "#fff0e0", 10: "#fdbb84", 100: "#d7301f"}


def items(api: str) -> QgsVectorLayer:
    """The collection as a layer, which is read a page at a time, and only where one
    looks at."""
    layer = QgsVectorLayer(
        f"url='{api}' typename='{COLLECTION}' pagingEnabled='true' pageSize='1000' "
        "restrictToRequestBBOX='1'",
        COLLECTION,
        "OAPIF",
    )
    if not layer.isValid():
        raise SystemExit(f"QGIS cannot open {COLLECTION} of {api}.")
    return layer


def tiles(api: str) -> QgsVectorTileLayer:
    """The same as vector tiles, coloured by `n`. The row stands before the column."""
    address = f"{api}/collections/{COLLECTION}/tiles/WebMercatorQuad"
    layer = QgsVectorTileLayer(
        f"type=xyz&url={address}/%7Bz%7D/%7By%7D/%7Bx%7D&zmin=0&zmax=22", COLLECTION
    )
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles([style(least, colour) for least, colour in CLASSES.items()])
    layer.setRenderer(renderer)
    return layer


def style(least: int, colour: str) -> QgsVectorTileBasicRendererStyle:
    """How to fill what has `least` or more; drawn over the classes before it."""
    drawn = QgsVectorTileBasicRendererStyle(
        f"{least} or more", COLLECTION, QgsWkbTypes.PolygonGeometry
    )
    drawn.setFilterExpression(f'"n" >= {least}')
    drawn.setSymbol(
        QgsFillSymbol.createSimple({"color": colour, "outline_color": "grey"})
    )
    return drawn


def draw(layer: QgsVectorTileLayer, path: str) -> None:
    """A picture of North America, in Web Mercator, whose unit is the metre."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(-19.0e6, 1.7e6, -7.0e6, 11.5e6))
    settings.setOutputSize(QSize(900, 735))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(path)


def tell(name: str, layer: QgsVectorLayer, request: QgsFeatureRequest) -> None:
    counts = [feature["n"] for feature in layer.getFeatures(request)]
    print(f"{name},{len(counts)},{sum(counts)}")


def run(api: str, picture: str) -> None:
    """In a function, so that no layer outlives the application: QGIS would crash."""
    print("where,states,earthquakes")
    tell("everywhere", items(api), QgsFeatureRequest())
    tell("west coast", items(api), QgsFeatureRequest().setFilterRect(WEST_COAST))
    if picture:
        draw(tiles(api), picture)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    address = os.environ.get("CATCHMENT_API_URL", "http://127.0.0.1:8000")
    parser.add_argument("api", nargs="?", default=address, help="the API's address")
    parser.add_argument("--map", metavar="FILE", help="write a picture: states.png")
    asked = parser.parse_args()

    application = QgsApplication([], False)
    application.initQgis()
    run(asked.api.rstrip("/"), asked.map)
    application.exitQgis()


if __name__ == "__main__":
    main()
