"""The parameters of a model's own path: `meta.api.parameters`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catchment import values
from catchment.endpoint import API_PARAMETERS, Parameter
from catchment.mistakes import Mistake
from catchment.types import DataType, parse_type
from catchment.vocabulary import parameter as said
from catchment.words import Words

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
    columns = {word.name: words.read(word) for word in said.OPERATORS}
    default = words.read(said.DEFAULT)
    words.no_others()
    given = [(operator, column) for operator, column in columns.items() if column]
    if len(given) != 1:
        raise ValueError(f"{name} must have one of {', '.join(columns)} and a column")
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
        if name in API_PARAMETERS:
            yield f"'{name}' is a parameter of the API: choose another name"
        elif not _NAME.fullmatch(name):
            yield f"'{name}' is no name of lower-case letters, digits and _"
        elif name in dimensions and (parameter.operator, parameter.column) != (
            "equals",
            name,
        ):
            yield f"'{name}' is a dimension too: it can only be {{equals: {name}}}"


def unfit_defaults(models: Iterable[Mapping[str, Any]]) -> Iterator[Mistake]:
    """Defaults that are no value of their column, where it says its `data_type`.

    Where it says none it has a type only once the model is built: then the macro
    `publish_catalog` looks.
    """
    for entry in models:
        types = {c["name"]: parse_type(c["data_type"] or "") for c in entry["columns"]}
        for parameter in _readable(entry):
            type_ = types.get(parameter.column)
            for value in parameter.default:
                if not all(values.fits(side, type_) for side in _sides(value, type_)):
                    yield Mistake(
                        f"model {entry['name']}",
                        f"parameters: {parameter.name}: '{value}' is no {type_}",
                        word="default",
                        file=entry.get("original_file_path"),
                    )


def _readable(entry: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The parameters of a model; what cannot be read is told elsewhere."""
    api = entry["config"]["meta"].get("api")
    try:
        return read(api["parameters"]) if isinstance(api, Mapping) else ()
    except (KeyError, ValueError):
        return ()


def _sides(value: str, type_: DataType | None) -> list[str]:
    """The two sides of `from..to`, which a column of texts does not know."""
    if type_ is None or type_.name == "text" or ".." not in value:
        return [value]
    return [side for side in value.split("..", 1) if side]
