"""Pages that a script makes, `GET /docs` among them, and the files they are made of."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import html
from api.answer import answers
from api.answer.caching import VARY
from api.html import static_files
from api.problems import NO_SUCH_PATH, Problem
from api.question import query_string
from api.request import Request

# Seconds of a year: the version in its path says when a file is another one.
_FOR_EVER = "public, max-age=31536000, immutable"
_NO_GUESSES = {"X-Content-Type-Options": "nosniff"}


def docs(asked: Request) -> Response[str]:
    """The OpenAPI document, to read and to try."""
    query_string.refuse_others(asked.pairs)
    return page("docs.html", asked)


def ops(asked: Request) -> Response[str]:
    """Loads, refreshes, how fresh feeds are, and the queue, for operators."""
    query_string.refuse_others(asked.pairs)
    return page("ops.html", asked)


def quality(asked: Request) -> Response[str]:
    """The data checks, and the history of each feed."""
    return _page("quality.html", asked)


def static(asked: Request, version: str, name: str) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    if version != static_files.version() or name not in static_files.names():
        raise Problem(404, NO_SUCH_PATH)
    text, media_type = static_files.text(name), static_files.media_type(name)
    return _answered(text, media_type or "", asked, {"Cache-Control": _FOR_EVER})


def page(template: str, asked: Request, **shown: Any) -> Response[str]:
    """A page without data; kept, it would ask for files of a version that is gone."""
    headers = {
        "Cache-Control": "no-store",
        "Vary": VARY,
        "Content-Security-Policy": html.page_policy(),
        "Referrer-Policy": "no-referrer",
    }
    text = html.page(template, asked, **shown)
    return _answered(text, "text/html; charset=utf-8", asked, headers)


def _answered(
    text: str, media_type: str, asked: Request, headers: dict[str, str]
) -> Response[str]:
    others: dict[str, str | list[str]] = {**_NO_GUESSES, **headers}
    response = answers.respond(text, media_type, asked.accept_encoding, others)
    if response is None:
        raise Problem(500, "This is larger than an answer can be.")
    return response
