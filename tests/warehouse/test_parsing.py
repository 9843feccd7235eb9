"""What the macros in `warehouse/macros/parsing` read out of texts, value by value.

They are rendered as dbt renders them and asked of Postgres itself.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import jinja2
import psycopg
import pytest

from tests.conftest import ROOT, Platform
from tests.warehouse.parsing_cases import CASES, HOSTILE

FOLDER = ROOT / "warehouse" / "macros" / "parsing"
MACROS: Any = (
    jinja2.Environment()
    .from_string("\n".join(p.read_text() for p in sorted(FOLDER.glob("*.sql"))))
    .module
)
# As a column, for a macro may name its text several times.
TEXT = "given.text"

SCALARS = {
    "squeezed": MACROS.squeezed(TEXT),
    "without_stray_quotes": MACROS.without_stray_quotes(TEXT),
    "yes_or_no": MACROS.yes_or_no(TEXT),
    "behind_label": MACROS.behind_label(TEXT),
    "whole_number_in": MACROS.whole_number_in(TEXT),
    "date_in": MACROS.date_in(TEXT),
    "phone_number": MACROS.phone_number(TEXT),
    "second_phone_number": MACROS.second_phone_number(TEXT),
    "is_person": MACROS.is_person(TEXT),
    "zip": MACROS.zip(TEXT),
    "state_code": MACROS.state_code(TEXT),
    "facility_type": MACROS.facility_type(TEXT),
    "schedule": MACROS.schedule({"Mon": TEXT}),
}
LATERALS = {
    "person_name": MACROS.person_name(TEXT),
    "caregiver": MACROS.caregiver(TEXT),
    "trade_name": MACROS.trade_name(TEXT),
    "us_address": MACROS.us_address(TEXT, MACROS.nevada_cities()),
    "type_and_number": MACROS.type_and_number(TEXT),
    "age_range": MACROS.age_range(TEXT),
}


@pytest.fixture(scope="module")
def db(migrated: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(migrated.owner) as connection:
        # Ends what would never end.
        connection.execute("set statement_timeout = '60s'")
        yield connection
        connection.rollback()


def read(
    db: psycopg.Connection[Any], macro: str, texts: Sequence[str | None]
) -> dict[str | None, Any]:
    """What a macro makes of each text: a value, or a tuple of several."""
    given = "from unnest(%(texts)s::text[]) as given (text)"
    if macro in SCALARS:
        select = f"select {TEXT}, {SCALARS[macro]} as value"
    else:
        select = f"select {TEXT}, found.*"
        given += f" cross join lateral {LATERALS[macro]} as found"
    # Rendered SQL has no parameters of its own, and may have any %.
    query = f"{select} {given}".replace("%", "%%").replace("%%(texts)s", "%(texts)s")
    rows = db.execute(query, {"texts": list(texts)}).fetchall()
    assert len(rows) == len(texts)
    return {row[0]: row[1] if macro in SCALARS else row[1:] for row in rows}


@pytest.mark.parametrize("macro", CASES)
def test_a_text_is_read_as_a_person_reads_it(
    db: psycopg.Connection[Any], macro: str
) -> None:
    assert read(db, macro, list(CASES[macro])) == CASES[macro]


@pytest.mark.parametrize("macro", CASES)
def test_no_text_stops_a_load(db: psycopg.Connection[Any], macro: str) -> None:
    """Whatever it is, it gives one row, and in time."""
    every_text = {text for cases in CASES.values() for text in cases}

    found = read(db, macro, [*HOSTILE, *every_text])

    assert len(found) == len(HOSTILE) + len(every_text)


def test_every_macro_has_its_cases() -> None:
    macros = {
        name
        for path in FOLDER.glob("*.sql")
        for name in re.findall(r"{% macro (\w+)\(", path.read_text())
        if not name.startswith("_")
    }
    # Parts of others, and those that take more than one text.
    others = {"capitals", "nevada_cities", "age_group", "hours_of"}
    others |= {"ages_served", "hash_of"}
    assert macros - others == set(CASES)


GROUPS = ("infants", "toddlers", "preschool", "school_age")


@pytest.mark.parametrize(
    ("groups", "ages"),
    [
        (GROUPS[:2], ("Infants, Toddlers", 0, 23)),
        (GROUPS, ("Infants, Toddlers, Preschool, School-age", 0, None)),
        ((), (None, None, None)),
    ],
)
def test_ages_of_several_groups_reach_from_the_least_to_the_greatest(
    db: psycopg.Connection[Any], groups: tuple[str, ...], ages: tuple[Any, ...]
) -> None:
    """With an open one among them, they have no end."""
    texts = [MACROS.age_group(name) if name in groups else "null" for name in GROUPS]

    found = db.execute(f"select * from {MACROS.ages_served(texts)} as ages").fetchone()

    assert found == ages


def test_a_hash_tells_null_from_blank_and_one_value_from_two(
    db: psycopg.Connection[Any],
) -> None:
    pairs = ["('a', null)", "('a', '')", "('a,', null)", "(null, 'a')", "('a', 'b')"]
    hash_ = MACROS.hash_of(["a", "b"])

    rows = db.execute(f"select {hash_} from (values {', '.join(pairs)}) as v (a, b)")

    assert len({value for (value,) in rows.fetchall()}) == len(pairs)
