"""Which rows of a model a caller sees: `meta.api.restrict`."""

from dataclasses import replace
from typing import TypeVar

from api.access.callers import Caller
from api.access.gate import unauthorized
from api.problems import Problem
from api.question import values
from api.question.asked import Filter, Query
from catchment.catalog import Model

Q = TypeVar("Q", bound=Query)


def limited(query: Q, caller: Caller) -> Q:
    """The query with the filters of its model's `restrict`, below any grouping.

    Raises:
        Problem: 401, where nobody is known to ask; 403, where the caller's claims
            name no value of the column.
    """
    own = _filters(query.model, caller)
    return replace(query, filters=(*query.filters, *own), is_limited=True)


def share(model: Model, caller: Caller) -> tuple[str, ...]:
    """What tells a caller's share of a model's rows from another's.

    Raises:
        Problem: as `limited`.
    """
    return tuple(map(str, _filters(model, caller)))


def is_private(model: Model, caller: Caller) -> bool:
    """Whether no cache that others share may keep an answer.

    A cache that knows `Authorization` (RFC 9111, 3.5) does not know `x-api-key`.
    """
    return caller.is_known or bool(model.api and model.api.restrict)


def _filters(model: Model, caller: Caller) -> tuple[Filter, ...]:
    restrict = model.api.restrict if model.api else ()
    return tuple(
        Filter(column, _values(model, column, claim, caller))
        for column, claim in restrict
    )


def _values(model: Model, column: str, claim: str, caller: Caller) -> tuple[str, ...]:
    if not caller.is_known:
        raise unauthorized("These rows are shown by who asks: send a key or token.")
    type_ = values.type_of(model, column)
    given = sorted(set(caller.claims.get(claim, ())))
    # What cannot be a value of the column is the claim of no row.
    if fitting := tuple(value for value in given if values.fits(value, type_)):
        return fitting
    raise Problem(
        403,
        f"These rows are shown by the claim '{claim}', which yours does not have.",
    )
