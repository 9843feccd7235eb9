"""`POST /uploads`: an address that one file of a feed may be put to.

Of the scope `admin`. The file goes to S3 itself: past Lambda, whose requests end at
6 MB.
"""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import bodies, uploads
from api.problems import Problem
from api.request import Request
from catchment.catalog import Catalog
from catchment.contract import Feed

WORDS = ("feed", "name", "content_type")
logger = Logger(service="api")


def upload(asked: Request) -> Response[str]:
    given = bodies.an_object(asked)
    _check(given)
    catalog = container.catalog()
    feed = feed_of(catalog, given["feed"])
    key = uploads.key_of(catalog, feed, given["name"])
    found = uploads.presigned(key, given.get("content_type"))
    logger.info("upload", caller=asked.caller.name, feed=feed.name, key=key)
    return Response(
        200,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
        body=json.dumps(found.document(), ensure_ascii=False),
    )


def feed_of(catalog: Catalog, name: str) -> Feed:
    """A feed by its name.

    Raises:
        Problem: 404, with those that there are.
    """
    if feed := catalog.feeds.get(name):
        return feed
    raise Problem(
        404, "There is no such feed.", parameter="feed", known=sorted(catalog.feeds)
    )


def _check(given: dict[str, Any]) -> None:
    for word, value in given.items():
        if word not in WORDS:
            raise Problem(400, f"There is no word '{word}'.", known=WORDS)
        if not isinstance(value, str):
            raise Problem(400, f"{word} is no text.", parameter=word)
    for word in WORDS[:2]:
        if word not in given:
            raise Problem(400, f"{word} is missing.", parameter=word)
