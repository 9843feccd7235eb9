"""The column types that a contract may name, as Postgres spells them."""

import re
from dataclasses import dataclass

# What people write -> the name that `format_type()` prints.
_NAMES = {
    "text": "text",
    "smallint": "smallint",
    "integer": "integer",
    "int": "integer",
    "bigint": "bigint",
    "numeric": "numeric",
    "real": "real",
    "double precision": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp without time zone",
    "timestamp without time zone": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timestamp with time zone": "timestamp with time zone",
    "uuid": "uuid",
    "jsonb": "jsonb",
}
_SHAPES = "Geometry|Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon"
_NUMERIC = re.compile(r"numeric\((\d+)(?:,\s*(\d+))?\)")
_GEOMETRY = re.compile(rf"geometry\(({_SHAPES})(Z|M|ZM)?,\s*(\d+)\)", re.IGNORECASE)
_NUMBERS = {
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
}

KNOWN = (*sorted(set(_NAMES.values())), "numeric(p,s)", "geometry(Point,4326)")


@dataclass(frozen=True)
class DataType:
    """A Postgres type: its name and what stands in its brackets."""

    name: str
    precision: int | None = None
    scale: int | None = None
    shape: str | None = None
    srid: int | None = None

    @property
    def is_number(self) -> bool:
        return self.name in _NUMBERS

    @property
    def has_z(self) -> bool:
        return self.shape is not None and self.shape.endswith(("Z", "ZM"))

    @property
    def has_m(self) -> bool:
        return self.shape is not None and self.shape.endswith("M")

    def __str__(self) -> str:
        if self.name == "geometry":
            return f"geometry({self.shape},{self.srid})"
        if self.precision is not None:
            return f"numeric({self.precision},{self.scale})"
        return self.name


def parse_type(text: str) -> DataType | None:
    """The type that `text` names, or None if it names none that we know."""
    text = " ".join(text.lower().split())
    if text in _NAMES:
        return DataType(_NAMES[text])
    if match := _NUMERIC.fullmatch(text):
        return DataType("numeric", int(match[1]), int(match[2] or 0))
    if match := _GEOMETRY.fullmatch(text):
        shape = next(s for s in _SHAPES.split("|") if s.lower() == match[1])
        return DataType(
            "geometry", shape=shape + (match[2] or "").upper(), srid=int(match[3])
        )
    return None
