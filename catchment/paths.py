"""The plain paths of models: what one may look like, and whose it is."""

import re
from collections.abc import Iterator, Mapping

from catchment.endpoint import Endpoint

# First words of the platform's own paths, those of OGC's standards among them.
RESERVED = (
    "aggregated-data",
    "api",
    "checks",
    "collections",
    "conformance",
    "docs",
    "feeds",
    "freshness",
    "health",
    "lineage",
    "loads",
    "ops",
    "queue",
    "refreshes",
    "static",
    "uploads",
)
_PATH = re.compile(r"(/[a-z0-9_-]+)+")


def read(raw: object) -> str:
    """A path that a model may have.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if not isinstance(raw, str) or not _PATH.fullmatch(raw):
        raise ValueError(
            f"'{raw}' is no path such as /stats/stations: lower-case letters, "
            "digits, - and _ after each /"
        )
    first = raw.split("/")[1]
    if first in RESERVED:
        raise ValueError(f"'/{first}' is a path of the platform: choose another")
    return raw


def shared(endpoints: Mapping[str, Endpoint]) -> Iterator[tuple[str, str]]:
    """Models whose path another model has before them, and what is wrong."""
    owners: dict[str, str] = {}
    for name, endpoint in endpoints.items():
        if endpoint.path is None:
            continue
        owner = owners.setdefault(endpoint.path, name)
        if owner != name:
            yield name, f"path: '{endpoint.path}' is the path of {owner} already"
