"""`from..to` among the values of a filter by name."""

import pytest
from api_asserts import assert_problem

CELLS = "earthquakes_by_cell"
STATES = "earthquakes_by_state"


@pytest.fixture
def total(get):
    """How many rows of a dataset are counted."""

    def total(dataset, **asked):
        answer = get(dataset, group_by="", **asked)
        assert answer.status == 200, answer.body
        return sum(row["n"] for row in answer.json["data"])

    return total


@pytest.mark.parametrize(
    ("depth", "condition"),
    [
        ("1..2", "depth between 1 and 2"),
        ("1..1", "depth = 1"),
        ("1..", "depth >= 1"),
        ("..1", "depth <= 1"),
        ("..", "depth is not null"),
        ("0,2..2", "depth in (0, 2)"),
        ("2,..0", "depth in (0, 2)"),
        ("-5..-1", "false"),
        ("0..0,1..2", "depth is not null"),
    ],
)
def test_ranges_of_numbers(world, total, depth, condition):
    (expected,) = world.execute(
        f"select count(*) from marts.earthquakes_by_cell where {condition}"
    ).fetchone()
    assert total(CELLS, depth=depth) == expected


@pytest.mark.parametrize(
    ("day", "condition"),
    [
        ("2025-01-02..2025-01-03", "day in ('2025-01-02', '2025-01-03')"),
        ("2025-01-03..", "day >= '2025-01-03'"),
        ("..2025-01-01,2025-01-04", "day in ('2025-01-01', '2025-01-04')"),
    ],
)
def test_ranges_of_dates(world, total, day, condition):
    (expected,) = world.execute(
        f"select sum(n)::int from marts.earthquakes_by_state where {condition}"
    ).fetchone()
    assert total(STATES, day=day) == expected


def test_a_day_of_a_timestamp_is_all_of_it(world, total):
    (expected,) = world.execute(
        "select count(*) from marts.earthquakes_by_cell "
        "where at >= '2025-01-02Z' and at < '2025-01-04Z'"
    ).fetchone()
    assert total(CELLS, at="2025-01-02..2025-01-03") == expected > 0


def test_in_a_text_two_dots_are_two_dots(own_world, total):
    own_world.execute("update marts.state_rows set category = 'a..z' where id = '0'")
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    assert total(STATES, category="a..z") == 3
    assert total(STATES, category="a..y") == 0


def test_the_equals_of_a_path_takes_ranges(world, send):
    assert len(send("/stats/ranked", "year=2019..2020").json["data"]) == 1
    assert len(send("/stats/ranked", "year=2020..").json["data"]) == 9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("depth", "2..1"),
        ("depth", "a..2"),
        ("depth", "1..2..3"),
        ("depth", "1...."),
        ("depth", "99999999999.."),
        ("at", "2025-01-02..2025-01-01"),
        ("at", "noon.."),
    ],
)
def test_a_range_that_is_none_is_told(world, get, name, value):
    problem = assert_problem(get(CELLS, **{name: value}), 400)
    assert problem["parameter"] == name
