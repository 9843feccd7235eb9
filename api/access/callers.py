"""Who asks, once it is proven."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Caller:
    """Somebody who asks.

    Attributes:
        name: what a log calls them: `key cmt_<id>`, `token <subject>`, `anyone`.
        scopes: of `read` and `admin`.
        claims: what they are known to be, each with all its values.
        headers: what every answer to them says, beside its own headers.
    """

    name: str
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        return self is not ANYONE


ANYONE = Caller("anyone")


def claims_of(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The claims that rows can be compared with: texts, numbers, lists of them."""
    found = {name: tuple(_values(value)) for name, value in given.items()}
    return {name: values for name, values in found.items() if values}


def _values(value: Any) -> Iterable[str]:
    for item in value if isinstance(value, list) else [value]:
        # A bool is an int to Python; a fraction is written in many ways.
        if isinstance(item, str) or type(item) is int:
            yield str(item)
