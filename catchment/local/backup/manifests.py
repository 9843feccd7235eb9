"""What a backup holds, written beside its dump and compared after a restore."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isclose
from pathlib import Path
from typing import Any

from catchment.local.state import write_private
from catchment.local.trouble import Trouble

NAME = "manifest.json"
_FORMAT = 1
# A sum of doubles over the same rows in another order differs in its last digits.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Table:
    """A table or materialized view, and what is in it.

    Attributes:
        name: with its schema, quoted by need.
        is_view: whether it is a materialized view, which a restore computes anew.
        rows: how many; None where a view was never filled.
        checksum: of the texts of all rows, whatever their order; of a view,
            without its inexact columns.
        sums: of each inexact column of a view, the sum of its values and of
            their sizes, as text.
    """

    name: str
    is_view: bool
    rows: int | None
    checksum: str
    sums: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """A backup.

    Attributes:
        made_at: moment of the backup, UTC, ISO 8601.
        postgres: major version of the server.
        versions: of the programs and extensions that made it.
        revision: of the schema (alembic).
        catalog_hash: of the catalog in force; None where nothing was built.
        waiting: loads that no refresh had covered.
        grantees: roles beside the platform's own that have rights to something.
        left_out: schemas and tables that are not the platform's.
        dump: name of the dump's file.
        dump_bytes, dump_sha256: its size and its checksum.
        tables: in the order of their names.
    """

    made_at: str
    postgres: int
    versions: Mapping[str, str]
    revision: str
    catalog_hash: str | None
    waiting: int
    grantees: tuple[str, ...]
    left_out: tuple[str, ...]
    dump: str
    dump_bytes: int
    dump_sha256: str
    tables: tuple[Table, ...]


def write(folder: Path, manifest: Manifest) -> None:
    document = {"format": _FORMAT, **asdict(manifest)}
    write_private(folder / NAME, json.dumps(document, indent=2) + "\n")


def read(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        Trouble: where there is none, or it cannot be read.
    """
    path = folder / NAME
    if not path.is_file():
        raise Trouble(
            f"{folder} is no backup, it holds no {NAME}: name the folder that "
            "`make backup` has written."
        )
    try:
        return _parse(json.loads(path.read_text()))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Trouble(
            f"{path} cannot be read, it is damaged or of another version of "
            "Catchment: take another backup."
        ) from error


def _parse(document: dict[str, Any]) -> Manifest:
    if document.pop("format") != _FORMAT:
        raise ValueError("another format")
    tables = tuple(
        Table(**{**entry, "sums": {k: (a, b) for k, (a, b) in entry["sums"].items()}})
        for entry in document.pop("tables")
    )
    for word in ("grantees", "left_out"):
        document[word] = tuple(document[word])
    return Manifest(**document, tables=tables)


def differences(expected: Sequence[Table], found: Sequence[Table]) -> list[str]:
    """What is not as it was, a phrase for each table."""
    now = {table.name: table for table in found}
    before = {table.name for table in expected}
    phrases = [_difference(table, now.get(table.name)) for table in expected]
    unknown = [f"{name} was not in the backup" for name in now if name not in before]
    return [*filter(None, phrases), *unknown]


def _difference(expected: Table, found: Table | None) -> str | None:
    if found is None:
        return f"{expected.name} is missing"
    if found.rows != expected.rows:
        return f"{expected.name} has {found.rows} rows in place of {expected.rows}"
    if found.checksum != expected.checksum:
        return f"{expected.name} has other values in its {expected.rows} rows"
    if found.sums.keys() != expected.sums.keys():
        return f"{expected.name} has other columns"
    changed = [
        column
        for column, sums in expected.sums.items()
        if not _same(sums, found.sums[column])
    ]
    return f"{expected.name} has another {', '.join(changed)}" if changed else None


def _same(expected: tuple[str, str], found: tuple[str, str]) -> bool:
    """Whether two sums are the same but for rounding, at their values' size."""
    if expected == found:
        return True
    (total, size), (other_total, other_size) = (
        map(float, s) for s in (expected, found)
    )
    return isclose(size, other_size, rel_tol=_TOLERANCE) and isclose(
        total, other_total, rel_tol=0, abs_tol=_TOLERANCE * size
    )
