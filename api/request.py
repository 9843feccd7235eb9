"""A request, as the routes see it."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from api import links
from api.access.callers import ANYONE, Caller
from api.links import Address, Pairs
from api.question import query_string

# The word of an event under which the handler keeps who asks.
CALLER = "catchment.caller"


@dataclass(frozen=True)
class Request:
    """One request of an HTTP API (payload 2.0).

    Attributes:
        path: decoded, without the stage.
        query: as it was sent.
        headers: by their names in lower case.
        base: scheme, host and stage, without a slash at the end.
        body: as it was sent; None where there is none.
        caller: who asks, as the gate found.
    """

    method: str
    path: str
    base: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    caller: Caller = ANYONE

    @cached_property
    def pairs(self) -> Pairs:
        """The query's names and values, decoded.

        Raises:
            Problem: 400, where they cannot be read.
        """
        return query_string.pairs(self.query)

    @property
    def address(self) -> Address:
        return Address(self.base + quote(self.path), self.pairs)

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "")

    @property
    def accept_encoding(self) -> str:
        return self.headers.get("accept-encoding", "")


def of(event: Mapping[str, Any], path: str) -> Request:
    """The request of an event; `path` is the event's without its stage."""
    return Request(
        method=event["requestContext"]["http"]["method"],
        path=path,
        base=links.base_url(event),
        query=event.get("rawQueryString") or "",
        headers={k.lower(): v for k, v in (event.get("headers") or {}).items()},
        body=_body(event),
        # Put there by the handler: the gateway's own events have no such word.
        caller=event.get(CALLER, ANYONE),
    )


def _body(event: Mapping[str, Any]) -> bytes | None:
    text = event.get("body")
    if text is None:
        return None
    return b64decode(text) if event.get("isBase64Encoded") else text.encode()
