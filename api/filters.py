"""Filters by column: a model's dimensions, and its path's own parameters."""

from collections.abc import Iterable, Iterator

from api import ranges, values
from api.asked import Filter, Range
from api.problems import bad_parameter
from api.query_string import Parameters
from api.ranges import Edge
from catchment.catalog import Model
from catchment.endpoint import Parameter


def of_dimensions(
    parameters: Parameters, model: Model, dimensions: Iterable[str]
) -> Iterator[Filter]:
    """Those of `dimensions` that are asked for by their names."""
    for name in dimensions:
        if given := parameters.lists.get(name):
            yield Filter(name, _fitting(name, _items(given), model, name))


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
            name, column = parameter.name, parameter.column
            yield Filter(column, _fitting(name, wanted, model, column))


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


def _fitting(
    name: str, wanted: tuple[str, ...], model: Model, column: str
) -> tuple[str, ...]:
    type_ = values.type_of(model, column)
    for value in wanted:
        if not values.fits(value, type_):
            raise bad_parameter(name, f"{name}: '{value}' is no {type_ or 'text'}.")
    return wanted
