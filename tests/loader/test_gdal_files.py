"""Zipped shapefiles and GeoPackages, made by GDAL, and what there is without it."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pyarrow as pa
import pyogrio
import pytest
import shapely

from catchment.contract import Feed
from tests.loader.conftest import Desk, column
from tests.loader.reading import (
    a_feed,
    geometry,
    point_of,
    read,
    refused,
)

PLACES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Amersfoort 💧", "people": 160_000, "day": day},
            "geometry": {"type": "Point", "coordinates": [5.387, 52.155]},
        }
        for day in ("2026-03-01", None)
    ],
}
COLUMNS = [
    column("name", required=True),
    column("people", "integer"),
    column("day", "date"),
    geometry("wkb", "geometry(Point,4326)"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same places by GDAL's own program: by format, and of the Dutch system."""
    folder = tmp_path_factory.mktemp("gdal")
    places = folder / "places.geojson"
    places.write_text(json.dumps(PLACES))
    try:
        for srid in ("4326", "28992"):
            for driver, name in (("GPKG", "a.gpkg"), ("ESRI Shapefile", "shapes")):
                target = folder / srid / name
                target.parent.mkdir(exist_ok=True)
                command = ["ogr2ogr", "-f", driver, target, places, "-nln", "places"]
                command += ["-t_srs", f"EPSG:{srid}", "-lco", "ENCODING=UTF-8"][
                    : 2 if driver == "GPKG" else None
                ]
                subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs ogr2ogr (Debian: gdal-bin)")
    return {
        **{f"geopackage {s}": (folder / s / "a.gpkg").read_bytes() for s in SYSTEMS},
        **{f"shapefile {s}": zipped(folder / s / "shapes") for s in SYSTEMS},
    }


SYSTEMS = ("4326", "28992")


def zipped(folder: Path, within: str = "some/Folder") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/places.shp", b"")
        archive.writestr("readme.txt", "hello")
        for path in folder.iterdir():
            archive.write(path, f"{within}/{path.name}")
    return file.getvalue()


@pytest.mark.parametrize("format_", ["geopackage", "shapefile"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_of_gdal_is_read(
    files: dict[str, bytes], format_: str, system: str
) -> None:
    found = read(a_feed(*COLUMNS, format=format_), files[f"{format_} {system}"])

    assert found.rejects == []
    assert [row[:3] for row in found.rows] == [
        ["Amersfoort 💧", "160000", "2026-03-01"],
        ["Amersfoort 💧", "160000", ""],
    ]
    x, y, srid = point_of(found)
    assert (x, y) == pytest.approx((5.387, 52.155), abs=1e-6)
    assert srid == 0


def test_a_file_of_gdal_loads_into_its_table(
    desk: Desk, files: dict[str, bytes]
) -> None:
    feed = desk.feed(COLUMNS, format="geopackage")

    outcome = desk.drop(feed, "a.gpkg", files["geopackage 28992"])

    assert (outcome.status, outcome.counts.loaded) == ("loaded", 2)
    said = desk.rows(feed, outcome, "name, people, day::text, st_srid(geom)")
    assert said[0] == ("Amersfoort 💧", 160000, "2026-03-01", 4326)


@pytest.mark.parametrize("format_", ["geopackage", "shapefile"])
def test_of_several_layers_the_contract_says_which(
    tmp_path: Path, format_: str
) -> None:
    point = shapely.to_wkb(shapely.Point(1, 2))
    suffix = {"geopackage": "a.gpkg", "shapefile": "{}.shp"}[format_]
    for layer in ("one", "two"):
        pyogrio.write_arrow(
            pa.table({"name": [layer], "geom": [point]}),
            tmp_path / suffix.format(layer),
            layer=layer,
            geometry_name="geom",
            geometry_type="Point",
            crs="EPSG:4326",
        )
    body = zipped(tmp_path) if format_ == "shapefile" else b""
    body = body or (tmp_path / "a.gpkg").read_bytes()

    def feed(**words: str) -> Feed:
        return a_feed(COLUMNS[0], COLUMNS[3], format=format_, **words)

    assert read(feed(layer="two"), body).rows[0][0] == "two"
    said = "has not one layer but: one, two; say which by `layer`"
    assert refused(feed(), body) == said
    said = "has no layer three; its layers: one, two"
    assert refused(feed(layer="three"), body) == said


def test_an_archive_with_the_same_shapefile_in_two_folders_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for folder in ("2025", "2026"):
            archive.writestr(f"{folder}/a.shp", b"")

    said = "has not one layer but: a, a; say which by `layer`"
    feed = a_feed(*COLUMNS, format="shapefile")
    assert refused(feed, file.getvalue()) == said


def test_without_a_geometry_there_are_rows_still(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_arrow(pa.table({"name": ["a"]}), path, layer="plain")
    feed = a_feed(COLUMNS[0], format="geopackage")

    assert read(feed, path.read_bytes()).rows == [["a"]]


# --- without the extra ----------------------------------------------------------------


@pytest.mark.usefixtures("without_geo")
@pytest.mark.parametrize("format_", ["geopackage", "shapefile"])
def test_without_gdal_the_file_fails_and_says_what_to_install(
    desk: Desk, files: dict[str, bytes], format_: str
) -> None:
    feed = desk.feed(COLUMNS, format=format_)

    outcome = desk.drop(feed, "a", files[f"{format_} 4326"])

    assert outcome.status == "failed"
    kind = {"geopackage": "GeoPackage", "shapefile": "zipped shapefile"}[format_]
    assert outcome.reason == (
        f"the file is a {kind}: to read it the loader needs `pip install "
        "'catchment[geo]'`"
    )
