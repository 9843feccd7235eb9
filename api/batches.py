"""Which data a model shows: the batch, which changes whenever they do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from psycopg import errors

from api import container, problems
from api.problems import Problem
from api.query.batches import batch
from catchment.catalog import Catalog, Model
from catchment.endpoint import GroupGeometry


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


def _asked(catalog: Catalog, model: Model) -> tuple[str, Batch]:
    names = {model.name, *_geometry_model(model)}
    models = set().union(*map(catalog.refreshed_parts, names))
    feeds = set().union(*map(catalog.live_feeds, names))
    parts = {"models": sorted(models), "feeds": sorted(feeds)}
    try:
        row = container.database().ask(batch(is_live=bool(feeds)), parts)
    except errors.UndefinedTable:
        row = None
    if row is None:
        raise problems.no_catalog()
    hash_, id_, changed_at = row
    return hash_, Batch(id_, changed_at)


def _geometry_model(model: Model) -> set[str]:
    """The model that the geometry of a dataset's groups is taken of."""
    match model.api and model.api.geometry:
        case GroupGeometry(model=str(name)):
            return {name}
    return set()
