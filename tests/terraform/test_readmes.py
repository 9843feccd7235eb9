"""Each README lists the variables and outputs that there are."""

from pathlib import Path

import pytest

from tests.terraform.tables import FOLDERS, SOURCE, blocks, tables, written


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_readme_has_the_tables_of_its_module(folder: Path) -> None:
    assert tables(folder) in (folder / "README.md").read_text()
    assert written(folder) == (folder / "README.md").read_text(), (
        "write them anew: python -m tests.terraform.tables"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_variables_and_outputs_are_in_order_and_typed(folder: Path) -> None:
    variables = blocks(folder / "variables.tf", "variable")
    outputs = blocks(folder / "outputs.tf", "output")
    for found in (variables, outputs):
        names = [name for name, _ in found]
        assert names == sorted(names)
    assert [name for name, body in variables if "  type" not in body] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_variable_is_used(folder: Path) -> None:
    code = "".join(path.read_text() for path in folder.glob("*.tf"))
    names = [name for name, _ in blocks(folder / "variables.tf", "variable")]
    assert [name for name in names if f"var.{name}" not in code] == []


def test_the_stack_hands_every_variable_of_a_module_on() -> None:
    main = (SOURCE / "main.tf").read_text()
    missing = {
        folder.name: [
            name
            for name, _ in blocks(folder / "variables.tf", "variable")
            if f"  {name} " not in section(main, folder.name)
        ]
        for folder in FOLDERS[1:]
        if f'module "{folder.name}"' in main
    }
    # The name of the database is the same in every stack.
    assert {module: names for module, names in missing.items() if names} == {
        "database": ["database_name"]
    }


def section(main: str, module: str) -> str:
    start = main.index(f'module "{module}"')
    return main[start : main.index("\n}\n", start)]
