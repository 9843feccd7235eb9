"""The tables of a module's README: its variables and outputs, from the HCL.

`python -m tests.terraform.tables` writes them anew.
"""

import re
import textwrap
from pathlib import Path

from tests.conftest import ROOT

SOURCE = ROOT / "terraform"
FOLDERS = (SOURCE, *sorted((SOURCE / "modules").iterdir()))
_BLOCK = r'^{kind} "(\w+)" \{{\n(.*?)^\}}'
_HEREDOC = re.compile(r"^  description = <<-EOT\n(.*?)^  EOT", re.M | re.S)
_LINE = re.compile(r'^  description\s+= "(.*)"$', re.M)
_DEFAULT = re.compile(r"^  default\s+= (.*)$", re.M)


def blocks(path: Path, kind: str) -> list[tuple[str, str]]:
    """Name and body of each block of a kind."""
    return re.findall(_BLOCK.format(kind=kind), path.read_text(), re.M | re.S)


def description(body: str) -> str:
    """The description on one line, as a cell of a table."""
    if found := _HEREDOC.search(body):
        text = " ".join(textwrap.dedent(found[1]).split())
    else:
        found = _LINE.search(body)
        assert found, f"a block has no description: {body}"
        text = found[1].replace('\\"', '"')
    return text.replace("|", "\\|")


def default(body: str) -> str:
    found = _DEFAULT.search(body)
    return f"`{found[1]}`" if found else "required"


def tables(folder: Path) -> str:
    """The two tables of a module, in Markdown."""
    lines = ["## Variables", "", "| name | what | default |", "| --- | --- | --- |"]
    lines += [
        f"| `{name}` | {description(body)} | {default(body)} |"
        for name, body in blocks(folder / "variables.tf", "variable")
    ]
    lines += ["", "## Outputs", "", "| name | what |", "| --- | --- |"]
    lines += [
        f"| `{name}` | {description(body)} |"
        for name, body in blocks(folder / "outputs.tf", "output")
    ]
    return "\n".join(lines) + "\n"


def written(folder: Path) -> str:
    """The README with the tables as they should be."""
    text = (folder / "README.md").read_text()
    return re.sub(
        r"^## Variables\n.*?(?=^## (?!Outputs)|\Z)",
        lambda _: tables(folder),
        text,
        flags=re.M | re.S,
    )


def main() -> None:
    for folder in FOLDERS:
        (folder / "README.md").write_text(written(folder))


if __name__ == "__main__":
    main()
