"""The formats of an answer, and how a client chooses among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from api.problems import bad_parameter


@dataclass(frozen=True)
class Format:
    """A form that an answer can take.

    Attributes:
        name: what `f=` calls it.
        rows: what Postgres writes of each row: a JSON object, a GeoJSON feature, the
            cells of a line, or JSON of which a file is made.
        extension: of the file that an answer is kept as, where it is no page of a
            browser or a client that follows links in it.
        is_packed: whether it is compressed in itself.
    """

    name: str
    media_type: str
    title: str
    rows: Literal["object", "feature", "cells", "record", "attributes"] = "object"
    extension: str | None = None
    is_packed: bool = False


JSON = Format("json", "application/json", "JSON")
GEOJSON = Format("geojson", "application/geo+json", "GeoJSON", rows="feature")
HTML = Format("html", "text/html", "HTML", rows="feature")
CSV = Format("csv", "text/csv; charset=utf-8", "CSV", "cells", "csv")
NDJSON = Format("ndjson", "application/x-ndjson", "NDJSON", extension="ndjson")
GEOJSONSEQ = Format(
    "geojsonseq", "application/geo+json-seq", "GeoJSONSeq", "feature", "geojsons"
)
# As QGIS names it among the formats of a collection; others write vnd.flatgeobuf.
FLATGEOBUF = Format(
    "flatgeobuf", "application/flatgeobuf", "FlatGeobuf", "attributes", "fgb"
)
PARQUET = Format(
    "parquet",
    "application/vnd.apache.parquet",
    "GeoParquet",
    "record",
    "parquet",
    is_packed=True,
)
# Of rows; every one of them on every path that answers rows.
OF_ROWS = (JSON, GEOJSON, CSV, NDJSON, GEOJSONSEQ, FLATGEOBUF, PARQUET)


def chosen(
    named: str | None, accept: str, among: Sequence[Format], default: Format
) -> Format:
    """The format that `f=` names, else the one that `Accept` likes best.

    A header that names none of them gets the default, as RFC 9110 (12.5.1) allows:
    GDAL and OWSLib ask for types that they do not insist on.

    Raises:
        Problem: 400, where `f=` names a format that is not among them.
    """
    if named is None:
        return _liked(accept, among, default)
    for format_ in among:
        if format_.name == named:
            return format_
    names = [format_.name for format_ in among]
    detail = f"f: '{named}' is none of {', '.join(names)}."
    raise bad_parameter("f", detail, names)


def _liked(accept: str, among: Sequence[Format], default: Format) -> Format:
    """Of the types with the greatest weight the one that stands first."""
    by_type = {f.media_type.partition(";")[0]: f for f in reversed(among)}
    best, most = default, 0.0
    for item in accept.lower().split(","):
        type_, _, parameters = item.strip().partition(";")
        weight = _weight(parameters)
        found = default if type_.strip() == "*/*" else by_type.get(type_.strip())
        if found and weight > most:
            best, most = found, weight
    return best


def _weight(parameters: str) -> float:
    for parameter in parameters.replace(" ", "").split(";"):
        if parameter.startswith("q="):
            try:
                return min(float(parameter[2:]), 1.0)
            except ValueError:
                return 0.0
    return 1.0
