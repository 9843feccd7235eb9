"""Records of zipped shapefiles and GeoPackages, by GDAL, which is the extra `geo`."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from arro3.core import RecordBatch, RecordBatchReader

from catchment.contract import Feed
from loader.readers import arrow_records
from loader.readers.arrow_records import Table, told
from loader.readers.records import Records
from loader.readers.reproject import INSTALL
from loader.readers.streams import LARGEST_UNPACKED, Unreadable, save

KINDS = {"shapefile": "zipped shapefile", "geopackage": "GeoPackage"}
# A shapefile: its index, attributes, reference system and encoding go with it.
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# What pyogrio calls a geometry whose column has no name.
_UNNAMED = "wkb_geometry"


def open_records(path: Path, feed: Feed, format_: str) -> Records:
    """Read which columns a layer has; the records come by need.

    Raises:
        Unreadable: where GDAL is missing; where there are several layers and the
            contract does not say which, or it cannot be read.
        NoSpace: where a shapefile does not fit on the disk.
    """
    try:
        import pyogrio
    except ImportError:
        said = f"is a {KINDS[format_]}: to read it the loader needs {INSTALL}"
        raise Unreadable(said) from None
    with told(KINDS[format_]):
        if format_ == "shapefile":
            path, layer = _extracted(path, feed), None
        else:
            layer = _layer([str(name) for name, _ in pyogrio.list_layers(path)], feed)
        info = pyogrio.read_info(path, layer=layer)
    geometry = info["geometry_name"] or _UNNAMED if info["geometry_type"] else None
    names = [str(name) for name in info["fields"]]
    table = Table(
        batches=lambda rows: _batches(path, layer, rows),
        names=(*names, *([geometry] if geometry else [])),
        kind=KINDS[format_],
        geometry=geometry,
        systems={geometry: info["crs"] or ""} if geometry else {},
    )
    return arrow_records.open_records(table, feed)


def _batches(path: Path, layer: str | None, rows: int) -> Iterator[RecordBatch]:
    import pyogrio

    with pyogrio.open_arrow(path, layer=layer, batch_size=rows, use_pyarrow=False) as (
        _,
        stream,
    ):
        yield from RecordBatchReader.from_arrow(stream)


def _layer(layers: Iterable[str], feed: Feed) -> str:
    """The layer that the contract names, or the only one."""
    found = sorted(layers)
    said = ", ".join(found) or "none"
    if feed.layer and feed.layer not in found:
        raise Unreadable(f"has no layer {feed.layer}; its layers: {said}")
    named = [name for name in found if name == (feed.layer or name)]
    if len(named) != 1:
        raise Unreadable(f"has not one layer but: {said}; say which by `layer`")
    return named[0]


def _extracted(path: Path, feed: Feed) -> Path:
    """The one shapefile of an archive, unpacked under names of our own.

    GDAL goes back and forth in it, which a packed one makes slow.
    """
    with zipfile.ZipFile(path) as archive:
        members = {
            PurePosixPath(name): name
            for name in archive.namelist()
            if not name.startswith("__MACOSX/")
        }
        shapes = [member for member in members if member.suffix.lower() == ".shp"]
        layer = _layer([shape.stem for shape in shapes], feed)
        (shape,) = (shape for shape in shapes if shape.stem == layer)
        left = LARGEST_UNPACKED
        for member, name in members.items():
            suffix = member.suffix.lower()
            if member.with_suffix("") == shape.with_suffix("") and suffix in _PARTS:
                target = path.with_suffix(suffix)
                with archive.open(name) as part:
                    save(part, target, left)
                left -= target.stat().st_size
    path.unlink()
    return path.with_suffix(".shp")
