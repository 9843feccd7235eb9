"""The tokens of CQL2's text (OGC 21-065r2, annex B)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.question.cql2 import wkt

_TOKEN = re.compile(
    r"""
    \s*(?:
        (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | '(?P<string>(?:[^'\\]|''|\\.)*)'
      | "(?P<name>[^"]+)"
      | (?P<word>(?:[^\W\d]|:)[\w.:]*)
      | (?P<symbol><=|>=|<>|[=<>(),+-])
      | (?P<end>\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A token and the place of its first character, from 1 on.

    The text of a string is without its outer quotes and not unescaped yet; a `name`
    is a property in double quotes.
    """

    kind: str
    text: str
    place: int

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.text in symbols

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end"
        return f"'{self.text[:40]}' (character {self.place})"


def tokens(text: str) -> list[Token]:
    """The tokens of a text, the last of them its end.

    Raises:
        ValueError: where something is none.
    """
    found: list[Token] = []
    place = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place:].lstrip()
            start = len(text) - len(rest)
            raise ValueError(f"'{rest[:10]}' (character {start + 1}) is not understood")
        kind = match.lastgroup or "end"
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    return found


class Cursor:
    """A place among tokens, moved by what is read."""

    def __init__(self, found: list[Token]):
        self._tokens = found
        self._place = 0

    @property
    def here(self) -> Token:
        return self._tokens[self._place]

    @property
    def name(self) -> str:
        """The word that stands here, in capitals; else nothing."""
        return self.here.text.upper() if self.here.kind == "word" else ""

    def behind(self, count: int) -> Token:
        """The token this much further on; behind the end is more of it."""
        return self._tokens[min(self._place + count, len(self._tokens) - 1)]

    def wrong(self, message: str = "") -> ValueError:
        if self.here.kind == "end" and not message:
            return ValueError("it ends where something is missing")
        return ValueError(message or f"{self.here} is not understood")

    def take(self, symbol: str) -> bool:
        """Whether this symbol stands here; it is read then."""
        if not self.here.is_symbol(symbol):
            return False
        self._place += 1
        return True

    def expect(self, symbol: str) -> None:
        if not self.take(symbol):
            raise self.wrong(f"'{symbol}' is missing at {self.here}")

    def text(self, kind: str) -> str:
        """The text of the token here, which must be of this kind."""
        if self.here.kind != kind:
            raise self.wrong()
        self._place += 1
        return self._tokens[self._place - 1].text

    def word(self, *words: str) -> str:
        """The one of these words that stands here and is read; else nothing."""
        name = self.name
        if name not in words:
            return ""
        self._place += 1
        return name

    def listed(self, read: Callable[[], Any]) -> list[Any]:
        """`(a, b, …)`."""
        self.expect("(")
        items = [read()]
        while self.take(","):
            items.append(read())
        self.expect(")")
        return items

    def calls(self) -> bool:
        """Whether a word stands here that has arguments."""
        return self.here.kind == "word" and self.behind(1).is_symbol("(")

    def tag(self) -> str:
        """The tag of a geometry, with or without its Z, that is read; or nothing."""
        name = self.name
        has_z = self.behind(1).text.upper() == "Z" and self.behind(2).is_symbol("(")
        if name not in wkt.TAGS or not (has_z or self.calls()):
            return ""
        self._place += 2 if has_z else 1
        return name

    def ends(self) -> bool:
        """Whether a position ends here."""
        return self.here.is_symbol(",", ")")
