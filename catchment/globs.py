"""Patterns of object keys: `*` and `?` within a folder, `**/` for any folders.

Capitals do not matter: the same file comes as a.csv and A.CSV.
"""

import re
from collections.abc import Iterator
from functools import cache

_TOKEN = re.compile(r"\*\*/|\*|\?|.", re.DOTALL)
_REGEX = {"**/": r"(?:[^/]+/)*", "*": r"[^/]*", "?": r"[^/]"}


def problem(pattern: str) -> str | None:
    """Why a pattern cannot be used, or None."""
    if pattern.startswith("/"):
        return "keys do not begin with /"
    if "**" in pattern.replace("**/", ""):
        return "** stands for whole folders: write **/"
    if set(pattern) & set("[]{}"):
        return "only *, ? and **/ are special; list several patterns instead"
    return None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression for `fullmatch`."""
    tokens = _TOKEN.findall(pattern)
    return re.compile(
        "".join(_REGEX.get(token) or re.escape(token) for token in tokens),
        re.DOTALL | re.IGNORECASE,
    )


def overlap(left: str, right: str) -> bool:
    """Whether some key matches both patterns.

    Walks the two patterns as automata side by side, over the pairs of places
    that one key can reach in both.
    """
    a, b = _TOKEN.findall(left), _TOKEN.findall(right)
    start = ((0, False), (0, False))
    seen, ahead = {start}, [start]
    while ahead:
        here, there = ahead.pop()
        if here[0] == len(a) and there[0] == len(b):
            return True
        pairs = [(place, there) for label, place in _arrows(a, here) if not label]
        pairs += [(here, place) for label, place in _arrows(b, there) if not label]
        pairs += [
            (place, other)
            for label, place in _arrows(a, here)
            for also, other in _arrows(b, there)
            if label and also and _share_character(label, also)
        ]
        ahead += [pair for pair in pairs if pair not in seen]
        seen.update(pairs)
    return False


# A place is a token's number, and whether `**/` is in the middle of a folder.
_Place = tuple[int, bool]
_IN_NAME = "any character but /"


def _arrows(tokens: list[str], place: _Place) -> Iterator[tuple[str, _Place]]:
    """What may be read at a place ('' for nothing), and where it leads."""
    number, in_folder = place
    if number == len(tokens):
        return
    token = tokens[number]
    if token == "**/":
        yield _IN_NAME, (number, True)
        yield ("/", (number, False)) if in_folder else ("", (number + 1, False))
    elif token == "*":
        yield _IN_NAME, place
        yield "", (number + 1, False)
    else:
        yield _IN_NAME if token == "?" else token, (number + 1, False)


def _share_character(label: str, other: str) -> bool:
    if _IN_NAME in (label, other):
        return "/" not in (label, other)
    return label.lower() == other.lower()
