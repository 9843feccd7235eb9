"""How fresh data are, what waits in the queue, and loads once more.

Of the scope `admin`.
"""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import answering, freshness, ledger, loader, queues
from api.problems import Problem
from api.question import query_string
from api.request import Request
from catchment import settings

logger = Logger(service="api")


def fresh(asked: Request) -> Response[str]:
    """`GET /freshness`."""
    query_string.refuse_others(asked.pairs)
    answering.mend_connection()
    return answering.document({"feeds": freshness.feeds(container.catalog())}, asked)


def queue(asked: Request) -> Response[str]:
    """`GET /queue`."""
    query_string.refuse_others(asked.pairs)
    return answering.document(queues.told(settings.queues()), asked)


def replay(asked: Request, number: str) -> Response[str]:
    """`POST /loads/{number}/replay`."""
    return _replayed(asked, number, only_rejects=False)


def replay_rejects(asked: Request, number: str) -> Response[str]:
    """`POST /loads/{number}/replay-rejects`."""
    return _replayed(asked, number, only_rejects=True)


def _replayed(asked: Request, number: str, only_rejects: bool) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    answering.mend_connection()
    load_id = ledger.load_id(number)
    ledger.load(load_id)
    words = {"load_id": load_id, "only_rejects": only_rejects}
    said = loader.ask({"source": "catchment.replay", **words}, _LATE, _AWAY)
    told = {**words, "status": said.get("status"), "refused": said.get("refused")}
    logger.info("replay", extra={"caller": asked.caller.name, **told})
    if "refused" in said:
        raise Problem(409, f"Not replayed: {said['refused']}.")
    return answering.document({"load": said}, asked)


_LATE = (
    "The loader takes longer than may be waited for, and goes on: GET /loads tells "
    "when it is done."
)
_AWAY = "The loader cannot replay at the moment. Ask again."
