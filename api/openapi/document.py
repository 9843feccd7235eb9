"""The whole document."""

from collections.abc import Iterable
from typing import Any

from api.openapi import (
    admin,
    checks,
    collections,
    geometry,
    models,
    operations,
    platform,
    responses,
    security,
    tiles,
)
from api.openapi.models import Path
from api.openapi.shared import SHARED
from catchment.catalog import Catalog
from catchment.settings import Access

_OPEN = Access()
_DESCRIPTION = (
    "Every path answers `HEAD` as it answers `GET`, and other methods with 405. Errors "
    "are problem documents (RFC 9457). Answers have an `ETag`, and 304 is answered to "
    "who sends the newest one back as `If-None-Match`."
)


def of(catalog: Catalog, base: str, access: Access = _OPEN) -> dict[str, Any]:
    """The document of a catalog.

    Args:
        base: scheme, host and stage that the API was asked at.
        access: who may ask.
    """
    paths = [
        *models.paths(catalog),
        *collections.paths(catalog),
        *tiles.paths(catalog),
        *admin.paths(),
        *checks.paths(),
        *platform.paths(),
    ]
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Catchment",
            "description": _DESCRIPTION,
            # The document changes with the catalog, and the catalog has a name.
            "version": catalog.hash[:12],
        },
        "servers": [{"url": base}],
        "tags": _tags(paths),
        **({} if access.is_open else {"security": security.needed(access)}),
        "paths": {
            path: {operation.method: security.operation(operation, access)}
            for path, operation in paths
        },
        "components": _components(catalog, access),
    }


def _tags(paths: Iterable[Path]) -> list[dict[str, str]]:
    """Those that any path has, in their order."""
    used = {operation.tag for _, operation in paths}
    return [
        {"name": name, "description": text}
        for name, text in operations.TAGS.items()
        if name in used
    ]


def _components(catalog: Catalog, access: Access) -> dict[str, Any]:
    schemas = {
        **responses.schemas(),
        **geometry.components(),
        "Datasets": models.listing(),
        **collections.components(),
        **admin.components(),
        **checks.components(),
        **models.components(catalog),
    }
    return {
        "schemas": schemas,
        "parameters": SHARED,
        **responses.components(),
        "securitySchemes": security.schemes(access),
    }
