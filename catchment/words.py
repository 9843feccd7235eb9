"""Read a mapping of words that a person wrote, and say what is wrong with it.

A `Word` is declared once, in `catchment.vocabulary`: the parsers read by it, and the
reference in docs/contract.md and the JSON Schema for editors are written of it.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
Complain = Callable[[str, str | None], None]


@dataclass(frozen=True)
class Kind(Generic[T_co]):
    """What the value of a word may be.

    Attributes:
        read: makes of the YAML's value what the code works with; its ValueError says
            what is wrong.
        said: the value in the words of the reference, Markdown.
        schema: the value as JSON Schema, for an editor. It may allow more than `read`
            does, never less.
    """

    read: Callable[[Any], T_co]
    said: str
    schema: Mapping[str, Any] = field(default_factory=dict)

    def called(self, said: str) -> "Kind[T_co]":
        """The same values under a name that says more of them."""
        return replace(self, said=said)


@dataclass(frozen=True)
class Word(Generic[T_co]):
    """A word, its value, and what it means.

    Attributes:
        means: what the word does, Markdown in one line.
        default: what an absent word is read as.
        absent: the default in words, where its value does not say it.
    """

    name: str
    kind: Kind[T_co]
    means: str
    default: T_co
    required: bool = False
    absent: str = ""


class Words:
    """The words of one mapping, each read once.

    What cannot be read is told to `complain(message, word)` and read as absent,
    so that one pass finds every mistake. `no_others()` closes the reading.
    """

    def __init__(self, raw: Any, complain: Complain):
        self._complain = complain
        self._known: list[str] = []
        if not isinstance(raw, Mapping):
            complain(f"expected words and values, found {raw!r}", None)
            raw = {}
        self._raw = raw

    def given(self, word: str) -> bool:
        return self._raw.get(word) is not None

    def given_beside(self, word: str) -> list[str]:
        """The words that stand beside this one."""
        return [other for other in self._raw if other != word and self.given(other)]

    def read(self, word: Word[T]) -> T:
        """The value of a word, or its default."""
        self._known.append(word.name)
        if not self.given(word.name):
            if word.required:
                self._complain(f"{word.name} is missing", word.name)
            return word.default
        try:
            return word.kind.read(self._raw[word.name])
        except ValueError as error:
            self._complain(f"{word.name}: {error}", word.name)
            return word.default

    def refuse(self, word: Word[Any], message: str) -> None:
        """Complain of a word that is known, and may not stand here."""
        self._known.append(word.name)
        if self.given(word.name):
            self._complain(f"{word.name}: {message}", word.name)

    def no_others(self) -> None:
        """Complain of every word that has not been asked for."""
        for word in self._raw:
            if word not in self._known:
                self._complain(f"unknown word '{word}'{self._hint(word)}", word)

    def _hint(self, word: str) -> str:
        close = difflib.get_close_matches(str(word), self._known, n=1)
        if close:
            return f"; did you mean '{close[0]}'?"
        return f"; known: {', '.join(sorted(self._known))}"


def meta_of(entry: Mapping[str, Any]) -> Any:
    """The `meta` of a node or column of dbt's, under `config` or beside it."""
    return (entry.get("config") or {}).get("meta") or entry.get("meta") or {}


def one_of(choices: Sequence[str]) -> Kind[str]:
    """One of some words."""

    def read(raw: Any) -> str:
        if raw not in choices:
            raise ValueError(f"'{raw}' is none of {', '.join(choices)}")
        return str(raw)

    said = " ".join(f"`{choice}`" for choice in choices)
    return Kind(read, said, {"enum": list(choices)})


def some_of(choices: Sequence[str]) -> Kind[tuple[str, ...]]:
    """One of some words, or a list of them, in their order and none twice."""

    def read(raw: Any) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(raw if isinstance(raw, list | tuple) else [raw]))
        return tuple(map(one.read, chosen))

    one = one_of(choices)
    schema = {"anyOf": [one.schema, {"type": "array", "items": one.schema}]}
    return Kind(read, f"{one.said}, or a list of them", schema)


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is no text")
    return raw


def _texts(raw: Any) -> tuple[str, ...]:
    items = raw if isinstance(raw, list | tuple) else [raw]
    if not items or any(isinstance(item, list | tuple | Mapping) for item in items):
        raise ValueError(f"{raw!r} is no list of texts")
    if any(item is None or isinstance(item, bool) for item in items):
        raise ValueError(f"{raw!r} is no list of texts; put yes, no, null in quotes")
    return tuple(map(str, items))


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(f"{raw!r} is no number")
    return raw


def _count(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise ValueError(f"{raw!r} is no count")
    return raw


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"{raw!r} is neither true nor false")
    return raw


_ITEM: Mapping[str, Any] = {"type": ["string", "number"]}
_LIST = {"anyOf": [_ITEM, {"type": "array", "items": _ITEM, "minItems": 1}]}

TEXT = Kind(_text, "text", {"type": "string"})
# A list of texts; one text alone is a list of one.
TEXTS = Kind(_texts, "list", _LIST)
NUMBER = Kind(_number, "number", {"type": "number"})
COUNT = Kind(_count, "count", {"type": "integer", "minimum": 0})
FLAG = Kind(_flag, "`true`", {"type": "boolean"})
