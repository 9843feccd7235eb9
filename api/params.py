"""Read the parameters of a query, and refuse by name whatever is wrong in them."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from api import boxes, cursors, filters, periods, values
from api.asked import DEFAULT_LIMIT, GroupQuery, Query, Range, RowQuery
from api.boxes import Box
from api.cursors import Key
from api.links import Pairs
from api.problems import Problem, bad_parameter
from api.query_string import Parameters
from catchment.catalog import Catalog, Model
from catchment.endpoint import (
    API_PARAMETERS,
    Dataset,
    Endpoint,
    Order,
    Parameter,
    RowModel,
)

FORMATS = ("json", "geojson")
MAXIMUM_LIMIT = 10_000
TIME_TYPES = ("date", "timestamp without time zone", "timestamp with time zone")
# What the path says already, and what only a dataset can be asked.
NOT_OF_A_PATH = ("dataset",)
NOT_OF_ROWS = (*NOT_OF_A_PATH, "group_by")

Q = TypeVar("Q", bound=Query)


def parse(given: Pairs, catalog: Catalog) -> GroupQuery | None:
    """What /aggregated-data is asked, or None where no dataset is named: the list.

    Raises:
        Problem: 404 for an unknown dataset, 400 for all else that is wrong.
    """
    parameters = Parameters(given)
    name = parameters.one("dataset", str)
    if name is None:
        _refuse_all_but(parameters, ("dataset", "f"), catalog)
        parameters.one("f", _one_of(("json",)))
        return None
    model = catalog.datasets.get(name)
    if model is None or not isinstance(model.api, Dataset):
        known = sorted(catalog.datasets)
        detail = f"There is no dataset '{name}'."
        raise Problem(404, detail, parameter="dataset", known=known)
    dataset = model.api
    _refuse_unknown(parameters, [*API_PARAMETERS, *dataset.dimensions])
    order = _group_by(parameters, dataset)
    return _query(GroupQuery, model, dataset, order, parameters, ())


def parse_path(given: Pairs, model: Model) -> Query:
    """What a model is asked at its own path.

    Raises:
        Problem: 400 for all that is wrong.
    """
    parameters = Parameters(given)
    if isinstance(model.api, RowModel):
        rows = model.api
        _refuse_unknown(parameters, _known(rows, NOT_OF_ROWS))
        order = rows.order_by
        return _query(RowQuery, model, rows, order, parameters, rows.parameters)
    if model.api is None:
        raise ValueError(f"the model {model.name} is not served")
    dataset = model.api
    _refuse_unknown(parameters, _known(dataset, NOT_OF_A_PATH))
    order = _group_by(parameters, dataset)
    return _query(GroupQuery, model, dataset, order, parameters, dataset.parameters)


def _query(
    kind: type[Q],
    model: Model,
    endpoint: Endpoint,
    order: tuple[Order, ...],
    parameters: Parameters,
    own: tuple[Parameter, ...],
) -> Q:
    """What every model may be asked; `own` are the parameters of its path."""
    names = {parameter.name for parameter in own}
    dimensions = [name for name in endpoint.dimensions if name not in names]
    return kind(
        model=model,
        endpoint=endpoint,
        order=order,
        filters=(
            *filters.of_dimensions(parameters, model, dimensions),
            *filters.of_parameters(parameters, model, own),
        ),
        ranges=(
            *_period(parameters, model, endpoint),
            *filters.ranges_of_parameters(parameters, model, own),
        ),
        boxes=_boxes(parameters, endpoint),
        limit=parameters.one("limit", _limit) or DEFAULT_LIMIT,
        format=parameters.one("f", _one_of(FORMATS)) or "json",
        after=_after(parameters, model, order),
    )


def _known(endpoint: Endpoint, without: tuple[str, ...]) -> list[str]:
    """The parameters of a path, each once."""
    names = [name for name in API_PARAMETERS if name not in without]
    own = (parameter.name for parameter in endpoint.parameters)
    return list(dict.fromkeys([*names, *endpoint.dimensions, *own]))


def _refuse_unknown(parameters: Parameters, known: Iterable[str]) -> None:
    for name in parameters.lists:
        if name not in known:
            raise bad_parameter(name, f"There is no parameter '{name}'.", known)


def _refuse_all_but(
    parameters: Parameters, words: Iterable[str], catalog: Catalog
) -> None:
    for name in parameters.lists:
        if name not in words:
            raise bad_parameter(
                name,
                f"'{name}' asks something of a dataset: name one with dataset=, "
                f"as {', '.join(sorted(catalog.datasets))}.",
                words,
            )


def _group_by(parameters: Parameters, dataset: Dataset) -> tuple[Order, ...]:
    """The dimensions to group by; an empty `group_by=` asks for one total."""
    given = parameters.lists.get("group_by")
    if given is None:
        return tuple(map(Order, dataset.group_by))
    names = [name for text in given for name in text.split(",") if name]
    for name in names:
        if name not in dataset.dimensions:
            detail = f"The dataset has no dimension '{name}'."
            raise bad_parameter("group_by", detail, dataset.dimensions)
    return tuple(map(Order, dict.fromkeys(names)))


def _boxes(parameters: Parameters, endpoint: Endpoint) -> tuple[Box, ...]:
    found = parameters.one("bbox", boxes.parse)
    if found and endpoint.geometry is None:
        raise bad_parameter("bbox", "There is no geometry here to filter by.")
    return found or ()


def _period(
    parameters: Parameters, model: Model, endpoint: Endpoint
) -> tuple[Range, ...]:
    found = parameters.one("datetime", periods.parse)
    if found is None:
        return ()
    type_ = values.type_of(model, endpoint.time) if endpoint.time else None
    if endpoint.time is None or type_ is None or type_.name not in TIME_TYPES:
        raise bad_parameter("datetime", "There is no time here to filter by.")
    start, end, closed = found.bounds(type_.name)
    return (Range(endpoint.time, start, end, closed),)


def _after(
    parameters: Parameters, model: Model, order: tuple[Order, ...]
) -> Key | None:
    names = [str(by) for by in order]
    key = parameters.one("cursor", lambda text: cursors.decode(text, names))
    for by, value in zip(order, key or (), strict=key is not None):
        type_ = values.type_of(model, by.column)
        if value is not None and not values.fits(value, type_):
            raise bad_parameter("cursor", "cursor: not one of a `next` link.")
    return key


def _limit(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]*", text, re.ASCII):
        raise ValueError(f"'{text}' is no whole number from 1 on")
    # Above the maximum is clamped, not refused (17-069r4, requirement 22 C).
    # Longer than 9 digits is above it too, and int() refuses 4,300 of them.
    digits = text.lstrip("0")
    return MAXIMUM_LIMIT if len(digits) > 9 else min(int(digits), MAXIMUM_LIMIT)


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"'{text}' is none of {', '.join(choices)}")
        return text

    return read
