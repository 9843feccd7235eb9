"""A page of items as a table: which columns, in which order, and what sorts them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.links import Address
from api.question import orders
from api.question.asked import Query

# A digest or a UUID, which names a row and tells a reader nothing.
_DIGEST = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Rows by which a column is judged.
_SEEN = 10
Features = Sequence[Mapping[str, Any]]
Values = list[Any]


@dataclass(frozen=True)
class Head:
    """A column's head.

    Attributes:
        order: how the items are sorted by it first: `ascending`, `descending` or not.
        href: the same items sorted by it; None where nothing is ordered by it.
    """

    name: str
    is_number: bool
    order: str
    href: str | None


@dataclass(frozen=True)
class Table:
    heads: tuple[Head, ...]
    ids_last: bool


def of(features: Features, query: Query, address: Address) -> Table:
    """The table of a page.

    Columns that are mostly empty where one looks first, and then ids that are
    digests, come last: a narrow screen shows the first ones alone.
    """
    names = list(features[0]["properties"]) if features else []
    columns = {name: [f["properties"][name] for f in features] for name in names}
    heads = tuple(
        _head(name, values, query, address)
        for name, values in sorted(columns.items(), key=lambda item: _place(item[1]))
    )
    return Table(heads, _is_digest([feature["id"] for feature in features]))


def _place(values: Values) -> int:
    if _is_digest(values):
        return 2
    seen = values[:_SEEN]
    return int(seen.count(None) * 2 > len(seen))


def _head(name: str, values: Values, query: Query, address: Address) -> Head:
    is_number, order = _are_numbers(values), _order(name, query, address)
    if name not in orders.sortable(query):
        return Head(name, is_number, order, None)
    # The greatest numbers are asked for first, and texts from A on.
    descending = order == "ascending" or (is_number and not order)
    return Head(name, is_number, order, _sorted(address, name, descending))


def _order(name: str, query: Query, address: Address) -> str:
    """How the items are sorted by a column before all others, where it was asked."""
    is_asked = any(parameter == "sortby" for parameter, _ in address.pairs)
    if not is_asked or query.order[0].column != name:
        return ""
    return "descending" if query.order[0].descending else "ascending"


def _sorted(address: Address, name: str, descending: bool) -> str:
    """The first page in this order."""
    kept = tuple(pair for pair in address.pairs if pair[0] not in ("cursor", "sortby"))
    return Address(address.url, kept).href(sortby=f"{'-' * descending}{name}")


def _is_digest(values: Values) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(
        isinstance(value, str) and _DIGEST.fullmatch(value) for value in given
    )


def _are_numbers(values: Values) -> bool:
    """Numbers stand at the right of their column."""
    return any(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
