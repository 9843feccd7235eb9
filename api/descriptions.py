"""Models as the list at `/aggregated-data` describes them."""

from collections.abc import Mapping
from typing import Any

from api.links import Address, Link
from api.media import OF_ROWS, Format
from catchment.catalog import Catalog, Model
from catchment.endpoint import Dataset, Endpoint, Measure, Parameter


def datasets(
    catalog: Catalog, extents: Mapping[str, Any], base: str, path: str
) -> list[dict[str, Any]]:
    """Every dataset, by name; they are asked for at `path` below `base`.

    Args:
        extents: where and when the rows of each are, as collections tell it.
    """
    return [
        {**_dataset(model, model.api, base, path), "extent": extents.get(model.name)}
        for _, model in sorted(catalog.datasets.items())
        if isinstance(model.api, Dataset)
    ]


def paths(catalog: Catalog, base: str) -> list[dict[str, Any]]:
    """Every path of a model, in its order."""
    return [
        _path(model, model.api, base, path)
        for path, model in catalog.paths.items()
        if model.api
    ]


def _dataset(model: Model, dataset: Dataset, base: str, path: str) -> dict[str, Any]:
    address = Address(base + path)
    by_name = [
        _link(dataset, f, address.href(dataset=model.name, f=f.name)) for f in OF_ROWS
    ]
    return {
        "name": model.name,
        "title": dataset.title,
        "description": model.description,
        "dimensions": _dimensions(model, dataset),
        "measures": [measure(model, each) for each in dataset.measures],
        "group_by": dataset.group_by,
        "time": dataset.time,
        "geometry": dataset.geometry and dataset.geometry.dimension,
        "links": [*by_name, *(_path_links(dataset, base) if dataset.path else ())],
    }


def _path(model: Model, endpoint: Endpoint, base: str, path: str) -> dict[str, Any]:
    return {
        "path": path,
        "model": model.name,
        "title": endpoint.title,
        "description": model.description,
        "dimensions": _dimensions(model, endpoint),
        "parameters": [_parameter(model, p) for p in endpoint.parameters],
        "links": _path_links(endpoint, base),
    }


def _dimensions(model: Model, endpoint: Endpoint) -> list[dict[str, str]]:
    columns = (model.column(name) for name in endpoint.dimensions)
    return [
        {"name": c.name, "type": c.type, "description": c.description} for c in columns
    ]


def _parameter(model: Model, parameter: Parameter) -> dict[str, Any]:
    """A parameter by what its column is described as."""
    column = model.column(parameter.column)
    return {
        "name": parameter.name,
        "operator": parameter.operator,
        "column": parameter.column,
        "type": column.type,
        "default": parameter.default or None,
        "description": column.description,
    }


def measure(model: Model, measure: Measure) -> dict[str, str]:
    """A measure by what its columns are described as; the columns are our own."""
    said = [model.column(name).description for name in measure.columns]
    description = {
        "ratio": f"Average. {said[0]}"[:-1] + f", by: {said[-1]}",
        "centroid": "Mean position on the sphere, longitude and latitude.",
    }.get(measure.merge, said[0])
    return {"name": measure.name, "description": description}


def _path_links(endpoint: Endpoint, base: str) -> list[dict[str, str]]:
    address = Address(f"{base}{endpoint.path}")
    return [_link(endpoint, f, address.href(f=f.name)) for f in OF_ROWS]


def _link(endpoint: Endpoint, format_: Format, href: str) -> dict[str, str]:
    title = f"{endpoint.title} as {format_.title}"
    return Link("items", format_.media_type, href, title).document()
