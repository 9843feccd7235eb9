"""Filters by column: a model's dimensions, and its path's own parameters."""

from collections.abc import Iterable, Iterator

from api.problems import bad_parameter
from api.question import ranges, values
from api.question.asked import Filter, Range
from api.question.query_string import Parameters
from api.question.ranges import Edge
from catchment.catalog import Model
from catchment.endpoint import Parameter
from catchment.types import DataType


def of_dimensions(
    parameters: Parameters, model: Model, dimensions: Iterable[str]
) -> Iterator[Filter]:
    """Those of `dimensions` that are asked for by their names."""
    for name in dimensions:
        if given := parameters.lists.get(name):
            yield _filter(name, _items(given), model, name)


def of_parameters(
    parameters: Parameters, model: Model, own: Iterable[Parameter]
) -> Iterator[Filter]:
    """The `equals` of a path; one that is given empty filters nothing."""
    for parameter in own:
        if parameter.operator != "equals":
            continue
        given = parameters.lists.get(parameter.name)
        wanted = parameter.default if given is None else _items(filter(None, given))
        if wanted:
            yield _filter(parameter.name, wanted, model, parameter.column)


def ranges_of_parameters(
    parameters: Parameters, model: Model, own: Iterable[Parameter]
) -> Iterator[Range]:
    """The `from` and `to` of a path."""
    edges = {p: found for p in own if (found := _edge(parameters, model, p))}
    for start in edges:
        for end in edges:
            if (
                (start.operator, end.operator) == ("from", "to")
                and start.column == end.column
                and edges[end].is_before(edges[start])
            ):
                raise bad_parameter(start.name, f"{start.name} is after {end.name}.")
    for parameter, edge in edges.items():
        if parameter.operator == "from":
            yield Range(parameter.column, start=edge.value)
        else:
            yield Range(parameter.column, end=edge.value, closed=edge.closed)


def _edge(parameters: Parameters, model: Model, own: Parameter) -> Edge | None:
    if own.operator == "equals":
        return None
    type_ = values.type_of(model, own.column)

    def read(text: str) -> Edge | None:
        return ranges.edge(text, type_, own.operator) if text else None

    return parameters.one(own.name, read)


def _items(given: Iterable[str]) -> tuple[str, ...]:
    """Repeated and comma-separated values, each once."""
    return tuple(dict.fromkeys(v for text in given for v in values.split(text)))


def _filter(name: str, wanted: tuple[str, ...], model: Model, column: str) -> Filter:
    """Values of the column, and `from..to` where it has numbers or times."""
    type_ = values.type_of(model, column)
    single = tuple(text for text in wanted if not ranges.is_range(text, type_))
    for value in single:
        if not values.fits(value, type_):
            raise bad_parameter(name, f"{name}: {values.misfit(value, type_)}.")
    between = (_range(name, t, type_, column) for t in wanted if t not in single)
    return Filter(column, single, tuple(between))


def _range(name: str, text: str, type_: DataType | None, column: str) -> Range:
    try:
        start, end = ranges.parse(text, type_)
    except ValueError as error:
        raise bad_parameter(name, f"{name}: {error}.") from None
    return Range(
        column,
        start and start.value,
        end and end.value,
        closed=end is None or end.closed,
    )
