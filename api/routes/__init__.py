"""What the API answers, one module a path."""

from aws_lambda_powertools.event_handler import Response

from api.problems import Problem

OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def not_allowed() -> Response[str]:
    raise Problem(405, "This path can only be read.", allow="GET, HEAD")
