"""`GET /health`: whether there is a database, a catalog, and data how fresh."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from psycopg import errors

from api import container
from api.query import REFRESHED_AT

PATH = "/health"
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def health() -> Response[str]:
    """200, or a problem: 503 where the database or its catalog is missing."""
    catalog = container.catalog()
    refreshed_at = _refreshed_at(sorted(catalog.datasets))
    document = {
        "status": "ok",
        "catalog": catalog.hash,
        "datasets": [
            {"name": name, "refreshed_at": refreshed_at.get(name)}
            for name in sorted(catalog.datasets)
        ],
    }
    return Response(
        status_code=200,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
        body=json.dumps(document),
    )


def _refreshed_at(models: list[str]) -> dict[str, Any]:
    """When each model was last refreshed; nothing where the role may not know."""
    try:
        rows = (
            container.database().connection().execute(REFRESHED_AT, {"models": models})
        )
        return dict(rows.fetchall())
    except (errors.InsufficientPrivilege, errors.UndefinedTable):
        return {}
