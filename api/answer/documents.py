"""Documents about models, to programs as JSON and to people as HTML."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import media
from api.answer import answers, caching
from api.answer.batches import Batch
from api.links import Link
from api.media import HTML, JSON, Format
from api.problems import Problem
from api.question import query_string
from api.question.query_string import Parameters
from api.request import Request
from catchment.catalog import Catalog

FORMATS = (JSON, HTML)
Make = Callable[[list[Link]], Mapping[str, Any]]
Show = Callable[[], Mapping[str, Any]]


def serve(
    asked: Request,
    of: tuple[Catalog, Batch],
    make: Make,
    template: str,
    formats: Sequence[Format] = FORMATS,
    shown: Show = dict,
) -> Response[str]:
    """The document that `make` makes of its own links; 304 to who has it.

    Args:
        of: what the document is made of.
        template: of `api.html`, for who asks for that.
        formats: the first of them is the default.
        shown: makes what the template shows beside the document.

    Raises:
        Problem: 400, where more is asked than a format.
    """
    format_ = chosen(asked, formats)
    validators = caching.of_document(*of, asked, format_)
    if caching.has_it(asked, validators):
        return caching.not_modified(validators)
    document = make(own_links(asked, format_, formats))
    return respond(asked, format_, document, template, validators.headers(), shown)


def respond(
    asked: Request,
    format_: Format,
    document: Mapping[str, Any],
    template: str,
    headers: Mapping[str, str | list[str]],
    shown: Show = dict,
) -> Response[str]:
    """A document in its format, with these headers."""
    if format_ == HTML:
        # Imported by who asks for it: Jinja takes longer than most answers.
        from api import html

        text = html.render(template, asked, document, **shown())
    else:
        text = json.dumps(document, ensure_ascii=False)
    response = answers.respond(text, format_.media_type, asked.accept_encoding, headers)
    if response is None:
        raise Problem(500, "This document is larger than an answer can be.")
    return response


def chosen(asked: Request, formats: Sequence[Format]) -> Format:
    """The format that is asked for, where nothing else is.

    Raises:
        Problem: 400, where more is asked.
    """
    query_string.refuse_others(asked.pairs, ["f"])
    named = Parameters(asked.pairs).one("f", str)
    return media.chosen(named, asked.accept, formats, formats[0])


def own_links(asked: Request, format_: Format, formats: Sequence[Format]) -> list[Link]:
    """Self, and the same in the other formats."""
    others = [other for other in formats if other != format_]
    return [
        _link("self", format_, asked.address.href()),
        *(_link("alternate", f, asked.address.href(f=f.name)) for f in others),
    ]


def _link(rel: str, format_: Format, href: str) -> Link:
    return Link(rel, format_.media_type, href, f"This document as {format_.title}")
