"""`GET /conformance`: the standards that this API fulfils."""

from aws_lambda_powertools.event_handler import Response

from api.answer import batches, documents
from api.ogc import landing
from api.request import Request


def conformance(asked: Request) -> Response[str]:
    served = batches.all_served()
    of = (served.catalog, served.batch)
    return documents.serve(asked, of, landing.conformances, "conformance.html")
