"""The API as the end of the lineage: a node for each model that it serves."""

from collections.abc import Iterator

from catchment.catalog import Catalog, Model
from catchment.endpoint import Dataset, Geometry, GroupGeometry, Measure, RowModel
from catchment.local.lineage.shapes import Node, NodeColumn
from catchment.local.lineage.views import ROWS, Origin, Step


def path_of(model: Model) -> str:
    """Where a model is asked for: its own path, or that of all of its kind."""
    assert model.api
    if model.api.path:
        return model.api.path
    if isinstance(model.api, Dataset):
        return f"/aggregated-data?dataset={model.name}"
    return f"/collections/{model.name}/items"


def nodes(catalog: Catalog) -> Iterator[Node]:
    """What the API serves, by path."""
    served = [model for model in catalog.models.values() if model.api]
    for model in sorted(served, key=path_of):
        assert model.api
        yield Node(
            id=path_of(model),
            name=path_of(model),
            kind="endpoint",
            lane="endpoints",
            description=model.api.title,
            columns=tuple(_columns(catalog, model, model.api)),
        )


def _columns(
    catalog: Catalog, model: Model, api: Dataset | RowModel
) -> Iterator[NodeColumn]:
    """What is answered, then what may be asked, each by the model's columns."""
    yield _column(model, ROWS, ROWS)
    if isinstance(api, Dataset):
        for name in api.dimensions:
            yield _column(model, name, name, "group_by, filter")
        for measure in api.measures:
            yield _measure(model, measure)
    else:
        for name in api.columns:
            filtered = name in api.dimensions
            yield _column(model, name, name, "answer, filter" if filtered else "answer")
    shown = {*api.dimensions, *getattr(api, "columns", ())}
    for one in api.parameters:
        if one.name not in shown:
            yield _column(model, one.name, one.column, f"filter: {one.operator}")
    if api.time:
        yield _column(model, "datetime", api.time, "filter")
    if api.geometry:
        yield _bbox(catalog, model, api.geometry)


def _measure(model: Model, measure: Measure) -> NodeColumn:
    origins = tuple(Origin(_relation(model), one) for one in measure.columns)
    if measure.merge == "ratio":
        sql = " / ".join(f"sum({one})" for one in measure.columns)
    else:
        sql = f"{measure.merge}({', '.join(measure.columns)})"
    words = (("use", "measure"),)
    return NodeColumn(measure.name, "", "", origins, (Step("", sql),), words)


def _bbox(catalog: Catalog, model: Model, geometry: Geometry) -> NodeColumn:
    if isinstance(geometry, GroupGeometry) and geometry.model:
        model = catalog.models[geometry.model]
    return _column(model, "bbox", geometry.column, "filter")


def _column(model: Model, name: str, of: str, use: str = "") -> NodeColumn:
    words = (("use", use),) if use else ()
    found = model.column(of)
    origin = Origin(_relation(model), of)
    return NodeColumn(name, found.type, found.description, (origin,), (), words)


def _relation(model: Model) -> str:
    return f"{model.schema}.{model.table}"
