"""A dataset: what a model's `config.meta.api` says that the API may serve.

A measure says how it merges, so that any grouping of a mart's rows is exact:
`sum`, `min` and `max` of a column, `ratio` of two summed columns (an average
is the ratio of a sum and a count, never an average of averages), `centroid`
of summed unit vectors x, y, z (the mean position on the sphere: longitudes
themselves have no mean across the date line).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catchment.mistakes import Mistake
from catchment.words import Words

# How a measure merges -> how many columns it takes.
MERGES = {"sum": 1, "min": 1, "max": 1, "ratio": 2, "centroid": 3}
# Parameters of /aggregated-data; a dimension of such a name could not be asked for.
API_PARAMETERS = ("dataset", "group_by", "bbox", "datetime", "limit", "cursor", "f")


@dataclass(frozen=True)
class Measure:
    name: str
    merge: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class GroupGeometry:
    """The geometry of one dimension's members.

    `column` is a column of the dataset's own model or, where `model` is named,
    of that model, whose column `key` holds the dimension's values.
    """

    dimension: str
    column: str
    model: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Dataset:
    title: str
    dimensions: tuple[str, ...]
    measures: tuple[Measure, ...]
    group_by: tuple[str, ...]
    time: str | None = None
    geometry: GroupGeometry | None = None

    def columns(self) -> set[str]:
        """Every column of the model that this definition stands on."""
        own = {column for measure in self.measures for column in measure.columns}
        if self.geometry and not self.geometry.model:
            own.add(self.geometry.column)
        return own | {*self.dimensions, *self.group_by, *filter(None, [self.time])}


def parse(model: Mapping[str, Any], mistakes: list[Mistake]) -> Dataset:
    """Read `config.meta.api` of a model; what is wrong goes to `mistakes`."""
    name, file = str(model["name"]), model.get("original_file_path")

    def wrong(message: str, word: str | None) -> None:
        mistakes.append(
            Mistake(f"model {name}", message, word=word or "api", file=file)
        )

    words = Words(model["config"]["meta"]["api"], wrong)
    dimensions = words.texts("dimensions", required=True)
    geometry = words.value("geometry", _geometry)
    dataset = Dataset(
        title=words.text("title") or name.replace("_", " ").capitalize(),
        dimensions=dimensions,
        measures=words.value("measures", _measures, required=True) or (),
        group_by=words.texts("group_by")
        or ((geometry.dimension,) if geometry else dimensions),
        time=words.text("time"),
        geometry=geometry,
    )
    words.no_others()
    for word, message in _problems(dataset, _column_names(model)):
        wrong(message, word)
    return dataset


def _problems(dataset: Dataset, described: set[str]) -> Iterator[tuple[str, str]]:
    """What does not fit together, each with its word."""
    dimensions = dataset.dimensions
    for name in dimensions:
        if name in API_PARAMETERS:
            yield "dimensions", f"'{name}' is a parameter of the API: rename the column"
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
    for column in sorted(dataset.columns() - described):
        yield "api", f"no column '{column}' is described in the model"


def check_geometries(
    models: Iterable[Mapping[str, Any]], datasets: Mapping[str, Dataset]
) -> Iterator[Mistake]:
    """Geometries that other models should hold, and do not."""
    models = list(models)
    columns = {str(model["name"]): _column_names(model) for model in models}
    files = {str(model["name"]): model.get("original_file_path") for model in models}
    for name, dataset in datasets.items():
        geometry = dataset.geometry
        if geometry is None or geometry.model is None:
            continue
        wanted = [geometry.key, geometry.column]
        message = f"geometry: no model '{geometry.model}'"
        if geometry.model in columns:
            missing = [c for c in wanted if c not in columns[geometry.model]]
            message = f"geometry: {geometry.model} describes no column {missing}"
            if not missing:
                continue
        yield Mistake(f"model {name}", message, word="geometry", file=files[name])


def _column_names(model: Mapping[str, Any]) -> set[str]:
    columns = model.get("columns") or ()
    entries = columns.values() if isinstance(columns, Mapping) else columns
    return {str(entry["name"]) for entry in entries}


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


def _geometry(raw: Any) -> GroupGeometry:
    if not isinstance(raw, Mapping) or not {"dimension", "column"} <= set(raw):
        raise ValueError("expected {dimension: …, column: …}")
    if ("model" in raw) != ("key" in raw):
        raise ValueError("model and key stand together")
    if unknown := set(raw) - {"dimension", "column", "model", "key"}:
        raise ValueError(f"unknown word '{sorted(unknown)[0]}'")
    return GroupGeometry(**{word: str(text) for word, text in raw.items()})
