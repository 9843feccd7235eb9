"""`GET /loads`, `/loads/{id}`, `/loads/{id}/rejects`: what became of each file.

Of the scope `admin`. Never kept by a cache: a load changes while it is looked at.
"""

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import ledger
from api.admin.ledger import Page
from api.answer import answers
from api.answer.serving import links_header
from api.links import Address
from api.problems import Problem
from api.request import Request

# The orders that cursors are of.
NEWEST_FIRST = "-load_id"
AS_IN_THE_FILE = "row_number"
JSON, CSV = "application/json", "text/csv; charset=utf-8"


def loads(asked: Request) -> Response[str]:
    _mend_connection()
    wanted = ledger.asked(asked, NEWEST_FIRST, "feed", "status", "rejects")
    page = ledger.loads(wanted)
    return _answered(page, asked, NEWEST_FIRST, JSON, _loads)


def load(asked: Request, number: str) -> Response[str]:
    _mend_connection()
    found = ledger.load(ledger.load_id(number))
    rejects = Address(f"{asked.address.url}/rejects").href()
    links = [
        {"rel": "self", "type": JSON, "href": asked.address.href()},
        {"rel": "rejects", "type": JSON, "href": rejects},
    ]
    text = json.dumps({**found, "links": links}, ensure_ascii=False)
    return _fitting(text, JSON, asked) or _too_large()


def rejects(asked: Request, number: str) -> Response[str]:
    _mend_connection()
    wanted = ledger.asked(asked, AS_IN_THE_FILE, "f")
    page = ledger.rejects(ledger.load_id(number), wanted)
    if wanted.format == "csv":
        return _answered(page, asked, AS_IN_THE_FILE, CSV, _csv)
    return _answered(page, asked, AS_IN_THE_FILE, JSON, _rejects)


def _mend_connection() -> None:
    """Find a broken one while a new one can be had."""
    container.database().ask("select 1")


def _answered(
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
            return _too_large()
        page = page.half()


def _fitting(
    text: str, media_type: str, asked: Request, headers: dict[str, str] | None = None
) -> Response[str] | None:
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return answers.respond(text, media_type, asked.accept_encoding, kept)


def _too_large() -> Response[str]:
    raise Problem(500, "One record alone is larger than an answer can be.")


def _loads(page: Page, links: list[dict[str, str]]) -> str:
    tail = json.dumps(links, ensure_ascii=False)
    count = len(page.rows)
    rows = ",".join(page.rows)
    return f'{{"numberReturned": {count}, "data": [{rows}], "links": {tail}}}'


def _rejects(page: Page, links: list[dict[str, str]]) -> str:
    data = ledger.as_objects(page.rows)
    document = {"numberReturned": len(data), "data": data, "links": links}
    return json.dumps(document, ensure_ascii=False)


def _csv(page: Page, _: list[dict[str, str]]) -> str:
    return ledger.as_csv(page.rows)
