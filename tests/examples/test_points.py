"""Earthquakes and observations: aggregates and rejects as plain Python has them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.examples import points_oracle as oracle
from tests.examples.world import World

Get = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("name", oracle.RESULTS)
def test_what_is_expected_is_what_the_files_say(name: str) -> None:
    assert oracle.read(name) == oracle.RESULTS[name]()


def told(row: dict[str, Any], member: str) -> dict[str, str]:
    """A row of the API as the expected results write it."""
    numbers = {name: row[name] for name in ("min", "max")}
    return {
        member: row[member] or "",
        "category": row["category"],
        "n": str(row["n"]),
        "sum": "" if row["sum"] is None else f"{row['sum']:.4f}",
        **{name: "" if n is None else f"{n:g}" for name, n in numbers.items()},
    }


@pytest.mark.parametrize("feed", ["earthquakes", "observations"])
@pytest.mark.parametrize(
    ("dataset", "member", "result"),
    [("by_state", "state_name", "by_state"), ("by_cell", "day", "by_day")],
)
def test_the_api_answers_what_is_expected(
    get: Get, feed: str, dataset: str, member: str, result: str
) -> None:
    asked = f"dataset={feed}_{dataset}&group_by={member},category&limit=10000"

    found = get(f"/aggregated-data?{asked}")["data"]

    expected = oracle.read(f"{feed}/expected/{result}.csv")
    rows = [told(row, member) for row in found]
    assert len(expected) > 3
    assert sorted(rows, key=lambda row: (row[member], row["category"])) == expected


def test_the_rejects_are_those_that_are_expected(loaded: World) -> None:
    expected = oracle.read("observations/expected/rejects.csv")

    found = [
        tuple("" if value is None else str(value) for value in reject)
        for reject in loaded.rejects("observations")
    ]

    assert found == [tuple(row.values()) for row in expected]
    assert loaded.rejects("earthquakes") == []
