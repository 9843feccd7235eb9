"""`GET /`: where everything is, to programs; the map, to people."""

from aws_lambda_powertools.event_handler import Response

from api.answer import batches, documents
from api.media import HTML
from api.ogc import landing
from api.request import Request

MAP = "map.html"


def landing_page(asked: Request) -> Response[str]:
    if documents.chosen(asked, documents.FORMATS) == HTML:
        # Imported by who asks for it: Jinja takes longer than most answers.
        from api.html import static_files
        from api.routes import pages

        return pages.page(MAP, asked, modules=static_files.modules("map"))
    served = batches.all_served()
    return documents.serve(
        asked,
        (served.catalog, served.batch),
        lambda links: landing.landing(asked.base, links),
        MAP,
    )
