"""In which order a model answers: `sortby`, and the place of a cursor in it."""

from collections.abc import Iterable, Sequence

from api.problems import bad_parameter
from api.question import cursors, queryables, values
from api.question.asked import GroupQuery, Query, RowQuery
from api.question.cursors import Cursor
from api.question.query_string import Parameters
from catchment.catalog import Model
from catchment.endpoint import Dataset, Measure, Order, RowModel
from catchment.types import DataType


def of_groups(
    parameters: Parameters, dataset: Dataset, group_by: Sequence[str]
) -> tuple[Order, ...]:
    """By measures and dimensions grouped by, as asked; the other dimensions last.

    A place on the globe, a centroid, is before or behind no other.
    """
    asked = _asked(parameters, _of_groups(dataset, group_by))
    return _total(asked, group_by)


def of_rows(parameters: Parameters, model: Model, rows: RowModel) -> tuple[Order, ...]:
    """By columns, as asked, the key last; not asked, in the model's own order."""
    asked = _asked(parameters, _of_rows(model, rows))
    return _total(asked, rows.key) if asked else rows.order_by


def sortable(query: Query) -> list[str]:
    """What the answer to a query can be sorted by."""
    match query:
        case GroupQuery():
            return _of_groups(query.endpoint, query.group_by)
        case RowQuery():
            return _of_rows(query.model, query.endpoint)
    raise TypeError(f"nothing orders {type(query).__name__}")


def _of_groups(dataset: Dataset, group_by: Sequence[str]) -> list[str]:
    measures = [m.name for m in dataset.measures if m.merge != "centroid"]
    return [*group_by, *measures]


def _of_rows(model: Model, rows: RowModel) -> list[str]:
    names = dict.fromkeys([*rows.columns, *rows.dimensions, *rows.key])
    return [name for name in names if queryables.kind_of(model.column(name))]


def _asked(parameters: Parameters, known: Sequence[str]) -> tuple[Order, ...]:
    """`-n,state` as an order; an unescaped + in a query is a blank."""
    given = parameters.lists.get("sortby", [])
    asked = [_order(text) for item in given for text in item.split(",") if text]
    for by in asked:
        if by.column not in known:
            detail = f"Nothing is ordered by '{by.column}' here."
            raise bad_parameter("sortby", detail, known)
    return tuple(asked)


def _order(text: str) -> Order:
    is_descending = text.startswith("-")
    return Order(text[1:] if text[0] in "-+ " else text, is_descending)


def _total(asked: Iterable[Order], identity: Iterable[str]) -> tuple[Order, ...]:
    """Each column once, until no two rows are equal in all of them."""
    missing = dict.fromkeys(identity)
    order: dict[str, Order] = {}
    for by in (*asked, *map(Order, missing)):
        if by.column not in order and (missing or not order):
            order[by.column] = by
            missing.pop(by.column, None)
    return tuple(order.values())


def cursor(
    parameters: Parameters, model: Model, order: tuple[Order, ...]
) -> Cursor | None:
    """The place where the page begins.

    Raises:
        Problem: 400, where the text is no cursor of this order.
    """
    names = [str(by) for by in order]
    found = parameters.one("cursor", lambda text: cursors.decode(text, names))
    for by, value in zip(order, found.key, strict=True) if found else ():
        if value is not None and not values.fits(value, type_of(model, by.column)):
            raise bad_parameter("cursor", "cursor: not one of a `next` link.")
    return found


def type_of(model: Model, name: str) -> DataType | None:
    """The type of a column, or of the measure of a dataset."""
    if isinstance(model.api, Dataset):
        for measure in model.api.measures:
            if measure.name == name:
                return _type_of_measure(model, measure)
    return values.type_of(model, name)


def _type_of_measure(model: Model, measure: Measure) -> DataType | None:
    type_ = values.type_of(model, measure.columns[0])
    match measure.merge:
        case "ratio":
            return DataType("double precision")
        case "sum" if type_:
            is_float = type_.name in ("real", "double precision")
            return DataType("double precision" if is_float else "numeric")
    return type_
