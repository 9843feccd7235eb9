"""The paths that answer rows of models."""

from collections.abc import Iterator
from typing import Any

from api.media import JSON
from api.openapi import operations, parameters, responses, rows
from api.openapi.operations import Operation
from api.openapi.types import Schema
from api.question import params
from catchment.catalog import Catalog, Model

Path = tuple[str, Operation]


def served(catalog: Catalog) -> list[Model]:
    """The models that the API serves, by name."""
    models = {**catalog.datasets, **catalog.row_models}
    return [models[name] for name in sorted(models)]


def are_by_claims(models: list[Model]) -> bool:
    """Whether what is seen of any of them is what a caller's claims say."""
    return any(model.api and model.api.restrict for model in models)


def components(catalog: Catalog) -> dict[str, Schema]:
    schemas: dict[str, Schema] = {}
    for model in served(catalog):
        schemas |= rows.components(model)
    return schemas


def paths(catalog: Catalog) -> Iterator[Path]:
    """Each path with its operation: the datasets, then the models' own paths."""
    yield "/aggregated-data", _aggregated_data(catalog)
    for path, model in catalog.paths.items():
        yield path, _own_path(model)


def _aggregated_data(catalog: Catalog) -> Operation:
    datasets = [model for _, model in sorted(catalog.datasets.items())]
    route = params.AGGREGATED_DATA
    content = rows.content(datasets, route.formats)
    listing = {"$ref": "#/components/schemas/Datasets"}
    of_data = content[JSON.media_type].get("anyOf", [content[JSON.media_type]])
    content[JSON.media_type] = {"anyOf": [*of_data, listing]}
    return Operation(
        "aggregated_data",
        operations.AGGREGATES,
        "A dataset, grouped and filtered; or the list of the datasets",
        {200: responses.ok("Groups, or the datasets.", content, responses.OF_DATA)},
        "Filters act inside the aggregate: they choose the rows that are summed. "
        "Averages are computed of sums and counts.",
        parameters.of(datasets, route),
        operations.OF_DATA,
        is_conditional=True,
        claims=are_by_claims(datasets),
    )


def _own_path(model: Model) -> Operation:
    return of_model(f"path_of_{model.name}", operations.PATHS, model, params.OWN_PATH)


def of_model(id_: str, tag: str, model: Model, route: params.Route) -> Operation:
    """A path that answers one model's rows or groups."""
    content = rows.content([model], route.formats)
    return Operation(
        id_,
        tag,
        model.api.title if model.api else model.name,
        {200: responses.ok("A page.", content, responses.OF_DATA)},
        model.description,
        parameters.of([model], route),
        operations.OF_DATA,
        is_conditional=True,
        claims=are_by_claims([model]),
    )


def listing() -> dict[str, Any]:
    """What /aggregated-data answers where no dataset is named."""
    objects = {"type": "array", "items": {"type": "object"}}
    return {
        "type": "object",
        "required": ["datasets", "paths", "links"],
        "properties": {
            "datasets": objects,
            "paths": objects,
            "links": rows.LINKS,
        },
    }
