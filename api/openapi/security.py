"""Who may ask, as the deployment's `API_ACCESS` has it."""

from typing import Any

from api.openapi.operations import Operation
from catchment.settings import Access

_KEY, _TOKEN = "key", "token"
# Who is nobody, who may not, and who asks too often.
_REFUSED = (401, 403, 429)


def schemes(access: Access) -> dict[str, Any]:
    """The ways to say who asks."""
    found: dict[str, Any] = {}
    if access.takes_keys:
        found[_KEY] = {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key",
            "description": "A key, as `catchment keys create` shows it once.",
        }
    if access.issuer:
        found[_TOKEN] = {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": f"A token of {access.issuer.url}.",
        }
    return found


def needed(access: Access) -> list[dict[str, list[str]]]:
    """Any one of the ways."""
    return [{name: []} for name in schemes(access)]


def operation(told: Operation, access: Access) -> dict[str, Any]:
    """The document of an operation.

    Where reading is open to all, admin's paths alone name what they need; else what
    is open names that it needs nothing, and the document what all others do.
    """
    if told.scope == "admin" or (told.claims and access.is_open):
        return told.document(needed(access), _REFUSED)
    if told.scope is None:
        return told.document(None if access.is_open else [], ())
    return told.document(None, () if access.is_open else _REFUSED)
