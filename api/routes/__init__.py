"""What the API answers, one module a path.

A path that names something has a template, as OpenAPI writes it:
`/collections/{collectionId}/items`. Requests are matched and counted by it.
"""

import re

from aws_lambda_powertools.event_handler import Response

from api.problems import Problem

OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# The last part of a path, which may hold a slash of its own: an HTTP API decodes
# %2F before we see it.
_REST = {"featureId": "(?s:.+)"}


def rule(template: str) -> str:
    """The rule of a template for Powertools, whose named groups take no é."""

    def group(name: re.Match[str]) -> str:
        return f"({_REST.get(name[1], '[^/]+')})"

    return re.sub(r"\{(\w+)\}", group, template)


def parts(template: str, path: str) -> tuple[str, ...]:
    """What stands in a path in the places of its template's names.

    Raises:
        ValueError: where the path is not of the template.
    """
    match = re.fullmatch(rule(template), path)
    if match is None:
        raise ValueError(f"{path} is no {template}")
    return match.groups()


def is_of(template: str, path: str) -> bool:
    return re.fullmatch(rule(template), path) is not None


def not_allowed() -> Response[str]:
    raise Problem(405, "This path can only be read.", allow="GET, HEAD")
