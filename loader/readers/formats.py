"""Which reader opens a file. Readers are imported by who needs them."""

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

from catchment.contract import DISK_FORMATS, JSON_FORMATS, Feed
from loader.readers import reproject
from loader.readers.records import Records
from loader.readers.streams import (
    LARGEST_UNPACKED,
    Begun,
    Stream,
    Unreadable,
    on_disk,
    save,
    unpacked,
)

# How files begin, the longer ones first: what people send under a wrong name.
_KINDS = {
    b"SQLite format 3\0": "an SQLite file, as GeoPackage is",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office file, as .xls is",
    b"\x89HDF\r\n\x1a\n": "an HDF file",
    b"PK\x03\x04": "a ZIP archive, as XLSX and zipped shapefiles are",
    b"PK\x05\x06": "an empty ZIP archive",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\x28\xb5\x2f\xfd": "packed by zstd; its name must end in .zst",
    b"\x1f\x8b": "packed by gzip; its name must end in .gz",
    b"BZh": "packed by bzip2; pack it by gzip or zstd",
}


@dataclass(frozen=True)
class _Format:
    """What people call it, and where it is no text how it begins and is suffixed."""

    name: str
    beginning: bytes = b""
    suffix: str = ""


_FORMATS = {
    "csv": _Format("CSV"),
    "tsv": _Format("TSV"),
    "json": _Format("JSON"),
    "ndjson": _Format("NDJSON"),
    "geojson": _Format("GeoJSON"),
    "geojsonseq": _Format("GeoJSON"),
    "parquet": _Format("Parquet file", b"PAR1", ".parquet"),
    "xlsx": _Format("XLSX file", b"PK\x03\x04", ".xlsx"),
    "shapefile": _Format("zipped shapefile", b"PK\x03\x04", ".zip"),
    "geopackage": _Format("GeoPackage", b"SQLite format 3\0", ".gpkg"),
}


def open_records(stream: Stream, feed: Feed, key: str) -> Records:
    """Read as much as it takes to know the columns; the records come by need.

    Raises:
        Unreadable: where the file is none of its feed's; while reading, where it
            is damaged.
        NoSpace: where it must lie on disk to be read, and the disk is full.
    """
    format_ = feed.format_of(key)
    plain = unpacked(stream, key)
    _check_kind(plain.head, _FORMATS[format_])
    if format_ in DISK_FORMATS:
        records = _on_disk(plain, feed, format_)
    elif format_ in JSON_FORMATS:
        from loader.readers import json_records

        records = json_records.open_records(plain, feed, format_)
    else:
        from loader.readers import csv_records

        records = csv_records.open_records(plain, feed, format_)
    return reproject.transformed(records)


def _check_kind(head: bytes, format_: _Format) -> None:
    """Whether a file is what its name says, as far as its first bytes tell."""
    if format_.beginning and head.startswith(format_.beginning):
        return
    for beginning, kind in _KINDS.items():
        if head.startswith(beginning):
            raise Unreadable(f"is no {format_.name} but {kind}")
    if format_.beginning:
        raise Unreadable(f"is no {format_.name}: it does not begin as one")


def _on_disk(stream: Begun, feed: Feed, format_: str) -> Records:
    """Records of a file in a folder of its own, which goes with its last batch."""
    with on_disk():
        folder = Path(tempfile.mkdtemp(prefix="catchment-"))
    try:
        path = folder / f"file{_FORMATS[format_].suffix}"
        save(stream, path, LARGEST_UNPACKED)
        records = _open(path, feed, format_)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(records.batches, shutil.rmtree, folder, ignore_errors=True)
    return records


def _open(path: Path, feed: Feed, format_: str) -> Records:
    if format_ == "parquet":
        from loader.readers import parquet_records

        return parquet_records.open_records(path, feed)
    if format_ == "xlsx":
        from loader.readers import xlsx_records

        return xlsx_records.open_records(path, feed)
    from loader.readers import gdal_records

    return gdal_records.open_records(path, feed, format_)
