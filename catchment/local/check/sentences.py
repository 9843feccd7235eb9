"""Sentences for people about what a check found.

The YAML of a test gives them as `meta.words` or `description`. Else a generic test
of the project brings its own `meta.words`, and dbt's own four tests have theirs
here. `{rows}`, or another plural in braces, at their begin stands for the number of
failing rows.
"""

import re
from collections.abc import Mapping
from typing import Any

NEVER = "nothing loaded yet"
LONGEST = 200
_COUNT = re.compile(r"^\{([a-z]+)s\}")
_DBTS_OWN = {
    "not_null": "{rows} without a value in column {column_name}",
    "unique": "{values} of column {column_name} that come more than once",
    "accepted_values": "{values} of column {column_name} that are none of {values}",
    "relationships": "{values} of column {column_name} that {to} does not know",
}
_UNITS = {"day": 86400, "hour": 3600, "minute": 60}


def of_test(node: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """What a test found, from its node of the manifest and its result."""
    if result["status"] == "error":
        return f"the test does not run: {one_line(result['message'] or '', LONGEST)}"
    where = node["config"].get("where")
    words = counted(_words(node), result["failures"] or 0)
    return one_line(f"{words} where {where}" if where else words, LONGEST)


def _words(node: Mapping[str, Any]) -> str:
    given = (node.get("unrendered_config") or {}).get("meta") or {}
    if "words" not in given and (description := node.get("description")):
        return str(
            description if _COUNT.match(description) else "{rows}: " + description
        )
    return str(node["config"]["meta"].get("words") or _default(node))


def _default(node: Mapping[str, Any]) -> str:
    test = node.get("test_metadata") or {}
    words = _DBTS_OWN.get(test.get("name", ""))
    if words is None:
        return f"{{rows}} of the test {node['name']}"
    start = _COUNT.match(words)
    assert start is not None
    kwargs = {**test["kwargs"], "to": name_in(test["kwargs"].get("to", ""))}
    if isinstance(kwargs.get("values"), list):
        kwargs["values"] = ", ".join(map(str, kwargs["values"]))
    return start[0] + words[start.end() :].format_map(kwargs)


def name_in(reference: str) -> str:
    """The table of `ref('a')` or `source('a', 'b')`."""
    names: list[str] = re.findall(r"'([^']+)'", reference)
    return names[-1] if names else reference


def counted(words: str, count: int) -> str:
    """Words with the number in its place: "1 row", "3 rows"."""

    def number(match: re.Match[str]) -> str:
        return f"{count:,} {match[1]}{'' if count == 1 else 's'}"

    return _COUNT.sub(number, words)


def of_source(result: Mapping[str, Any]) -> str:
    """How old a source is, and how old it may be."""
    if result.get("error"):
        return f"its freshness is not known: {one_line(result['error'], LONGEST)}"
    criteria = result["criteria"]
    limit = criteria.get(f"{result['status']}_after") or _first_limit(criteria)
    ago = span(result["max_loaded_at_time_ago_in_s"])
    plural = "" if limit["count"] == 1 else "s"
    expected = f"{limit['count']} {limit['period']}{plural}"
    return f"last loaded {ago} ago, expected within {expected}"


def _first_limit(criteria: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a source that is fresh is held against; one of the two is always given."""
    limits = (criteria.get(f"{word}_after") or {} for word in ("warn", "error"))
    return next(limit for limit in limits if limit.get("count"))


def span(seconds: float) -> str:
    """A time in the largest unit that fits: "35 days"."""
    for unit, length in _UNITS.items():
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}s"
    return f"{seconds:,.0f} seconds"


def one_line(text: str, longest: int) -> str:
    """A text on one line, cut where it is too long, without control characters."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
