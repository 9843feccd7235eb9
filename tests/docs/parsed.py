"""What can be said of a command without running it: that it is one, with such options.

For commands that need AWS, or would take away somebody's data. Each program has a way
of its own; a program without one is an error, so that no line of a page goes unread.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import click
from botocore import xform_name
from click.testing import CliRunner

from catchment.cli import main
from tests.conftest import ROOT

# What a page says in place of a value that its reader has.
PLACEHOLDERS = {"LOAD": "1", "FILE": "README.md"}
# Words of every `aws` command.
_GLOBAL = {"query", "output", "region", "profile", "cli-input-json"}
# Commands that AWS's command line makes of several operations, with their options.
_AWS_OWN: Mapping[tuple[str, str], set[str]] = {
    ("s3", "cp"): {"recursive"},
    ("s3", "ls"): {"recursive"},
    ("s3", "presign"): {"expires-in"},
    ("logs", "tail"): {"since", "follow"},
}
_SUBSTITUTION = re.compile(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


class NotParsed(AssertionError):
    """A line of a page is no command that its program takes."""


def check(command: str) -> None:
    """Look at each simple command of a line.

    Raises:
        NotParsed: saying what the program does not know.
    """
    done = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True)
    if done.returncode:
        raise NotParsed(done.stderr)
    for words in simple_commands(command):
        program, *rest = words
        if program not in _PROGRAMS:
            raise NotParsed(f"nobody looks at {program}: {command}")
        _PROGRAMS[program](rest)


def simple_commands(command: str) -> Iterator[list[str]]:
    """The commands in a line of shell, those in `$(…)` too, without assignments."""
    for inner in _SUBSTITUTION.findall(command):
        yield from simple_commands(inner)
    outer = _SUBSTITUTION.sub("SUBSTITUTED", command.partition("<<")[0])
    outer = re.sub(r" >>? \S+", "", outer)
    lexer = shlex.shlex(outer, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set("|&;"):
            if words:
                yield words
            words = []
        elif words or not re.match(r"\w+=", word):
            words.append(PLACEHOLDERS.get(word, word))


def _make(words: list[str]) -> None:
    done = subprocess.run(
        ["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    if done.returncode:
        raise NotParsed(done.stderr)


def _catchment(words: list[str]) -> None:
    """The options and arguments of a command, as click reads them."""
    command: click.Command = main
    while isinstance(command, click.Group):
        name, *words = words
        if name not in command.commands:
            raise NotParsed(f"catchment has no {name}")
        command = command.commands[name]
    with CliRunner().isolated_filesystem():
        # What a command wants to be there is there.
        for word in words:
            if not word.startswith(("-", "/", "s3:")):
                Path(word).mkdir(parents=True, exist_ok=True)
        try:
            command.make_context(str(command.name), list(words)).close()
        except click.ClickException as error:
            raise NotParsed(f"{command.name}: {error.message}") from None


@cache
def _operations(service: str) -> Mapping[str, Any]:
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        raise NotParsed(f"AWS has no {service}")
    model = session.get_service_model(service)
    return {
        xform_name(name, "-"): model.operation_model(name)
        for name in model.operation_names
    }


def _aws(words: list[str]) -> None:
    """A service, its operation, and the members of its input as options."""
    service, name, *rest = words
    given = {w.removeprefix("--").partition("=")[0] for w in rest if w[:2] == "--"}
    known = _AWS_OWN.get((service, name))
    if known is None:
        operation = _operations({"s3api": "s3"}.get(service, service)).get(name)
        if operation is None:
            raise NotParsed(f"aws {service} has no {name}")
        members = operation.input_shape.members if operation.input_shape else {}
        known = {xform_name(member, "-") for member in members}
        # A flag has a word for no.
        known |= {f"no-{member}" for member in known}
    if unknown := given - known - _GLOBAL:
        raise NotParsed(f"aws {service} {name} has no {sorted(unknown)}")


def _terraform(words: list[str]) -> None:
    outputs = (ROOT / "terraform" / "outputs.tf").read_text()
    names = [word for word in words if not word.startswith("-")]
    if names[0] != "output" or len(names) != 2:
        raise NotParsed(f"terraform {' '.join(words)}")
    if f'output "{names[1]}"' not in outputs:
        raise NotParsed(f"terraform has no output {names[1]}")


def _python(words: list[str]) -> None:
    """A script or a module of the project's."""
    name = words[1].replace(".", "/") if words[0] == "-m" else words[0]
    if not any((ROOT / f"{name}{end}").exists() for end in ("", ".py")):
        raise NotParsed(f"there is no {name} for python")


def _shell(words: list[str]) -> None:
    """A program of the system's, whose syntax the shell has looked at."""


_PROGRAMS: Mapping[str, Callable[[list[str]], None]] = {
    "make": _make,
    "catchment": _catchment,
    "aws": _aws,
    "terraform": _terraform,
    "python": _python,
    # Clients of the API, which pages that are run call.
    **dict.fromkeys(("curl", "duckdb", "jq", "ogr2ogr", "ogrinfo", "psql"), _shell),
    **dict.fromkeys(
        (".", "cat", "cd", "cp", "cut", "echo", "export", "git", "grep", "head"),
        _shell,
    ),
    **dict.fromkeys(("mkdir", "openssl", "sed", "set", "tr"), _shell),
}
