"""`GET /health`: whether there is a database, a catalog, and data how fresh."""

import json

from aws_lambda_powertools.event_handler import Response
from psycopg import errors

from api import container
from api.query import REFRESHED_AT
from api.request import Request


def health(_: Request) -> Response[str]:
    """200, or a problem: 503 where the database or its catalog is missing."""
    catalog = container.catalog()
    datasets, row_models = sorted(catalog.datasets), sorted(catalog.row_models)
    parts = {name: catalog.refreshed_parts(name) for name in (*datasets, *row_models)}
    refreshed_at = _refreshed_at(sorted(set().union(*parts.values())))

    def fresh(names: list[str]) -> list[dict[str, str | None]]:
        return [{"name": n, "refreshed_at": newest(parts[n])} for n in names]

    def newest(models: set[str]) -> str | None:
        return max(filter(None, map(refreshed_at.get, models)), default=None)

    document = {
        "status": "ok",
        "catalog": catalog.hash,
        "datasets": fresh(datasets),
        "row_models": fresh(row_models),
    }
    return Response(
        status_code=200,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
        body=json.dumps(document),
    )


def _refreshed_at(models: list[str]) -> dict[str, str | None]:
    """When each model was last refreshed; nothing where the role may not know."""
    try:
        rows = (
            container.database().connection().execute(REFRESHED_AT, {"models": models})
        )
        return dict(rows.fetchall())
    except (errors.InsufficientPrivilege, errors.UndefinedTable):
        return {}
