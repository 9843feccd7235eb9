"""What a `filter` asks of a row: a tree of conditions, all of it checked.

Truth has three values, as in SQL and CQL2: what is asked of nothing is unknown, and
so is its opposite.
"""

from dataclasses import dataclass

from api.question.boxes import Box


@dataclass(frozen=True)
class Column:
    """A column of the model; `folded`, its text whatever the case."""

    name: str
    folded: bool = False


@dataclass(frozen=True)
class Value:
    """A value to be bound.

    Attributes:
        type_name: as what; None where the column that it stands beside says so.
    """

    text: str
    type_name: str | None = None
    folded: bool = False


Operand = Column | Value


class Condition:
    """What is true, false or unknown of a row."""


@dataclass(frozen=True)
class Truth(Condition):
    value: bool


@dataclass(frozen=True)
class AllOf(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    part: Condition


@dataclass(frozen=True)
class Compared(Condition):
    """`operator` is one of = <> < <= > >=."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True)
class Like(Condition):
    """% is any text, _ any character, and a backslash makes either plain."""

    operand: Operand
    pattern: Value


@dataclass(frozen=True)
class Between(Condition):
    """Both ends belong to it."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True)
class Among(Condition):
    operand: Operand
    items: tuple[Operand, ...]


@dataclass(frozen=True)
class IsNull(Condition):
    column: str


@dataclass(frozen=True)
class HasNoGeometry(Condition):
    """The row, or the member that it belongs to, is nowhere."""


@dataclass(frozen=True)
class Spatial(Condition):
    """How the geometry of a row lies to another.

    Attributes:
        function: the name of CQL2, as `s_within`: the row's geometry is within.
        shape: GeoJSON of the other, or the boxes that together are it.
        has_area: whether that is of polygons alone.
    """

    function: str
    shape: str | tuple[Box, ...]
    has_area: bool = False
