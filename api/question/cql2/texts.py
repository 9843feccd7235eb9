"""CQL2 as text, read into the document that the same filter is as JSON.

The grammar is that of OGC 21-065r2, annex B, read by recursive descent: a token at
a time, never twice, so that time grows with the length of the text alone. Of it
arithmetic, arrays and functions of one's own are left out.
"""

import re
from collections.abc import Callable
from typing import Any

from api.question.cql2 import wkt
from api.question.cql2.parts import MOST_NESTED, Number
from api.question.cql2.tokens import Cursor, tokens

_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_KEYWORDS = {
    *("AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE"),
}
# What to write in place of what other languages have.
_INSTEAD = {
    "ILIKE": "CASEI(name) LIKE CASEI('a%')",
    "NULL": "name IS NULL, or name IS NOT NULL",
}
_PREDICATE = re.compile("[ST]_[A-Z]+")
_CONTROLS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}


def read(text: str) -> Any:
    """The document of CQL2's JSON.

    Raises:
        ValueError: saying where the text is not of the language.
    """
    return _Reader(tokens(text)).whole()


class _Reader(Cursor):
    """Reads what begins at the cursor, and leaves it behind that."""

    _depth = 0

    def wrong(self, message: str = "") -> ValueError:
        if instead := _INSTEAD.get(self.name) if not message else None:
            message = f"{self.here} is not understood: write {instead}"
        return super().wrong(message)

    def whole(self) -> Any:
        document = self._or()
        if self.here.kind != "end":
            raise self.wrong()
        return document

    def _deeper(self, read: Callable[[], Any]) -> Any:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise ValueError(f"has more than {MOST_NESTED} conditions in each other")
        found = read()
        self._depth -= 1
        return found

    # Conditions.

    def _or(self) -> Any:
        return self._chain("OR", self._and)

    def _and(self) -> Any:
        return self._chain("AND", self._not)

    def _chain(self, word: str, read: Callable[[], Any]) -> Any:
        parts = [read()]
        while self.word(word):
            parts.append(read())
        return parts[0] if len(parts) == 1 else _op(word.lower(), *parts)

    def _not(self) -> Any:
        if self.word("NOT"):
            return _op("not", self._deeper(self._not))
        if self.take("("):
            inner = self._deeper(self._or)
            self.expect(")")
            return inner
        return self._predicate()

    def _predicate(self) -> Any:
        if self.calls() and _PREDICATE.fullmatch(self.name):
            name = self.text("word").lower()
            return _op(name, *self.listed(self._operand))
        operand = self._operand()
        for symbol in _COMPARISONS:
            if self.take(symbol):
                return _op(symbol, operand, self._operand())
        if self.word("IS"):
            denied = self.word("NOT")
            if not self.word("NULL"):
                raise self.wrong()
            return _denied(_op("isNull", operand), denied)
        denied = self.word("NOT")
        match self.word("LIKE", "BETWEEN", "IN"):
            case "LIKE":
                found = _op("like", operand, self._pattern())
            case "BETWEEN":
                low = self._operand()
                if not self.word("AND"):
                    raise self.wrong("BETWEEN has no AND")
                found = _op("between", operand, low, self._operand())
            case "IN":
                found = _op("in", operand, self.listed(self._operand))
            case _ if not denied and isinstance(operand, bool):
                return operand
            case _:
                raise self.wrong()
        return _denied(found, denied)

    # Operands.

    def _operand(self) -> Any:
        match self.here.kind:
            case "string":
                return _plain(self.text("string"))
            case "name":
                return {"property": self.text("name")}
            case "number" | "symbol":
                return self.number()
            case "word":
                return self._named()
        raise self.wrong()

    def _named(self) -> Any:
        """What begins with a word: a literal, a function or a property."""
        if word := self.word("TRUE", "FALSE"):
            return word == "TRUE"
        if tag := self.tag():
            return wkt.read(self, tag)
        if not self.calls():
            if self.name in _KEYWORDS:
                raise self.wrong()
            return {"property": self.text("word")}
        match self.word("DATE", "TIMESTAMP", "INTERVAL", "CASEI", "ACCENTI"):
            case ("DATE" | "TIMESTAMP") as word:
                (text,) = self._given(1, lambda: self.text("string"))
                return {word.lower(): text}
            case "INTERVAL":
                return {"interval": self._given(2, self._operand)}
            case ("CASEI" | "ACCENTI") as word:
                return _op(word.lower(), *self._given(1, self._operand))
        raise self.wrong(f"there is no function '{self.text('word')}'")

    def _given(self, count: int, read: Callable[[], Any]) -> list[Any]:
        found = self.listed(lambda: self._deeper(read))
        if len(found) != count:
            raise self.wrong(f"{count} of {len(found)} arguments are wanted")
        return found

    def _pattern(self) -> Any:
        if word := self.word("CASEI", "ACCENTI"):
            (inner,) = self._given(1, self._pattern)
            return _op(word.lower(), inner)
        return _pattern(self.text("string"))

    def number(self) -> Any:
        """A number, signed or not."""
        sign = "-" if self.take("-") else ""
        if not sign:
            self.take("+")
        return Number(sign + self.text("number"))


def _op(name: str, *args: Any) -> dict[str, Any]:
    return {"op": name, "args": list(args)}


def _denied(document: dict[str, Any], denied: str) -> dict[str, Any]:
    return _op("not", document) if denied else document


def _pattern(text: str) -> str:
    r"""A literal's text, but with what LIKE itself reads: \%, \_ and \\ ."""
    return re.sub(
        r"''|\\(.)",
        lambda found: "'" if found[0] == "''" else _unescaped(found[1]),
        text,
        flags=re.DOTALL,
    )


def _unescaped(character: str) -> str:
    if character in _CONTROLS:
        return chr(_CONTROLS[character])
    return character if character == "'" else "\\" + character


def _plain(text: str) -> str:
    return _pattern(text).replace("\\\\", "\\")
