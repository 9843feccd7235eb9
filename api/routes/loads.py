"""`GET /loads` and what lies below: what became of each file, and `GET /refreshes`.

Of the scope `admin`.
"""

import json

from aws_lambda_powertools.event_handler import Response

from api.admin import answering, ledger
from api.admin.answering import JSON
from api.admin.ledger import Page
from api.links import Address
from api.question import query_string
from api.request import Request

# The orders that cursors are of.
NEWEST_FIRST = "-load_id"
NEWEST_REFRESH_FIRST = "-refresh_id"
AS_IN_THE_FILE = "row_number"
CSV = "text/csv; charset=utf-8"
OF_LOADS = ("feed", "status", "rejects", "datetime")


def loads(asked: Request) -> Response[str]:
    answering.mend_connection()
    wanted = ledger.asked(asked, NEWEST_FIRST, *OF_LOADS)
    page = ledger.loads(wanted)
    return answering.paged(page, asked, NEWEST_FIRST, JSON, answering.of_texts)


def load(asked: Request, number: str) -> Response[str]:
    answering.mend_connection()
    found = ledger.load(ledger.load_id(number))
    links = [{"rel": "self", "type": JSON, "href": asked.address.href()}]
    for rel in ("rejects", "reasons"):
        href = Address(f"{asked.address.url}/{rel}").href()
        links.append({"rel": rel, "type": JSON, "href": href})
    return answering.document({**found, "links": links}, asked)


def rejects(asked: Request, number: str) -> Response[str]:
    answering.mend_connection()
    wanted = ledger.asked(asked, AS_IN_THE_FILE, "f")
    page = ledger.rejects(ledger.load_id(number), wanted)
    if wanted.format == "csv":
        return answering.paged(page, asked, AS_IN_THE_FILE, CSV, _csv)
    return answering.paged(page, asked, AS_IN_THE_FILE, JSON, _rejects)


def reasons(asked: Request, number: str) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    answering.mend_connection()
    found = ledger.reasons(ledger.load_id(number))
    return answering.document({"data": found}, asked)


def refreshes(asked: Request) -> Response[str]:
    answering.mend_connection()
    wanted = ledger.asked(
        asked, NEWEST_REFRESH_FIRST, "model", "status", statuses=ledger.REFRESHED
    )
    page = ledger.refreshes(wanted)
    return answering.paged(page, asked, NEWEST_REFRESH_FIRST, JSON, answering.of_texts)


def _rejects(page: Page, links: list[dict[str, str]]) -> str:
    data = ledger.as_objects(page.rows)
    document = {"numberReturned": len(data), "data": data, "links": links}
    return json.dumps(document, ensure_ascii=False)


def _csv(page: Page, _: list[dict[str, str]]) -> str:
    return ledger.as_csv(page.rows)
