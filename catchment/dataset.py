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
    Measure,
    RowModel,
)
from catchment.mistakes import Mistake
from catchment.words import Words

# How a measure merges -> how many columns it takes.
MERGES = {"sum": 1, "min": 1, "max": 1, "ratio": 2, "centroid": 3}


def parse(model: Mapping[str, Any], mistakes: list[Mistake]) -> Dataset | RowModel:
    """Read `config.meta.api` of a model; what is wrong goes to `mistakes`."""
    name, file = str(model["name"]), model.get("original_file_path")

    def wrong(message: str, word: str | None) -> None:
        mistakes.append(
            Mistake(f"model {name}", message, word=word or "api", file=file)
        )

    words = Words(model["config"]["meta"]["api"], wrong)
    common: dict[str, Any] = {
        "title": words.text("title") or name.replace("_", " ").capitalize(),
        "time": words.text("time"),
        "path": words.value("path", paths.read),
        "max_age": words.count("max_age") or 0,
        "restrict": words.value("restrict", _restrict) or (),
        "parameters": words.value("parameters", parameters.read) or (),
    }
    described = _columns(model)
    endpoint = (
        _dataset(words, common)
        if words.given("measures")
        else rows.read(words, common, described)
    )
    words.no_others()
    for word, message in _problems(endpoint, {str(c["name"]) for c in described}):
        wrong(message, word)
    return endpoint


def _dataset(words: Words, common: dict[str, Any]) -> Dataset:
    dimensions = words.texts("dimensions", required=True)
    geometry = words.value("geometry", _geometry)
    for word in ("key", "order_by", "columns"):
        words.value(word, rows.refused("stands in a model without measures only"))
    return Dataset(
        **common,
        dimensions=dimensions,
        measures=words.value("measures", _measures) or (),
        group_by=words.texts("group_by")
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


def _measures(raw: Any) -> tuple[Measure, ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("expected names and how each merges, as n: {sum: n}")
    return tuple(_measure(str(name), how) for name, how in raw.items())


def _measure(name: str, raw: Any) -> Measure:
    if not isinstance(raw, Mapping) or len(raw) != 1 or next(iter(raw)) not in MERGES:
        raise ValueError(f"{name} must be one of {', '.join(MERGES)} and its columns")
    ((merge, columns),) = raw.items()
    columns = (columns,) if isinstance(columns, str) else tuple(map(str, columns))
    if len(columns) != MERGES[merge]:
        raise ValueError(f"{name}: {merge} takes {MERGES[merge]} columns")
    return Measure(name, merge, columns)


def _restrict(raw: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("expected columns and the claim of each, as region: region")
    if not all(isinstance(claim, str) and claim for claim in raw.values()):
        raise ValueError("a claim is a text, as region: region")
    return tuple((str(column), claim) for column, claim in raw.items())


def _geometry(raw: Any) -> GroupGeometry:
    if not isinstance(raw, Mapping) or not {"dimension", "column"} <= set(raw):
        raise ValueError("expected {dimension: …, column: …}")
    if ("model" in raw) != ("key" in raw):
        raise ValueError("model and key stand together")
    if unknown := set(raw) - {"dimension", "column", "model", "key"}:
        raise ValueError(f"unknown word '{sorted(unknown)[0]}'")
    return GroupGeometry(**{word: str(text) for word, text in raw.items()})
