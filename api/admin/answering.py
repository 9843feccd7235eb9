"""Answers of the admin's routes: kept by no cache, for what they tell of changes
while it is looked at."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import ledger
from api.admin.ledger import Page
from api.answer import answers
from api.answer.serving import links_header
from api.problems import Problem
from api.request import Request

JSON = "application/json"


def mend_connection() -> None:
    """Find a broken one while a new one can be had."""
    container.database().ask("select 1")


def document(
    told: Mapping[str, Any], asked: Request, media_type: str = JSON
) -> Response[str]:
    text = json.dumps(told, ensure_ascii=False)
    response = _fitting(text, media_type, asked)
    if response is None:
        raise Problem(500, "The document is larger than an answer can be.")
    return response


def paged(
    page: Page, asked: Request, key: str, media_type: str, write: Any
) -> Response[str]:
    """The page, halved until it fits into an answer."""
    while True:
        links = ledger.links(page, asked, key, media_type.partition(";")[0])
        text = write(page, [link.document() for link in links])
        header = {"Link": links_header(links)}
        if response := _fitting(text, media_type, asked, header):
            return response
        if len(page.rows) < 2:
            raise Problem(500, "One record alone is larger than an answer can be.")
        page = page.half()


def of_texts(page: Page, links: list[dict[str, str]]) -> str:
    """A page whose rows are JSON already, as `paged` has it written."""
    tail = json.dumps(links, ensure_ascii=False)
    count = len(page.rows)
    rows = ",".join(page.rows)
    return f'{{"numberReturned": {count}, "data": [{rows}], "links": {tail}}}'


def _fitting(
    text: str, media_type: str, asked: Request, headers: dict[str, str] | None = None
) -> Response[str] | None:
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return answers.respond(text, media_type, asked.accept_encoding, kept)
