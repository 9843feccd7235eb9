"""Read `config.meta.api` of a model without measures, which serves its rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catchment.endpoint import API_PARAMETERS, Geometry, Order, Parameter, RowModel
from catchment.vocabulary import endpoint as said
from catchment.words import Words


def read(
    words: Words, common: dict[str, Any], described: Iterable[Mapping[str, Any]]
) -> RowModel:
    """The row model that `words` say, beside what every endpoint has in `common`."""
    key = words.read(said.ROW_KEY)
    order_by = words.read(said.ORDER_BY)
    geometry = words.read(said.ROW_GEOMETRY)
    columns = words.read(said.COLUMNS) or tuple(_shown(described, geometry))
    words.refuse(said.GROUP_BY, "stands in a model with measures only")
    return RowModel(
        **common,
        dimensions=words.read(said.ROW_DIMENSIONS)
        or tuple(_filterable(columns, described, common["parameters"])),
        geometry=geometry,
        key=key,
        order_by=_with_key(order_by, key),
        columns=columns,
    )


def problems(rows: RowModel) -> Iterator[tuple[str, str]]:
    """What does not fit together, each with its word."""
    if not rows.key:
        yield (
            "api",
            "key is missing: a model without measures serves its rows, and each "
            "needs one",
        )
    if not rows.columns:
        yield "columns", "columns: none is described that could be answered"
    lists = {
        "key": rows.key,
        "columns": rows.columns,
        "order_by": [order.column for order in rows.order_by],
    }
    for word, names in lists.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield word, f"{word}: '{name}' stands there twice"


def _with_key(order_by: tuple[Order, ...], key: tuple[str, ...]) -> tuple[Order, ...]:
    """The key breaks ties, so that the order of any two rows is certain."""
    named = {order.column for order in order_by}
    return (
        *order_by,
        *(Order(name) for name in dict.fromkeys(key) if name not in named),
    )


def _shown(
    described: Iterable[Mapping[str, Any]], geometry: Geometry | None
) -> Iterator[str]:
    """What is answered by default: all that is described, but no geometry."""
    for entry in described:
        is_geometry = _is_geometry(entry) or (
            geometry and entry["name"] == geometry.column
        )
        if entry.get("description") and not is_geometry:
            yield str(entry["name"])


def _filterable(
    columns: Iterable[str],
    described: Iterable[Mapping[str, Any]],
    parameters: Iterable[Parameter],
) -> Iterator[str]:
    """Answered columns that can be asked for by their own names."""
    taken = {p.name for p in parameters if (p.operator, p.column) != ("equals", p.name)}
    taken |= {str(entry["name"]) for entry in described if _is_geometry(entry)}
    return (name for name in columns if name not in taken | {*API_PARAMETERS})


def _is_geometry(entry: Mapping[str, Any]) -> bool:
    """By its type, which is known once the model is built."""
    return str(entry.get("data_type") or "").startswith(("geometry", "geography"))
