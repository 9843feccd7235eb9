"""A dataset: what a model's `config.meta.api` says that the API may serve.

A measure says how it merges, so that any grouping of a mart's rows is exact:
`sum`, `min` and `max` of a column, `ratio` of two summed columns (an average
is the ratio of a sum and a count, never an average of averages), `centroid`
of summed x, summed y and their count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catchment.mistakes import Mistake
from catchment.words import Words

# How a measure merges -> how many columns it takes.
MERGES = {"sum": 1, "min": 1, "max": 1, "ratio": 2, "centroid": 3}


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
    for word in ("group_by", "time"):
        for dimension in words.texts(word):
            if dimension not in dimensions:
                wrong(f"{word}: '{dimension}' is none of the dimensions", word)
    if geometry and geometry.dimension not in dimensions:
        wrong(f"geometry: '{geometry.dimension}' is none of the dimensions", "geometry")
    if known := _column_names(model):
        for column in sorted(dataset.columns() - known):
            wrong(f"no column '{column}' is described in the model", "api")
    return dataset


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
