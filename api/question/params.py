"""Read the parameters of a query, and refuse by name whatever is wrong in them."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from api import media
from api.links import Pairs
from api.media import Format
from api.problems import bad_parameter
from api.question import (
    boxes,
    cql2,
    filters,
    orders,
    periods,
    queryables,
    shown,
    unknown,
    values,
)
from api.question.asked import (
    DEFAULT_LIMIT,
    DEFAULT_PRECISION,
    GroupQuery,
    Query,
    Range,
    RowQuery,
)
from api.question.boxes import Box
from api.question.features import of_feature
from api.question.query_string import Parameters
from catchment.catalog import Catalog, Model
from catchment.endpoint import API_PARAMETERS, Dataset, Endpoint, RowModel

if TYPE_CHECKING:
    from api.question.conditions import Condition

__all__ = [
    "AGGREGATED_DATA",
    "API_PARAMETERS",
    "ITEMS",
    "MAXIMUM_LIMIT",
    "OWN_PATH",
    "Route",
    "dataset",
    "known",
    "names_dataset",
    "of_feature",
    "of_model",
    "refuse_all_but_listing",
]

MAXIMUM_LIMIT = 10_000

# What only the other kind of model takes.
_OF_THE_OTHER: dict[type[Endpoint], tuple[str, ...]] = {
    RowModel: ("group_by", "measures"),
    Dataset: ("properties",),
}

Q = TypeVar("Q", bound=Query)


@dataclass(frozen=True)
class Route:
    """A way to ask a model: what it takes and in which forms it answers.

    Attributes:
        without: parameters of the API that it does not take.
        has_own: whether it takes the parameters of the model's own path.
    """

    without: tuple[str, ...] = ()
    has_own: bool = False
    formats: tuple[Format, ...] = media.OF_ROWS
    default: Format = media.JSON


AGGREGATED_DATA = Route()
OWN_PATH = Route(without=("dataset",), has_own=True)
ITEMS = Route(
    without=("dataset", "group_by"),
    formats=(*media.OF_ROWS, media.HTML),
    default=media.GEOJSON,
)


def names_dataset(given: Pairs) -> bool:
    """Whether /aggregated-data is asked for a dataset, and not for the list."""
    return any(name == "dataset" for name, _ in given)


def dataset(given: Pairs, catalog: Catalog) -> Model:
    """The dataset that /aggregated-data is asked for.

    Raises:
        Problem: 404, where there is no such dataset; 400, where it names two.
    """
    name = Parameters(given).one("dataset", str) or ""
    if found := catalog.datasets.get(name):
        return found
    raise unknown.dataset(name, catalog)


def of_model(
    given: Pairs, model: Model, route: Route = AGGREGATED_DATA, accept: str = ""
) -> Query:
    """What a model is asked.

    Args:
        accept: the request's `Accept`, which counts where there is no `f=`.

    Raises:
        Problem: 400 for all that is wrong.
    """
    parameters = Parameters(given)
    asked: Query
    match model.api:
        case RowModel() as rows:
            _refuse_unknown(parameters, rows, known(rows, route))
            order = orders.of_rows(parameters, model, rows)
            columns = shown.columns(parameters, rows)
            asked = RowQuery(model, rows, order, columns=columns)
        case Dataset() as dataset:
            _refuse_unknown(parameters, dataset, known(dataset, route))
            group_by = shown.group_by(parameters, dataset)
            order = orders.of_groups(parameters, dataset, group_by)
            measures = shown.measures(parameters, dataset)
            asked = GroupQuery(
                model, dataset, order, group_by=group_by, measures=measures
            )
        case None:
            raise ValueError(f"the model {model.name} is not served")
    return _completed(asked, parameters, route, accept)


def _completed(asked: Q, parameters: Parameters, route: Route, accept: str) -> Q:
    """The query with all that may be asked of any model."""
    model, endpoint = asked.model, asked.endpoint
    own = endpoint.parameters if route.has_own else ()
    taken = {parameter.name for parameter in own}
    dimensions = [name for name in endpoint.dimensions if name not in taken]
    named = parameters.one("f", str)
    precision = parameters.one("precision", shown.precision)
    return replace(
        asked,
        filters=(
            *filters.of_dimensions(parameters, model, dimensions),
            *filters.of_parameters(parameters, model, own),
        ),
        ranges=(
            *_period(parameters, model, endpoint),
            *filters.ranges_of_parameters(parameters, model, own),
        ),
        boxes=_boxes(parameters, endpoint),
        condition=_condition(parameters, model),
        limit=parameters.one("limit", _limit) or DEFAULT_LIMIT,
        format=media.chosen(named, accept, route.formats, route.default),
        cursor=orders.cursor(parameters, model, asked.order),
        precision=DEFAULT_PRECISION if precision is None else precision,
        simplify=parameters.one("simplify", shown.simplify) or 0.0,
        skips_geometry=parameters.one("skipGeometry", shown.skips_geometry) or False,
        hits=parameters.one("resultType", shown.hits) or False,
    )


def known(endpoint: Endpoint, route: Route) -> list[str]:
    """The parameters that a model takes on a route, each once."""
    left_out = {*route.without, *_OF_THE_OTHER[type(endpoint)]}
    names = [name for name in API_PARAMETERS if name not in left_out]
    own = [p.name for p in endpoint.parameters] if route.has_own else []
    return list(dict.fromkeys([*names, *endpoint.dimensions, *own]))


def _refuse_unknown(
    parameters: Parameters, endpoint: Endpoint, known: Collection[str]
) -> None:
    for name in parameters.lists:
        if name not in known:
            raise bad_parameter(name, unknown.parameter(name, endpoint, known), known)


def refuse_all_but_listing(given: Pairs, catalog: Catalog) -> None:
    """The list of datasets takes no parameter but its format.

    Raises:
        Problem: 400, where it is given another.
    """
    parameters = Parameters(given)
    for name in parameters.lists:
        if name != "f":
            raise bad_parameter(
                name,
                f"'{name}' asks something of a dataset: name one with dataset=, "
                f"as {', '.join(sorted(catalog.datasets))}.",
                ("dataset", "f"),
            )
    media.chosen(parameters.one("f", str), "", (media.JSON,), media.JSON)


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
    if endpoint.time is None or type_ is None or type_.name not in values.TIME_TYPES:
        raise bad_parameter("datetime", "There is no time here to filter by.")
    start, end, closed = found.bounds(type_.name)
    return (Range(endpoint.time, start, end, closed),)


def _condition(parameters: Parameters, model: Model) -> "Condition | None":
    language = parameters.one("filter-lang", cql2.language) or cql2.TEXT
    parameters.one("filter-crs", cql2.crs)
    return parameters.one(
        "filter", lambda text: cql2.read(text, language, queryables.of(model))
    )


def _limit(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]*", text, re.ASCII):
        raise ValueError(f"'{text}' is no whole number from 1 on")
    # Above the maximum is clamped, not refused (17-069r4, requirement 22 C).
    # Longer than 9 digits is above it too, and int() refuses 4,300 of them.
    digits = text.lstrip("0")
    return MAXIMUM_LIMIT if len(digits) > 9 else min(int(digits), MAXIMUM_LIMIT)
