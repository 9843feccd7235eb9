"""What dbt published: the contracts, the DAG and the API, as data.

`ops.catalog` holds one JSON document a build, made by the dbt macro
`publish_catalog`. Both Lambdas read it here, and know nothing else of any
dataset.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from catchment import dataset
from catchment.endpoint import Dataset, RowModel
from catchment.mistakes import ContractError, Mistake

if TYPE_CHECKING:
    from catchment.contract import Feed

# What the loader refreshes; a view below them is always fresh by itself.
REFRESHED = ("rollup", "mart", "materialized_view")
FRESH = ("view", *REFRESHED)


@dataclass(frozen=True)
class ModelColumn:
    name: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class Model:
    """A dbt model as it stands in the database."""

    unique_id: str
    name: str
    schema: str
    table: str
    materialized: str
    depends_on: tuple[str, ...]
    columns: tuple[ModelColumn, ...]
    description: str = ""
    api: Dataset | RowModel | None = None

    def column(self, name: str) -> ModelColumn:
        """A column as the model describes it, or by its bare name."""
        found = (column for column in self.columns if column.name == name)
        return next(found, ModelColumn(name, ""))


class Feeds(Mapping[str, "Feed"]):
    """The feeds by name, read of their contracts when the first is asked for.

    Data are served without them, and the words of contracts are a tenth of what the
    API would import.

    Raises:
        ContractError: where one is asked for, with every mistake of the contracts.
    """

    def __init__(self, contracts: Sequence[Mapping[str, Any]]):
        self._contracts = contracts

    @cached_property
    def _read(self) -> Mapping[str, "Feed"]:
        from catchment import contract_words

        return {feed.name: feed for feed in contract_words.parse_all(self._contracts)}

    def __getitem__(self, name: str) -> "Feed":
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


@dataclass(frozen=True)
class Catalog:
    """One published build. `hash` identifies the document it was read from."""

    hash: str
    feeds: Mapping[str, "Feed"]
    models: Mapping[str, Model]

    def feed_of(self, key: str) -> "Feed | None":
        """The feed that a decoded object key belongs to; those that yield last."""
        found = [feed for feed in self.feeds.values() if feed.matches(key)]
        return min(found, key=lambda feed: feed.yields, default=None)

    @cached_property
    def datasets(self) -> Mapping[str, Model]:
        """The models that /aggregated-data groups, by name."""
        return {m.name: m for m in self.models.values() if isinstance(m.api, Dataset)}

    @cached_property
    def row_models(self) -> Mapping[str, Model]:
        """The models that serve their rows, by name."""
        return {m.name: m for m in self.models.values() if isinstance(m.api, RowModel)}

    @cached_property
    def paths(self) -> Mapping[str, Model]:
        """The models that have a path of their own, by it, sorted."""
        found = {m.api.path: m for m in self.models.values() if m.api and m.api.path}
        return dict(sorted(found.items()))

    def refresh_order(self, feeds: set[str]) -> tuple[Model, ...]:
        """The rollups and marts below these feeds, parents first."""
        return tuple(m for m in self._sorted if self.feeds_above(m.name) & feeds)

    def feeds_above(self, model: str) -> set[str]:
        """The feeds that a model is made of, at any depth."""
        sources = (id_ for id_ in self._above[model] if id_.startswith("source."))
        return set(map(_source_table, sources))

    def models_above(self, model: str) -> set[str]:
        """The models that a model is made of, at any depth."""
        above = self._above[model]
        return {self._by_id[id_].name for id_ in above if id_ in self._by_id}

    def refreshed_parts(self, model: str) -> set[str]:
        """The model itself if it is refreshed; of a view all that it is made of."""
        if self.models[model].materialized in REFRESHED:
            return {model}
        above = self.models_above(model)
        return {name for name in above if self.models[name].materialized in REFRESHED}

    def live_feeds(self, model: str) -> set[str]:
        """The feeds whose rows a model shows as soon as they are loaded.

        Nothing that is refreshed stands between.
        """
        if self.models[model].materialized in REFRESHED:
            return set()
        feeds: set[str] = set()
        for parent in self.models[model].depends_on:
            if parent.startswith("source."):
                feeds.add(_source_table(parent))
            elif parent in self._by_id:
                feeds |= self.live_feeds(self._by_id[parent].name)
        return feeds

    @cached_property
    def _by_id(self) -> Mapping[str, Model]:
        return {model.unique_id: model for model in self.models.values()}

    @cached_property
    def _sorted(self) -> tuple[Model, ...]:
        graph = {m.unique_id: m.depends_on for m in self.models.values()}
        order = TopologicalSorter(graph).static_order()
        found = (self._by_id[id_] for id_ in order if id_ in self._by_id)
        return tuple(model for model in found if model.materialized in REFRESHED)

    @cached_property
    def _above(self) -> Mapping[str, set[str]]:
        """All that stands above each model, by its name, as unique ids."""
        parents = {m.unique_id: m.depends_on for m in self.models.values()}
        above: dict[str, set[str]] = {}
        for unique_id in TopologicalSorter(parents).static_order():
            near = parents.get(unique_id, ())
            above[unique_id] = set(near).union(*(above[parent] for parent in near))
        return {m.name: above[m.unique_id] for m in self.models.values()}


def _source_table(unique_id: str) -> str:
    return unique_id.rsplit(".", 1)[1]


def parse(
    document: str | Mapping[str, Any], hash_: str = "", *, with_contracts: bool = True
) -> Catalog:
    """Read a catalog document.

    Args:
        with_contracts: whether its contracts are read now, and not by need.

    Raises:
        ContractError: with every mistake of its contracts and datasets.
    """
    raw = json.loads(document) if isinstance(document, str) else document
    mistakes: list[Mistake] = []
    models = [_model(entry, mistakes) for entry in raw["models"]]
    endpoints = {model.name: model.api for model in models if model.api}
    mistakes.extend(dataset.check_together(raw["models"], endpoints))
    feeds = Feeds(raw["feeds"])
    try:
        if with_contracts:
            len(feeds)
    except ContractError as error:
        mistakes = [*error.mistakes, *mistakes]
    if mistakes:
        raise ContractError(mistakes)
    catalog = Catalog(
        hash=hash_,
        feeds=feeds,
        models={model.name: model for model in models},
    )
    if stale := list(_stale_models(catalog, raw["models"])):
        raise ContractError(stale)
    return catalog


def _stale_models(
    catalog: Catalog, entries: Sequence[Mapping[str, Any]]
) -> Iterator[Mistake]:
    """Models that no refresh reaches, between a feed and what is served."""
    served = (
        model.name
        for model in catalog.models.values()
        if model.api or model.materialized in REFRESHED
    )
    parts = {part for name in served for part in {name, *catalog.models_above(name)}}
    for entry in entries:
        name, materialized = entry["name"], entry["config"]["materialized"]
        if (
            name in parts
            and materialized not in (*FRESH, "snapshot")
            and catalog.feeds_above(name)
        ):
            yield Mistake(
                f"model {name}",
                f"is materialized as {materialized}, which the loader cannot "
                f"refresh; use {', '.join(FRESH)}",
                word="materialized",
                file=entry.get("original_file_path"),
            )


def _model(entry: Mapping[str, Any], mistakes: list[Mistake]) -> Model:
    config = entry["config"]
    has_api = bool((config.get("meta") or {}).get("api"))
    return Model(
        unique_id=entry["unique_id"],
        name=entry["name"],
        schema=entry["schema"],
        table=entry["alias"],
        materialized=config["materialized"],
        depends_on=tuple(entry["depends_on"]),
        columns=tuple(
            ModelColumn(
                c["name"], c.get("data_type") or "", c.get("description", "").strip()
            )
            for c in entry["columns"]
        ),
        description=entry.get("description", "").strip(),
        api=dataset.parse(entry, mistakes) if has_api else None,
    )


def document_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The catalog document of a dbt manifest (schema v12).

    The macro `catalog_document` makes the same from inside dbt; a test in
    `tests/warehouse` holds the two against each other.
    """
    return {
        "feeds": [
            {
                **_picked(source, "identifier"),
                "freshness": source["config"].get("freshness"),
            }
            for source in manifest["sources"].values()
            if ((source.get("config") or {}).get("meta") or {}).get("feed")
        ],
        "models": [
            {
                **_picked(node, "alias"),
                "depends_on": node["depends_on"].get("nodes", []),
            }
            for node in manifest["nodes"].values()
            if node["resource_type"] in ("model", "seed", "snapshot")
        ],
    }


def _picked(node: Mapping[str, Any], table: str) -> dict[str, Any]:
    """The parts of a manifest's node that the catalog keeps."""
    config = node["config"]
    return {
        **{key: node[key] for key in ("unique_id", "name", "schema", "description")},
        "original_file_path": (node.get("patch_path") or "").split("://")[-1]
        or node["original_file_path"],
        table: node[table],
        "config": {
            "meta": config.get("meta") or {},
            "materialized": config.get("materialized"),
            "refresh_by": config.get("refresh_by"),
        },
        "columns": [
            {
                "name": column["name"],
                "description": column["description"],
                "data_type": column["data_type"],
                "config": {"meta": (column.get("config") or {}).get("meta") or {}},
            }
            for column in node["columns"].values()
        ],
    }
