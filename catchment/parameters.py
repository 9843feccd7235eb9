"""The parameters of a model's own path: `meta.api.parameters`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from catchment.endpoint import API_PARAMETERS, Parameter
from catchment.words import Words

OPERATORS = ("equals", "from", "to")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read(raw: Any) -> tuple[Parameter, ...]:
    """Parameters by name: `start_date: {from: day}`.

    Raises:
        ValueError: saying the first thing that is wrong.
    """
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("expected names and filters, as start_date: {from: day}")
    return tuple(_parameter(str(name), words) for name, words in raw.items())


def _parameter(name: str, raw: Any) -> Parameter:
    def wrong(message: str, _: str | None) -> None:
        raise ValueError(f"{name}: {message}")

    words = Words(raw, wrong)
    columns = {operator: words.text(operator) for operator in OPERATORS}
    default = words.texts("default")
    words.no_others()
    given = [(operator, column) for operator, column in columns.items() if column]
    if len(given) != 1:
        raise ValueError(f"{name} must have one of {', '.join(OPERATORS)} and a column")
    ((operator, column),) = given
    if default and operator != "equals":
        raise ValueError(f"{name}: default stands with equals only")
    return Parameter(name, operator, column, default)


def problems(
    parameters: tuple[Parameter, ...], dimensions: tuple[str, ...]
) -> Iterator[str]:
    """Names that a request could not tell from another parameter's."""
    for parameter in parameters:
        name = parameter.name
        if not _NAME.fullmatch(name):
            yield f"'{name}' is no name of lower-case letters, digits and _"
        elif name in API_PARAMETERS:
            yield f"'{name}' is a parameter of the API: choose another name"
        elif name in dimensions and (parameter.operator, parameter.column) != (
            "equals",
            name,
        ):
            yield f"'{name}' is a dimension too: it can only be {{equals: {name}}}"
