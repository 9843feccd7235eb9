"""A document of CQL2's JSON as a condition on what a model has.

Each name must be a queryable and each literal a value of what it is compared with:
Postgres is asked nothing that it would not understand.
"""

from collections.abc import Sequence
from typing import Any

from api.question.conditions import (
    AllOf,
    Among,
    AnyOf,
    Between,
    Column,
    Compared,
    Condition,
    HasNoGeometry,
    IsNull,
    Like,
    Not,
    Operand,
    Truth,
    Value,
)
from api.question.cql2 import literals, places, times
from api.question.cql2.names import Names
from api.question.cql2.parts import MOST_NESTED
from api.question.queryables import Queryable

_COMPARED = ("=", "<>", "<", ">", "<=", ">=")
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def condition(document: Any, queryables: Sequence[Queryable]) -> Condition:
    """The condition of a document.

    Raises:
        ValueError: saying what is wrong.
        Problem: 400, where a name is no queryable.
    """
    return _Checked(Names(queryables)).of(document, 0)


class _Checked:
    def __init__(self, names: Names):
        self._names = names

    def of(self, document: Any, depth: int) -> Condition:
        if depth > MOST_NESTED:
            raise ValueError(f"has more than {MOST_NESTED} conditions in each other")
        if isinstance(document, bool):
            return Truth(document)
        op, args = operation(document)
        match op:
            case "and" | "or":
                parts = tuple(self.of(arg, depth + 1) for arg in counted(op, args, 1))
                return AllOf(parts) if op == "and" else AnyOf(parts)
            case "not":
                (part,) = exactly(op, args, 1)
                return Not(self.of(part, depth + 1))
            case "isNull":
                return self._null(*exactly(op, args, 1))
            case _ if op in _COMPARED:
                return self._compared(op, *exactly(op, args, 2))
            case "like":
                return self._like(*exactly(op, args, 2))
            case "between":
                return self._between(*exactly(op, args, 3))
            case "in":
                return self._among(*exactly(op, args, 2))
            case _ if op.startswith("s_"):
                return places.condition(op, exactly(op, args, 2), self._names)
            case _ if op.startswith("t_"):
                # JSON writes t_finishedBy what text writes T_FINISHEDBY.
                return times.condition(op.lower(), exactly(op, args, 2), self._names)
        raise ValueError(f"there is no condition '{op[:40]}' here")

    def _null(self, arg: Any) -> Condition:
        found = self._names.of(arg)
        return HasNoGeometry() if found.is_geometry else IsNull(found.name)

    def _compared(self, op: str, left: Any, right: Any) -> Condition:
        if not self._names.is_property(left):
            left, right, op = right, left, _MIRRORED.get(op, op)
        about, first = self._about(left)
        return Compared(first, op, self._beside(right, about, first))

    def _like(self, operand: Any, pattern: Any) -> Condition:
        about, first = self._about(operand)
        if about.kind != "text":
            raise ValueError(f"{about.name} is no text, which LIKE compares")
        value = self._beside(pattern, about, first)
        if not isinstance(value, Value):
            raise ValueError("LIKE compares with a text, not with a property")
        if (len(value.text) - len(value.text.rstrip("\\"))) % 2:
            raise ValueError(f"'{value.text[:40]}' ends with a \\ before nothing")
        return Like(first, value)

    def _between(self, operand: Any, low: Any, high: Any) -> Condition:
        about, first = self._about(operand)
        beside = [self._beside(side, about, first) for side in (low, high)]
        return Between(first, *beside)

    def _among(self, operand: Any, items: Any) -> Condition:
        about, first = self._about(operand)
        if not isinstance(items, list) or not items:
            raise ValueError("IN wants a list of values")
        beside = (self._beside(item, about, first) for item in items)
        return Among(first, tuple(beside))

    def _about(self, document: Any) -> tuple[Queryable, Column]:
        """The property that a comparison is about."""
        inner, folds = folded(document)
        if not self._names.is_property(inner):
            raise ValueError("a comparison is about a property, which is missing")
        found = self._names.of(inner)
        if found.is_geometry:
            raise ValueError(f"{found.name} is a geometry: ask by S_INTERSECTS")
        if folds and found.kind != "text":
            raise ValueError(f"{found.name} is no text, whose case CASEI leaves out")
        return found, Column(found.name, folds)

    def _beside(self, document: Any, about: Queryable, first: Column) -> Operand:
        """What a property is compared with: a value of its type, or its like."""
        inner, folds = folded(document)
        if self._names.is_property(inner):
            other, second = self._about(document)
            if not _are_alike(other, about):
                raise ValueError(f"{other.name} is no {about.kind} as {about.name} is")
            return second
        value = literals.value(inner, about)
        if folds and about.kind != "text":
            raise ValueError(f"{about.name} is no text, whose case CASEI leaves out")
        return Value(value.text, "text", folds) if folds or first.folded else value


def _are_alike(one: Queryable, other: Queryable) -> bool:
    """Whether values of two properties can be compared.

    Moments with a zone and without one cannot: whose zone would it be?
    """
    if one.kind == "timestamp":
        return str(one.type) == str(other.type)
    numbers = ("integer", "number")
    return one.kind == other.kind or (one.kind in numbers and other.kind in numbers)


def folded(document: Any) -> tuple[Any, bool]:
    """What CASEI holds, and whether there is one."""
    found = False
    if isinstance(document, dict) and document.get("op") == "accenti":
        raise ValueError("ACCENTI is not answered here")
    for _ in range(MOST_NESTED):
        if not (isinstance(document, dict) and document.get("op") == "casei"):
            break
        (document,) = exactly("casei", operation(document)[1], 1)
        found = True
    return document, found


def operation(document: Any) -> tuple[str, list[Any]]:
    match document:
        case {"op": str(op), "args": list(args)} if len(document) == 2:
            return op, args
        case {"property": str(name)}:
            raise ValueError(f"'{name[:40]}' alone is no condition")
    raise ValueError('is no condition: {"op": …, "args": […]} is one')


def exactly(op: str, args: list[Any], count: int) -> list[Any]:
    if len(args) != count:
        raise ValueError(f"{op} takes {count} arguments, not {len(args)}")
    return args


def counted(op: str, args: list[Any], least: int) -> list[Any]:
    if len(args) < least:
        raise ValueError(f"{op} takes arguments")
    return args
