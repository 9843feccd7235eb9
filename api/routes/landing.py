"""`GET /`: where everything is."""

from aws_lambda_powertools.event_handler import Response

from api.answer import batches, documents
from api.ogc import landing
from api.request import Request


def landing_page(asked: Request) -> Response[str]:
    served = batches.all_served()
    return documents.serve(
        asked,
        (served.catalog, served.batch),
        lambda links: landing.landing(asked.base, links),
        "landing.html",
        shown=lambda: {"models": served.models},
    )
