"""Temporal functions of CQL2 (OGC 21-065r2, 7.4) as comparisons of ends.

Every time is an interval that both its ends belong to: a TIMESTAMP is its own two
ends, a DATE all of its day in UTC.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.question.conditions import (
    AllOf,
    Column,
    Compared,
    Condition,
    Not,
    Operand,
    Value,
)
from api.question.cql2 import literals
from api.question.cql2.names import Names
from api.question.periods import Period
from api.question.queryables import Queryable

# What holds of a's and b's ends (https://www.w3.org/TR/owl-time/#topology).
_BOTH = {
    "t_after": (("a.start", ">", "b.end"),),
    "t_before": (("a.end", "<", "b.start"),),
    "t_intersects": (("a.start", "<=", "b.end"), ("a.end", ">=", "b.start")),
    "t_disjoint": (("a.start", "<=", "b.end"), ("a.end", ">=", "b.start")),
    "t_equals": (("a.start", "=", "b.start"), ("a.end", "=", "b.end")),
}
_INTERVALS = {
    "t_contains": (("a.start", "<", "b.start"), ("a.end", ">", "b.end")),
    "t_during": (("a.start", ">", "b.start"), ("a.end", "<", "b.end")),
    "t_finishes": (("a.start", ">", "b.start"), ("a.end", "=", "b.end")),
    "t_finishedby": (("a.start", "<", "b.start"), ("a.end", "=", "b.end")),
    "t_meets": (("a.end", "=", "b.start"),),
    "t_metby": (("a.start", "=", "b.end"),),
    "t_overlaps": (
        ("a.start", "<", "b.start"),
        ("a.end", ">", "b.start"),
        ("a.end", "<", "b.end"),
    ),
    "t_overlappedby": (
        ("a.start", ">", "b.start"),
        ("a.start", "<", "b.end"),
        ("a.end", ">", "b.end"),
    ),
    "t_starts": (("a.start", "=", "b.start"), ("a.end", "<", "b.end")),
    "t_startedby": (("a.start", "=", "b.start"), ("a.end", ">", "b.end")),
}
_FUNCTIONS = {**_BOTH, **_INTERVALS}
# The least difference of two times that Postgres can tell.
_TICK = timedelta(microseconds=1)
_UNBOUNDED = ".."


@dataclass(frozen=True)
class _Time:
    """An operand: its two ends, each a property, a time, or None for no end."""

    start: Queryable | Period | None
    end: Queryable | Period | None
    is_interval: bool


def condition(op: str, args: list[Any], names: Names) -> Condition:
    """The condition of a temporal function."""
    if op not in _FUNCTIONS:
        raise ValueError(f"there is no condition '{op[:40]}' here")
    a, b = (_time(arg, names) for arg in args)
    if op in _INTERVALS and not (a.is_interval and b.is_interval):
        raise ValueError(
            f"{op} is about two intervals, as INTERVAL(first, last); for a single "
            "time there are t_intersects, t_after and t_before"
        )
    type_name = _type_name((a, b))
    ends = {**_ends("a", a, type_name), **_ends("b", b, type_name)}
    parts = tuple(Compared(ends[x], how, ends[y]) for x, how, y in _FUNCTIONS[op])
    return Not(AllOf(parts)) if op == "t_disjoint" else AllOf(parts)


def _time(document: Any, names: Names) -> _Time:
    match document:
        case {"interval": [first, last]} if len(document) == 1:
            found = _Time(_end(first, names), _end(last, names), is_interval=True)
        case {"property": _}:
            about = _of_time(names.of(document))
            found = _Time(about, about, is_interval=False)
        case _:
            period = literals.instant(document)
            found = _Time(period, period, is_interval=False)
    if isinstance(found.start, Period) and isinstance(found.end, Period):
        end = found.end
        if Period(found.start.start, end.end, end.closed).is_empty:
            raise ValueError("an INTERVAL ends before it starts")
    return found


def _end(document: Any, names: Names) -> Queryable | Period | None:
    if document == _UNBOUNDED:
        return None
    if isinstance(document, str):
        kind = "timestamp" if "T" in document.upper() else "date"
        return literals.instant({kind: document})
    return _of_time(names.of(document))


def _of_time(about: Queryable) -> Queryable:
    if about.kind not in ("date", "timestamp"):
        raise ValueError(f"{about.name} is no time")
    return about


def _type_name(times: tuple[_Time, _Time]) -> str:
    """The type of all the properties."""
    ends = (end for time in times for end in (time.start, time.end))
    found = {str(end.type) for end in ends if isinstance(end, Queryable)}
    if len(found) != 1:
        raise ValueError("a temporal function is about properties of one type")
    return found.pop()


def _ends(name: str, time: _Time, type_name: str) -> dict[str, Operand]:
    return {
        f"{name}.start": _operand(time.start, type_name, is_end=False),
        f"{name}.end": _operand(time.end, type_name, is_end=True),
    }


def _operand(end: Queryable | Period | None, type_name: str, is_end: bool) -> Operand:
    match end:
        case None:
            return Value("infinity" if is_end else "-infinity", type_name)
        case Queryable(name=name):
            return Column(name)
        case Period():
            start, last, closed = end.bounds(type_name)
            if is_end and last and not closed:
                last -= _TICK
            return Value(_text(last if is_end else start), type_name)


def _text(time: date | None) -> str:
    return time.isoformat() if time else ""
