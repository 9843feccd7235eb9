"""Some of the rows that a check found, named by their keys alone.

What else stands in a row may be nobody's business where the alert is read.
"""

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg

from catchment.local.check import queries
from catchment.local.check.findings import Finding, Sample
from catchment.local.check.sentences import one_line

COUNT = 3
LONGEST = 200
LONGEST_VALUE = 60
LONGEST_ORIGIN = 400
# As in the quarantine.
HIDDEN = "[pii]"
# Columns that every check may return, and how a person calls them.
_KNOWN = {
    "unique_field": "value",
    "value_field": "value",
    "from_field": "value",
    "_load_id": "load",
    "_row_number": "row",
    "file": "",
}


def with_samples(
    finding: Finding, connection: psycopg.Connection[dict[str, Any]]
) -> Finding:
    """A finding with a few of its rows where it has any, and where they are from."""
    if not finding.query:
        return finding
    samples = _samples(finding, connection)
    if any(sample.load_id for sample in samples):
        return replace(finding, samples=samples)
    origin = _origin(finding.feeds, connection)
    return replace(finding, samples=samples, origin=origin)


def _samples(
    finding: Finding, connection: psycopg.Connection[dict[str, Any]]
) -> tuple[Sample, ...]:
    """Rows of one finding; none where the query does not work a second time."""
    with suppress(psycopg.Error, UnicodeError), connection.transaction():
        connection.execute(queries.READ_ONLY)
        found = connection.execute(queries.first_rows(finding.query, COUNT))
        told = (_sample(row, finding) for row in found)
        return tuple(dict.fromkeys(sample for sample in told if sample.words))
    return ()


def _sample(row: Mapping[str, Any], finding: Finding) -> Sample:
    words = row_in_words(row, finding.keys, finding.personal)
    return Sample(words, row.get("_load_id"), row.get("file"))


def _origin(
    feeds: Iterable[str], connection: psycopg.Connection[dict[str, Any]]
) -> str:
    """What a model that says no load is made of: all that lineage knows."""
    found = connection.execute(queries.ORIGINS, {"feeds": list(feeds)})
    told = (
        f"{row['feed']} (load {row['load_id']}, {row['key']}"
        + (f", and {row['others']:,} more)" if row["others"] else ")")
        for row in found
    )
    return one_line("; ".join(told), LONGEST_ORIGIN)


def row_in_words(
    row: Mapping[str, Any], keys: Iterable[str], personal: Container[str] = ()
) -> str:
    """A row: its problem, and in brackets its keys; personal ones are not told."""
    names = {**{key: key for key in keys}, **_KNOWN}
    known = [
        f"{name} {HIDDEN if key in personal else _shown(row[key])}".strip()
        for key, name in names.items()
        if row.get(key) is not None
    ]
    problem = _shown(row.get("problem") or "")
    if not problem or not known:
        return one_line(problem or ", ".join(known), LONGEST)
    return one_line(f"{problem} ({', '.join(known)})", LONGEST)


def _shown(value: Any) -> str:
    return one_line(str(value), LONGEST_VALUE)
