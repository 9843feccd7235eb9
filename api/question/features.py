"""The id of a feature, read back as what names its row or group."""

import re

from api.problems import Problem
from api.question import values
from api.question.asked import Filter
from catchment.catalog import Model
from catchment.endpoint import RowModel

# What `api.query.objects` writes: the key's values, joined by commas.
_PART = re.compile(r"(?:[^%~,/]|%25|%2C|%7E|%2F)*")
_UNESCAPED = {"%2C": ",", "%7E": "~", "%2F": "/", "%25": "%"}
_NULL = "~"
_ALL = "*"


def of_feature(id_: str, model: Model) -> tuple[Filter, ...]:
    """The filters that leave the one feature of this id, under no `group_by`.

    Raises:
        Problem: 404, where no feature of the model can have such an id.
    """
    names = _identity(model)
    parts = id_.split(",") if names else []
    if len(parts) != len(names) or (not names and id_ != _ALL):
        raise _no_such(id_, model)
    return tuple(
        Filter(name, (_value(part, name, id_, model),))
        for name, part in zip(names, parts, strict=True)
    )


def _identity(model: Model) -> tuple[str, ...]:
    """The columns whose values a feature's id is made of."""
    if model.api is None:
        raise ValueError(f"the model {model.name} is not served")
    return model.api.key if isinstance(model.api, RowModel) else model.api.group_by


def _value(part: str, name: str, id_: str, model: Model) -> str | None:
    if part == _NULL:
        return None
    value = re.sub("%25|%2C|%7E|%2F", lambda found: _UNESCAPED[found[0]], part)
    fits = values.fits(value, values.type_of(model, name))
    if not _PART.fullmatch(part) or not fits:
        raise _no_such(id_, model)
    return value


def _no_such(id_: str, model: Model) -> Problem:
    return Problem(404, f"{model.name} has no feature '{id_}'.")
