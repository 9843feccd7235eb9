"""Patterns of keys: what they match, and whether two can match one key."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.globs import compiled, overlap, problem

KEYS = [
    "".join(characters)
    for length in range(7)
    for characters in product("ab/", repeat=length)
]
patterns = st.lists(
    st.sampled_from(["**/", "*", "?", "a", "b", "/"]), min_size=1, max_size=4
).map("".join)


def matches(pattern: str, key: str) -> bool:
    return compiled(pattern).fullmatch(key) is not None


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("a.csv", "a.csv"),
        ("*.csv", "a.csv"),
        ("*.csv", ".csv"),
        ("**/a.csv", "a.csv"),
        ("**/a.csv", "x/a.csv"),
        ("**/a.csv", "x/y/z/a.csv"),
        ("incoming/**/a.csv", "incoming/a.csv"),
        ("**/a/**/*.csv", "x/a/y/z/b.csv"),
        ("**/a/**/*.csv", "a/b.csv"),
        ("a?c", "abc"),
        ("**/07-07-2023 Texas (DHHS).csv", "x/07-07-2023 Texas (DHHS).csv"),
        ("day=*/*.csv", "day=2026-03-01/a+b.csv"),
        ("*.csv", "line\nbreak.csv"),
        ("**/jobs*.csv", "x/Jobs 2.CSV"),
    ],
)
def test_a_pattern_matches(pattern: str, key: str) -> None:
    assert matches(pattern, key)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("a.csv", "aXcsv"),
        ("a.csv", "x/a.csv"),
        ("*.csv", "x/a.csv"),
        ("a?c", "a/c"),
        ("a?c", "ac"),
        ("**/a.csv", "xa.csv"),
        ("**/a/*.csv", "x/ba/b.csv"),
        ("*.csv", "a.csv.bak"),
        ("*.csv", "a.csv\n"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, key: str) -> None:
    assert not matches(pattern, key)


@pytest.mark.parametrize(
    ("left", "right", "is_shared"),
    [
        ("**/energy/*.csv", "**/readings/*.csv", False),
        ("**/energy/*.csv", "**/ENERGY/*.Csv", True),
        ("**/energy/**/*.csv", "**/readings/**/*.csv", True),
        ("a/*.csv", "a/*.json", False),
        ("a*", "*b", True),
        ("a?", "?b", True),
        ("?", "??", False),
        ("*", "a/*", False),
        ("**/*", "a/b/c", True),
        ("departments*.csv", "departments_*.csv", True),
        ("jobs*.csv", "departments*.csv", False),
    ],
)
def test_two_patterns_overlap_where_one_key_matches_both(
    left: str, right: str, is_shared: bool
) -> None:
    assert overlap(left, right) is is_shared
    assert overlap(right, left) is is_shared


@settings(max_examples=300, deadline=None, derandomize=True)
@given(left=patterns, right=patterns)
def test_overlap_is_what_trying_all_keys_says(left: str, right: str) -> None:
    shared = [key for key in KEYS if matches(left, key) and matches(right, key)]

    assert overlap(left, right) is bool(shared)


@given(pattern=patterns)
def test_every_pattern_overlaps_itself(pattern: str) -> None:
    assert overlap(pattern, pattern)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("/a.csv", "keys do not begin with /"),
        ("a**.csv", "** stands for whole folders"),
        ("a/**", "** stands for whole folders"),
        ("[ab].csv", "only *, ? and **/ are special"),
        ("a.{csv,tsv}", "list several patterns instead"),
    ],
)
def test_a_pattern_that_cannot_work_is_told(pattern: str, said: str) -> None:
    assert said in (problem(pattern) or "")


def test_a_usual_pattern_has_no_problem() -> None:
    assert problem("**/energy/*/readings-?.csv") is None
