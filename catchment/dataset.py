"""Read `config.meta.api` of a model: a dataset or a row model.

`catchment.endpoint` says what the two are. What does not fit is told, every
mistake in one go.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catchment import parameters, paths, rows
from catchment.endpoint import (
    API_PARAMETERS,
    Dataset,
    Endpoint,
    GroupGeometry,
    RowModel,
)
from catchment.mistakes import Mistake
from catchment.vocabulary import endpoint as said
from catchment.words import Words


def parse(model: Mapping[str, Any], mistakes: list[Mistake]) -> Dataset | RowModel:
    """Read `config.meta.api` of a model; what is wrong goes to `mistakes`."""
    name, file = str(model["name"]), model.get("original_file_path")

    def wrong(message: str, word: str | None) -> None:
        mistakes.append(
            Mistake(f"model {name}", message, word=word or "api", file=file)
        )

    words = Words(model["config"]["meta"]["api"], wrong)
    common: dict[str, Any] = {
        "title": words.read(said.TITLE) or name.replace("_", " ").capitalize(),
        "time": words.read(said.TIME),
        "path": words.read(said.PATH),
        "max_age": words.read(said.MAX_AGE),
        "restrict": words.read(said.RESTRICT),
        "parameters": words.read(said.PARAMETERS),
    }
    described = _columns(model)
    endpoint = (
        _dataset(words, common)
        if words.given(said.MEASURES.name)
        else rows.read(words, common, described)
    )
    words.no_others()
    for word, message in _problems(endpoint, {str(c["name"]) for c in described}):
        wrong(message, word)
    return endpoint


def _dataset(words: Words, common: dict[str, Any]) -> Dataset:
    dimensions = words.read(said.DIMENSIONS)
    geometry = words.read(said.GROUP_GEOMETRY)
    for word in (said.ROW_KEY, said.ORDER_BY, said.COLUMNS):
        words.refuse(word, "stands in a model without measures only")
    return Dataset(
        **common,
        dimensions=dimensions,
        measures=words.read(said.MEASURES),
        group_by=words.read(said.GROUP_BY)
        or ((geometry.dimension,) if geometry else dimensions),
        geometry=geometry,
    )


def _problems(
    endpoint: Dataset | RowModel, described: set[str]
) -> Iterator[tuple[str, str]]:
    """What does not fit together, each with its word."""
    if isinstance(endpoint, Dataset):
        yield from _dataset_problems(endpoint)
    else:
        yield from rows.problems(endpoint)
    for name in endpoint.dimensions:
        if name in API_PARAMETERS:
            yield "dimensions", f"'{name}' is a parameter of the API: rename the column"
    for message in parameters.problems(endpoint.parameters, endpoint.dimensions):
        yield "parameters", f"parameters: {message}"
    if endpoint.parameters and not endpoint.path:
        yield "parameters", "parameters: they belong to a path, and there is none"
    for column in sorted(endpoint.uses() - described):
        yield "api", f"no column '{column}' is described in the model"


def _dataset_problems(dataset: Dataset) -> Iterator[tuple[str, str]]:
    dimensions = dataset.dimensions
    for name in dataset.group_by:
        if name not in dimensions:
            yield "group_by", f"group_by: '{name}' is none of the dimensions"
    if dataset.time and dataset.time not in dimensions:
        yield "time", f"time: '{dataset.time}' is none of the dimensions"
    if dataset.geometry and dataset.geometry.dimension not in dimensions:
        name = dataset.geometry.dimension
        yield "geometry", f"geometry: '{name}' is none of the dimensions"
    for measure in dataset.measures:
        if measure.name in dimensions:
            yield "measures", f"measure '{measure.name}' is named like a dimension"


def check_together(
    models: Iterable[Mapping[str, Any]], endpoints: Mapping[str, Endpoint]
) -> Iterator[Mistake]:
    """What is wrong only beside other models: their paths and geometries."""
    models = list(models)
    files = {str(model["name"]): model.get("original_file_path") for model in models}
    for name, message in paths.shared(endpoints):
        yield Mistake(f"model {name}", message, word="path", file=files[name])
    for name, message in _missing_geometries(models, endpoints):
        yield Mistake(f"model {name}", message, word="geometry", file=files[name])


def _missing_geometries(
    models: list[Mapping[str, Any]], endpoints: Mapping[str, Endpoint]
) -> Iterator[tuple[str, str]]:
    """Geometries that other models should hold, and do not."""
    columns = {
        str(model["name"]): {str(column["name"]) for column in _columns(model)}
        for model in models
    }
    for name, endpoint in endpoints.items():
        geometry = endpoint.geometry
        if not isinstance(geometry, GroupGeometry) or geometry.model is None:
            continue
        wanted = [geometry.key, geometry.column]
        if geometry.model not in columns:
            yield name, f"geometry: no model '{geometry.model}'"
        elif missing := [c for c in wanted if c not in columns[geometry.model]]:
            yield name, f"geometry: {geometry.model} describes no column {missing}"
        else:
            yield from _shown_geometries(name, endpoint, geometry.model, endpoints)


def _shown_geometries(
    name: str, endpoint: Endpoint, model: str, endpoints: Mapping[str, Endpoint]
) -> Iterator[tuple[str, str]]:
    """Geometries of a restricted model, which others would show to everybody."""
    theirs = endpoints[model].restrict if model in endpoints else ()
    if set(theirs) - set(endpoint.restrict):
        yield name, f"geometry: {model} is restricted; restrict this model alike"


def _columns(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    columns = model.get("columns") or ()
    return list(columns.values() if isinstance(columns, Mapping) else columns)
