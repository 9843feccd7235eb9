"""The properties that a filter may name."""

from collections.abc import Sequence
from typing import Any

from api.problems import bad_parameter
from api.question.queryables import Queryable
from api.question.unknown import WHY


class Names:
    """The queryables of a model, by name."""

    def __init__(self, queryables: Sequence[Queryable]):
        self._known = {found.name: found for found in queryables}

    @staticmethod
    def is_property(document: Any) -> bool:
        while isinstance(document, dict) and document.get("op") == "casei":
            match document.get("args"):
                case [inner]:
                    document = inner
                case _:
                    return False
        return isinstance(document, dict) and "property" in document

    def of(self, document: Any) -> Queryable:
        """The queryable of `{"property": …}`.

        Raises:
            Problem: 400, where there is none of this name.
        """
        match document:
            case {"property": str(name)} if len(document) == 1:
                if name in self._known:
                    return self._known[name]
                raise bad_parameter(
                    "filter",
                    f"filter: '{name[:40]}' is no queryable of this model. A text "
                    f"stands in single quotes, as 'a'; a measure is none, for {WHY}.",
                    self._known,
                )
        raise ValueError('a property is wanted, as {"property": …}')
