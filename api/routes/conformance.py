"""`GET /conformance`: the standards that this API fulfils."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import ogc, request
from api.answer import batches, documents
from api.ogc import landing

PATH = ogc.CONFORMANCE
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def conformance() -> Response[str]:
    asked = request.of(router.current_event.raw_event, PATH)
    served = batches.all_served()
    of = (served.catalog, served.batch)
    return documents.serve(asked, of, landing.conformances, "conformance.html")
