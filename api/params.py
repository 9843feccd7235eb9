"""Read the parameters of a query, and refuse by name whatever is wrong in them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api import boxes, cursors, periods, values
from api.boxes import Box
from api.cursors import Key
from api.links import Pairs
from api.periods import Period
from api.problems import Problem, bad_parameter
from api.query_string import Parameters
from catchment.catalog import Catalog, Model
from catchment.dataset import API_PARAMETERS, Dataset

FORMATS = ("json", "geojson")
DEFAULT_LIMIT = 1_000
MAXIMUM_LIMIT = 10_000
TIME_TYPES = ("date", "timestamp without time zone", "timestamp with time zone")


@dataclass(frozen=True)
class Filter:
    """A dimension must have any of these values."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """What is asked of one dataset; all of it is known to exist and to fit."""

    model: Model
    dataset: Dataset
    group_by: tuple[str, ...]
    boxes: tuple[Box, ...] = ()
    period: Period | None = None
    filters: tuple[Filter, ...] = ()
    limit: int = DEFAULT_LIMIT
    format: str = "json"
    after: Key | None = None


def parse(given: Pairs, catalog: Catalog) -> Query | None:
    """The query, or None where no dataset is named: the list is asked for.

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
    if model is None or model.dataset is None:
        known = sorted(catalog.datasets)
        detail = f"There is no dataset '{name}'."
        raise Problem(404, detail, parameter="dataset", known=known)
    return _query(model, model.dataset, parameters)


def _query(model: Model, dataset: Dataset, parameters: Parameters) -> Query:
    _refuse_unknown(parameters, dataset)
    group_by = _group_by(parameters, dataset)
    return Query(
        model=model,
        dataset=dataset,
        group_by=group_by,
        boxes=_boxes(parameters, dataset),
        period=_period(parameters, model, dataset),
        filters=tuple(_filters(parameters, model, dataset)),
        limit=parameters.one("limit", _limit) or DEFAULT_LIMIT,
        format=parameters.one("f", _one_of(FORMATS)) or "json",
        after=_after(parameters, model, group_by),
    )


def _refuse_unknown(parameters: Parameters, dataset: Dataset) -> None:
    known = [*API_PARAMETERS, *dataset.dimensions]
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


def _group_by(parameters: Parameters, dataset: Dataset) -> tuple[str, ...]:
    """The dimensions to group by; an empty `group_by=` asks for one total."""
    given = parameters.lists.get("group_by")
    if given is None:
        return dataset.group_by
    names = [name for text in given for name in text.split(",") if name]
    for name in names:
        if name not in dataset.dimensions:
            detail = f"The dataset has no dimension '{name}'."
            raise bad_parameter("group_by", detail, dataset.dimensions)
    return tuple(dict.fromkeys(names))


def _boxes(parameters: Parameters, dataset: Dataset) -> tuple[Box, ...]:
    found = parameters.one("bbox", boxes.parse)
    if found and dataset.geometry is None:
        raise bad_parameter("bbox", "This dataset has no geometry to filter by.")
    return found or ()


def _period(parameters: Parameters, model: Model, dataset: Dataset) -> Period | None:
    found = parameters.one("datetime", periods.parse)
    if found is None:
        return None
    type_ = values.type_of(model, dataset.time) if dataset.time else None
    if type_ is None or type_.name not in TIME_TYPES:
        raise bad_parameter("datetime", "This dataset has no time to filter by.")
    return found


def _filters(
    parameters: Parameters, model: Model, dataset: Dataset
) -> Iterable[Filter]:
    for name, given in parameters.lists.items():
        if name in API_PARAMETERS:
            continue
        wanted = tuple(dict.fromkeys(v for text in given for v in values.split(text)))
        type_ = values.type_of(model, name)
        for value in wanted:
            if not values.fits(value, type_):
                kind = type_ or "text"
                raise bad_parameter(name, f"{name}: '{value}' is no {kind}.")
        yield Filter(name, wanted)


def _after(
    parameters: Parameters, model: Model, group_by: tuple[str, ...]
) -> Key | None:
    key = parameters.one("cursor", lambda text: cursors.decode(text, group_by))
    for name, value in zip(group_by, key or (), strict=key is not None):
        if value is not None and not values.fits(value, values.type_of(model, name)):
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
