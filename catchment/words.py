"""Read a mapping of words that a person wrote, and say what is wrong with it."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Complain = Callable[[str, str | None], None]


class Words:
    """The words of one mapping, each read once by its kind.

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

    def value(
        self, word: str, read: Callable[[Any], T], required: bool = False
    ) -> T | None:
        """The word read by `read`, whose ValueError becomes a complaint."""
        self._known.append(word)
        if not self.given(word):
            if required:
                self._complain(f"{word} is missing", word)
            return None
        try:
            return read(self._raw[word])
        except ValueError as error:
            self._complain(f"{word}: {error}", word)
            return None

    def text(self, word: str, required: bool = False) -> str | None:
        return self.value(word, _text, required)

    def texts(self, word: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        return self.value(word, _texts, required) or ()

    def number(self, word: str) -> float | None:
        return self.value(word, _number)

    def count(self, word: str) -> int | None:
        return self.value(word, _count)

    def flag(self, word: str) -> bool:
        return self.value(word, _flag) or False

    def one_of(
        self, word: str, choices: Sequence[str], required: bool = False
    ) -> str | None:
        def read(raw: Any) -> str:
            if raw not in choices:
                raise ValueError(f"'{raw}' is none of {', '.join(choices)}")
            return str(raw)

        return self.value(word, read, required)

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
