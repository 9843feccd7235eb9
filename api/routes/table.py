"""All that the API answers, and by which function.

A path that names something has a template, as OpenAPI writes it. Requests are
matched and counted by it, and what stands in the places of its names is handed on.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from aws_lambda_powertools.event_handler import Response

from api import ogc, tiles
from api.request import Request

# The last part of a path, which may hold a slash of its own: an HTTP API decodes
# %2F before we see it.
_REST = {"featureId": "(?s:.+)"}


@dataclass(frozen=True)
class Operation:
    """A method of a path, and its function in one of the modules beside this one.

    The module is imported when it is first asked: a container that is never asked
    for tiles or loads starts the sooner.
    """

    template: str
    answered_by: str
    method: str = "GET"

    @property
    def rule(self) -> str:
        """The template for Powertools, whose own named groups take no é."""

        def group(name: re.Match[str]) -> str:
            return f"({_REST.get(name[1], '[^/]+')})"

        return re.sub(r"\{(\w+)\}", group, self.template)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.rule)

    def is_of(self, path: str) -> bool:
        return self._pattern.fullmatch(path) is not None

    def answer(self, asked: Request) -> Response[str]:
        """What the function answers.

        Raises:
            Problem: of whatever kind.
            ValueError: where the path is not of the template.
        """
        match = self._pattern.fullmatch(asked.path)
        if match is None:
            raise ValueError(f"{asked.path} is no {self.template}")
        module, _, name = self.answered_by.partition(".")
        function = getattr(import_module(f"api.routes.{module}"), name)
        answer: Response[str] = function(asked, *match.groups())
        return answer


OPERATIONS = (
    Operation(ogc.LANDING, "landing.landing_page"),
    Operation("/aggregated-data", "aggregated_data.aggregated_data"),
    Operation("/api", "openapi.api"),
    Operation(ogc.COLLECTIONS, "collections.listed"),
    Operation(ogc.CONFORMANCE, "conformance.conformance"),
    Operation("/docs", "pages.docs"),
    Operation(tiles.MATRIX_SETS, "tiles.matrix_sets"),
    Operation("/health", "health.health"),
    Operation(ogc.COLLECTION, "collections.collection"),
    Operation(ogc.QUERYABLES, "collections.queryables"),
    Operation(ogc.SCHEMA, "collections.schema"),
    Operation(ogc.ITEMS, "items.items"),
    Operation(ogc.ITEM, "items.item"),
    Operation(tiles.TILESETS, "tiles.listed"),
    Operation(tiles.TILESET, "tiles.tileset"),
    Operation(tiles.TILE, "tiles.tile"),
    Operation(tiles.MATRIX_SET, "tiles.matrix_set"),
    Operation("/ops", "pages.ops"),
    Operation("/ops/quality", "pages.quality"),
    Operation("/static/{version}/{name}", "pages.static"),
    Operation("/loads", "loads.loads"),
    Operation("/loads/{number}", "loads.load"),
    Operation("/loads/{number}/rejects", "loads.rejects"),
    Operation("/loads/{number}/reasons", "loads.reasons"),
    Operation("/loads/{number}/replay", "operations.replay", "POST"),
    Operation("/loads/{number}/replay-rejects", "operations.replay_rejects", "POST"),
    Operation("/refreshes", "loads.refreshes"),
    Operation("/freshness", "operations.fresh"),
    Operation("/queue", "operations.queue"),
    Operation("/checks", "checks.checks"),
    Operation("/checks/{check}", "checks.check"),
    Operation("/uploads", "uploads.upload", "POST"),
    Operation("/feeds", "feeds.listed"),
    Operation("/feeds/{feed}", "feeds.feed"),
    Operation("/feeds/{feed}/history", "checks.history"),
    Operation("/feeds/{feed}/rows", "feed_rows.rows", "POST"),
)


# What is told to who asks for a path that is nobody's.
PLATFORM_PATHS = tuple(
    operation.template for operation in OPERATIONS if "{" not in operation.template
)


def template_of(path: str) -> str | None:
    """The template that a path is of; None where it is none of the platform's."""
    found = (each.template for each in OPERATIONS if each.is_of(path))
    return next(found, None)
