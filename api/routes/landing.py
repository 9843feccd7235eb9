"""`GET /`: where everything is."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import ogc, request
from api.answer import batches, documents
from api.ogc import landing

PATH = ogc.LANDING
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def landing_page() -> Response[str]:
    asked = request.of(router.current_event.raw_event, PATH)
    served = batches.all_served()
    return documents.serve(
        asked,
        (served.catalog, served.batch),
        lambda links: landing.landing(asked.base, links),
        "landing.html",
        shown=lambda: {"models": served.models},
    )
