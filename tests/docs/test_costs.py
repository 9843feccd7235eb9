"""docs/costs.md: its arithmetic comes to its dollars."""

import ast
import operator
import re
from collections.abc import Callable

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "costs.md").read_text()
ROWS = re.findall(r"^\| (.+?) \| `([^`|]+)` \| ([\d.]+) \|$", PAGE, re.MULTILINE)
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
}


def value(node: ast.expr) -> float:
    """What an expression of numbers, + and * comes to."""
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](value(node.left), value(node.right))
    assert isinstance(node, ast.Constant)
    return float(node.value)


@pytest.mark.parametrize(("part", "arithmetic", "dollars"), ROWS)
def test_the_arithmetic_comes_to_its_dollars(
    part: str, arithmetic: str, dollars: str
) -> None:
    assert f"{value(ast.parse(arithmetic, mode='eval').body):.2f}" == dollars


@pytest.mark.parametrize("title", ["An idle month", "A busy month"])
def test_a_month_is_the_sum_of_its_parts(title: str) -> None:
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    parts = re.findall(r"` \| ([\d.]+) \|$", section, re.MULTILINE)
    total = re.search(r"\*\*all\*\* \| \| \*\*([\d.]+)\*\*", section)

    assert total
    assert len(parts) > 5
    assert f"{sum(map(float, parts)):.2f}" == total[1]


def test_prices_say_when_and_where_they_are_from() -> None:
    assert "us-east-1" in PAGE
    assert "2025" in PAGE
    assert "not looked up" in PAGE
