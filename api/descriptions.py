"""Datasets as the list at `/aggregated-data` describes them."""

from typing import Any

from api.formats import MEDIA_TYPES, TITLES
from api.links import Address, Link
from catchment.catalog import Catalog, Model
from catchment.dataset import Dataset, Measure


def datasets(catalog: Catalog, url: str) -> list[dict[str, Any]]:
    """Every dataset, by name; `url` is where they are asked for."""
    return [
        describe(model, model.dataset, url)
        for _, model in sorted(catalog.datasets.items())
        if model.dataset
    ]


def describe(model: Model, dataset: Dataset, url: str) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": dataset.title,
        "description": model.description,
        "dimensions": [_dimension(model, name) for name in dataset.dimensions],
        "measures": [_measure(model, measure) for measure in dataset.measures],
        "group_by": dataset.group_by,
        "time": dataset.time,
        "geometry": dataset.geometry and dataset.geometry.dimension,
        "links": [_link(model, dataset, format_, url) for format_ in MEDIA_TYPES],
    }


def _dimension(model: Model, name: str) -> dict[str, str]:
    column = model.column(name)
    return {"name": name, "type": column.type, "description": column.description}


def _measure(model: Model, measure: Measure) -> dict[str, str]:
    """A measure by what its columns are described as; the columns are our own."""
    said = [model.column(name).description for name in measure.columns]
    description = {
        "ratio": f"Average. {said[0]}"[:-1] + f", by: {said[-1]}",
        "centroid": "Mean position on the sphere, longitude and latitude.",
    }.get(measure.merge, said[0])
    return {"name": measure.name, "description": description}


def _link(model: Model, dataset: Dataset, format_: str, url: str) -> dict[str, str]:
    href = Address(url).href(dataset=model.name, f=format_)
    title = f"{dataset.title} as {TITLES[format_]}"
    return Link("items", MEDIA_TYPES[format_], href, title).document()
