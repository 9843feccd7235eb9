"""Which data a model shows: the batch, which changes whenever they do."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import errors

from api import container, problems
from api.problems import Problem
from api.query.batches import batch, batches
from catchment.catalog import Catalog, Model
from catchment.endpoint import GroupGeometry


@dataclass(frozen=True)
class Parts:
    """What a model's data change with, by the words of the question.

    Attributes:
        models: those that are refreshed.
        feeds: those whose rows show as soon as they are loaded.
        schemas, tables: all relations that the data come from.
    """

    models: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @classmethod
    def of(cls, catalog: Catalog, model: Model) -> "Parts":
        names = {model.name, *_geometry_model(model)}
        every = sorted(names.union(*map(catalog.models_above, names)))
        return cls(
            models=tuple(sorted(set().union(*map(catalog.refreshed_parts, names)))),
            feeds=tuple(sorted(set().union(*map(catalog.live_feeds, names)))),
            schemas=tuple(catalog.models[name].schema for name in every),
            tables=tuple(catalog.models[name].table for name in every),
        )

    @property
    def is_live(self) -> bool:
        return bool(self.feeds)

    def bound(self, suffix: str = "") -> dict[str, object]:
        return {f"{word}{suffix}": list(names) for word, names in vars(self).items()}


@dataclass(frozen=True)
class Batch:
    """The data of a model since a build, a refresh or a load last changed them.

    Attributes:
        id: differs from that of every other batch of the model.
    """

    id: str
    changed_at: datetime


@dataclass(frozen=True)
class Served:
    """A model, as the newest catalog has it, and its batch."""

    catalog: Catalog
    model: Model
    batch: Batch


@dataclass(frozen=True)
class AllServed:
    """Every model of the newest catalog that is served, and their batches.

    Attributes:
        batch: of all of them together.
        batches: by the model's name.
    """

    catalog: Catalog
    batch: Batch
    batches: Mapping[str, Batch]

    @property
    def models(self) -> list[Model]:
        """Them, by their names."""
        return [self.catalog.models[name] for name in sorted(self.batches)]


def served(find: Callable[[Catalog], Model]) -> Served:
    """The model that `find` finds in the newest catalog, and its batch.

    One round trip where the catalog is the one that the container knows. The
    batch is read before the data are: an answer may be newer than its batch says,
    and is then asked for once too often, but never older.

    Raises:
        Problem: what `find` raises; 503, where no catalog can be read.
        psycopg.OperationalError: where the database cannot be reached.
    """
    known = container.database().known_catalog
    while True:
        catalog = known or container.catalog()
        try:
            model = find(catalog)
        except Problem:
            # Perhaps the catalog was an old one; what is read now is not.
            newest = container.catalog()
            model, catalog = find(newest), newest
        hash_, batch = _asked(catalog, model)
        if hash_ == catalog.hash:
            return Served(catalog, model, batch)
        known = None


def all_served() -> AllServed:
    """Every served model and its batch, in one round trip as above.

    Raises:
        Problem: 503, where no catalog can be read.
        psycopg.OperationalError: where the database cannot be reached.
    """
    known = container.database().known_catalog
    while True:
        catalog = known or container.catalog()
        hash_, whole, found = _asked_of_all(catalog)
        if hash_ == catalog.hash:
            return AllServed(catalog, whole, found)
        known = None


def _asked(catalog: Catalog, model: Model) -> tuple[str, Batch]:
    parts = Parts.of(catalog, model)
    question = batch(is_live=parts.is_live)
    hash_, id_, changed_at = _answer(question, parts.bound())
    return hash_, Batch(id_, changed_at)


def _asked_of_all(catalog: Catalog) -> tuple[str, Batch, dict[str, Batch]]:
    names = [model.name for model in catalog.models.values() if model.api]
    # With the catalog itself, which is there even where nothing is served.
    parts = [Parts(), *(Parts.of(catalog, catalog.models[name]) for name in names)]
    bound: dict[str, object] = {}
    for n, each in enumerate(parts):
        bound |= each.bound(f"_{n}")
    question = batches([each.is_live for each in parts])
    hash_, ids, times = _answer(question, bound)
    whole = hashlib.blake2b("\n".join(ids).encode(), digest_size=12).hexdigest()
    found = map(Batch, ids[1:], times[1:])
    return hash_, Batch(whole, max(times)), dict(zip(names, found, strict=True))


def _answer(question: LiteralString, parts: Mapping[str, object]) -> tuple[Any, ...]:
    """The row of a question about batches, which has none without a catalog."""
    try:
        row = container.database().ask(question, parts)
    except errors.UndefinedTable:
        row = None
    if row is None or row[0] is None:
        raise problems.no_catalog()
    return row


def _geometry_model(model: Model) -> set[str]:
    """The model that the geometry of a dataset's groups is taken of."""
    match model.api and model.api.geometry:
        case GroupGeometry(model=str(name)):
            return {name}
    return set()
