"""Questions to the API, wherever it runs, and its answers as a person reads them."""

import json
import os
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit

from catchment.local.trouble import Trouble

SECONDS = 60
# A program's own machine is asked directly, past any proxy.
_OWN = ("127.0.0.1", "localhost")
TOKEN = "CATCHMENT_API_TOKEN"


class Refused(Trouble):
    """The API asks for a key or token, or does not take the one that was sent."""


@dataclass(frozen=True)
class Answer:
    """The rows of an answer, and whether the API has more of them."""

    url: str
    rows: Sequence[Mapping[str, Any]]
    more: bool


def ask(api_url: str, path: str, pairs: Sequence[tuple[str, str]]) -> Answer:
    """Ask a path of the API for its rows, or for what it has to offer.

    Raises:
        Trouble: where the API refuses the question, does not answer, or answers
            without rows to show.
    """
    query = urlencode(pairs, safe=",:/")
    url = f"{api_url}/{path.lstrip('/')}" + (f"?{query}" if query else "")
    document = get(url)
    rows = _rows(document) if isinstance(document, dict) else None
    if rows is None:
        raise Trouble(f"{url} answers with no rows: see it with curl.")
    links = document.get("links", [])
    return Answer(url, rows, any(link.get("rel") == "next" for link in links))


def _rows(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]] | None:
    """The rows of an answer; of the list of datasets and paths, how each is asked."""
    if "datasets" not in document:
        return document.get("data")
    offers = [
        {"path": "/aggregated-data", "dataset": one["name"], "title": one["title"]}
        for one in document["datasets"]
    ]
    for one in document.get("paths", ()):
        offers.append({"path": one["path"], "dataset": None, "title": one["title"]})
    return offers


def get(url: str) -> Any:
    """The JSON document at a URL of the API, asked with the token where there is one.

    Raises:
        Refused: where it lets only those in who bear a token.
        Trouble: where the API does not answer with one.
    """
    own = urlsplit(url).hostname in _OWN
    handlers = [urllib.request.ProxyHandler({})] if own else []
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(_request(url), timeout=SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        with error:
            said = _said(error.read(5000).decode(errors="replace"))
        if error.code in (401, 403):
            raise Refused(
                f"The API answers {url} with {error.code}: give it a key or token in "
                f"{TOKEN}, see docs/access.md."
            ) from error
        raise Trouble(f"The API answers {url} with {error.code}: {said}") from error
    except (URLError, ValueError, OSError) as error:
        advice = ": run `catchment up` first." if own else f": {error}"
        raise Trouble(f"The API does not answer {url}{advice}") from error


def _request(url: str) -> urllib.request.Request:
    request = urllib.request.Request(url)
    if token := os.environ.get(TOKEN):
        # Not redirected: the token is for this host alone.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


def _said(body: str) -> str:
    """What a problem document says, with what could be asked instead."""
    try:
        problem = json.loads(body)
        known = problem.get("known")
    except (ValueError, AttributeError):
        return body[:500]
    return str(problem.get("detail", body[:500])) + (
        f" Known: {', '.join(map(str, known))}." if known else ""
    )
