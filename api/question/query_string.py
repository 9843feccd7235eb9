"""A query string as names and values.

The raw string is parsed here: API Gateway's own map of parameters joins repeated
ones with commas, so that a value's own comma could not be told any more
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
"""

from collections.abc import Callable, Collection
from typing import TypeVar
from urllib.parse import parse_qsl

from api.links import Pairs
from api.problems import Problem, bad_parameter

T = TypeVar("T")


def pairs(raw_query: str) -> Pairs:
    """Names and values of a query string, in its order, decoded.

    Raises:
        Problem: 400, where it is not UTF-8 or has more than 200 items.
    """
    try:
        items = parse_qsl(
            raw_query, keep_blank_values=True, errors="strict", max_num_fields=200
        )
    except UnicodeDecodeError:
        raise Problem(400, "The query string is not encoded as UTF-8.") from None
    except ValueError:
        raise Problem(400, "The query string has too many parameters.") from None
    return tuple(items)


def refuse_others(given: Pairs, known: Collection[str] = ()) -> None:
    """Refuse what a path does not take.

    Raises:
        Problem: 400, for the first name that is not known.
    """
    for name, _ in given:
        if name not in known:
            raise bad_parameter(name, f"There is no parameter '{name}'.", known)


class Parameters:
    """The values given to each parameter."""

    def __init__(self, given: Pairs):
        self.lists: dict[str, list[str]] = {}
        for name, value in given:
            self.lists.setdefault(name, []).append(value)

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """A parameter that stands once, read by `read`, whose ValueError is a 400."""
        given = self.lists.get(name, [])
        if len(given) > 1:
            raise bad_parameter(name, f"{name} is given {len(given)} times.")
        try:
            return read(given[0]) if given else None
        except ValueError as error:
            raise bad_parameter(name, f"{name}: {error}.") from None
