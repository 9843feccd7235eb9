"""The lines of code of a page, run by a shell, and the answers that it shows."""

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import Block

# What a line may begin with, for which a page must say whether it can be run.
PROGRAM = re.compile(r"(?:^|\$ |\$\(|\| )(?:\w+=\S+ )*(curl|ogr\w+|catchment) ", re.M)
# Status codes from 400 on are failures, and nothing is waited for long.
CURL = 'curl() { command curl -sS --fail-with-body --max-time 60 "$@"; }'
END = "\x1e"


@dataclass(frozen=True)
class Example:
    """A command and what it answers; `shown` is empty where the page shows nothing."""

    command: str
    shown: str = ""

    @property
    def programs(self) -> set[str]:
        return set(
            re.findall(r"\b(curl|ogrinfo|ogr2ogr|catchment|psql|jq) ", self.command)
        )


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit status and its output."""

    status: int
    said: str
    complained: str


def of(block: Block) -> list[Example]:
    """The commands of a block: all lines of `sh`, those behind `$` of `console`."""
    if block.language not in ("sh", "console"):
        return []
    found: list[list[str]] = []
    command = ""
    for line in block.text.splitlines():
        if command:
            command += f"\n{line}"
        elif block.language == "sh":
            command = line
        elif line.startswith("$ "):
            command = line.removeprefix("$ ")
        else:
            found[-1][1] += f"{line}\n"
        if command and _is_whole(command):
            found.append([command, ""])
            command = ""
    return [Example(command, shown) for command, shown in found]


def _is_whole(command: str) -> bool:
    """Whether no quotation and no here-document is open, and no line is to follow."""
    if document := re.search(r"<<(\w+)$", command, re.M):
        return command.endswith(f"\n{document[1]}")
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return not command.endswith("\\")


def run(
    examples: Sequence[Example], folder: Path, environ: Mapping[str, str]
) -> list[Outcome]:
    """Run commands in one shell, in their order, whatever becomes of each."""
    mark = f"printf '{END}%s{END}' $? | tee /dev/stderr"
    lines = ["set -o pipefail", CURL]
    lines += [f"{{\n{one.command}\n}} </dev/null\n{mark}" for one in examples]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=folder,
        env=environ,
        capture_output=True,
        timeout=300,
    )
    said, complained = _parts(done.stdout), _parts(done.stderr)
    return [
        Outcome(int(status), text, complaint)
        for (text, status), (complaint, _) in zip(said, complained, strict=True)
    ]


def _parts(output: bytes) -> list[tuple[str, str]]:
    """What stands before each mark, and the status in it."""
    parts = output.decode(errors="replace").split(END)[:-1]
    return list(zip(parts[::2], parts[1::2], strict=True))


def is_as_shown(said: str, shown: str) -> bool:
    """Whether an answer is the one shown, but for blanks and what `…` stands for."""
    parts = (re.escape("".join(part.split())) for part in shown.split("…"))
    return bool(re.fullmatch(".*?".join(parts), "".join(said.split()), re.DOTALL))
