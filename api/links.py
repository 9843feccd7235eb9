"""Absolute links, made from what the client asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Link:
    rel: str
    type: str
    href: str
    title: str

    def document(self) -> dict[str, str]:
        return {
            "rel": self.rel,
            "type": self.type,
            "href": self.href,
            "title": self.title,
        }


@dataclass(frozen=True)
class Address:
    """Where a request came in: `url` without its query, and the query's pairs."""

    url: str
    pairs: Pairs = ()

    def href(self, **changes: str) -> str:
        """This address with some parameters set anew; the others stay in place.

        Every item of the query has its `=`, which OGC's test suite counts on.
        """
        kept = [(name, value) for name, value in self.pairs if name not in changes]
        query = urlencode([*kept, *changes.items()], safe=",:/")
        return f"{self.url}?{query}" if query else self.url


def base_url(event: Mapping[str, Any]) -> str:
    """Scheme, host and stage of an HTTP API v2 event, without a slash at the end.

    The stage `$default` is not part of the path; every other one is.
    """
    headers = event.get("headers") or {}
    context = event["requestContext"]
    # A chain of proxies lists its schemes; the first is the client's own.
    scheme = headers.get("x-forwarded-proto", "https").split(",")[0].strip()
    host = headers.get("host") or context["domainName"]
    stage = context.get("stage", "$default")
    prefix = "" if stage == "$default" else f"/{stage}"
    return f"{scheme}://{host}{prefix}"
