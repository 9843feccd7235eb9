"""`GET /docs`: the OpenAPI document as a page to try it with, and its assets."""

from aws_lambda_powertools.event_handler import Response

from api.answer import answers
from api.openapi import page
from api.problems import NO_SUCH_PATH, Problem, bad_parameter
from api.request import Request
from api.routes import openapi

PATH = "/docs"
# Seconds of a year: the version in its path says when an asset is another one.
_FOR_EVER = "public, max-age=31536000, immutable"
_NO_GUESSES = {"X-Content-Type-Options": "nosniff"}


def docs(asked: Request) -> Response[str]:
    _refuse_parameters(asked)
    assets = f"{asked.base}{PATH}/{page.version()}"
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": page.POLICY,
        "Referrer-Policy": "no-referrer",
    }
    text = page.html(f"{asked.base}/", asked.base + openapi.PATH, assets)
    return _answered(text, "text/html; charset=utf-8", asked, headers)


def asset(asked: Request, version: str, name: str) -> Response[str]:
    _refuse_parameters(asked)
    if version != page.version() or name not in page.ASSETS:
        raise Problem(404, NO_SUCH_PATH, known=[PATH])
    headers = {"Cache-Control": _FOR_EVER}
    return _answered(page.asset(name), page.ASSETS[name], asked, headers)


def _refuse_parameters(asked: Request) -> None:
    for name, _ in asked.pairs:
        raise bad_parameter(name, f"There is no parameter '{name}'.", ())


def _answered(
    text: str, media_type: str, asked: Request, headers: dict[str, str]
) -> Response[str]:
    others: dict[str, str | list[str]] = {**_NO_GUESSES, **headers}
    response = answers.respond(text, media_type, asked.accept_encoding, others)
    if response is None:
        raise Problem(500, "This is larger than an answer can be.")
    return response
