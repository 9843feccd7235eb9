"""The wheels of the lock, for the machine in AWS that they will run on."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from catchment.local.trouble import Trouble

PYTHON = "3.13"
# As Python names the processors that Lambda's names stand for.
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# The C library of Lambda and CodeBuild (Amazon Linux 2023) is newer than these ask.
# Each is named: pip takes a wheel of manylinux_2_24 for that alone (PEP 600).
_LIBRARIES = (*(f"manylinux_2_{n}" for n in range(28, 16, -1)), "manylinux2014")
# uv does not download wheels as they are. Another version may choose otherwise.
_PIP = "pip@25.3"
_ONLY_WHEELS = ("--only-binary", ":all:", "--require-hashes", "--no-deps")


def install(root: Path, architecture: str, folder: Path) -> None:
    """Unpack what the Lambdas need into a folder.

    Raises:
        Trouble: where uv is missing, or a wheel cannot be had.
    """
    _uv(
        root,
        *("pip", "install", "--quiet", "--no-compile-bytecode", *_ONLY_WHEELS),
        *("--python-platform", f"{MACHINES[architecture]}-{_LIBRARIES[0]}"),
        *("--python-version", PYTHON, "--target", str(folder), "-r", "-"),
        said=_pinned(root, architecture),
    )


def download(root: Path, architecture: str, folder: Path) -> str:
    """Put the wheels of migrations, models and the command into a folder.

    Returns:
        the text of a requirements.txt that names exactly these, with hashes.

    Raises:
        Trouble: where uv is missing, or a wheel cannot be had.
    """
    # The S3 stand-in is for a person's machine.
    pinned = _pinned(root, architecture, "--extra", "local", "--prune", "moto")
    machine = MACHINES[architecture]
    platforms = [f"--platform={library}_{machine}" for library in _LIBRARIES]
    abi = f"cp{PYTHON.replace('.', '')}"
    _uv(
        root,
        *("tool", "run", "--quiet", _PIP, "download", "--quiet", *_ONLY_WHEELS),
        *(*platforms, "--implementation", "cp", "--python-version", PYTHON),
        *("--abi", abi, "--abi", "abi3", "--abi", "none"),
        *("--dest", str(folder), "-r", "/dev/stdin"),
        said=pinned,
    )
    return pinned


def _pinned(root: Path, architecture: str, *words: str) -> str:
    """The lock's versions and hashes, of what is for the target alone."""
    exported = _uv(
        root,
        *("export", "--locked", "--no-dev", "--no-emit-project", "--quiet"),
        *("--no-annotate", "--no-header", *words),
    )
    return "".join(_for_target(exported, MACHINES[architecture]))


def _for_target(exported: str, machine: str) -> Iterator[str]:
    """The requirements whose marker fits the target, without the marker."""
    from packaging.requirements import Requirement

    target = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{PYTHON}.0",
        "python_version": PYTHON,
        "sys_platform": "linux",
    }
    for block in re.findall(r"^\S.*\n(?:[ ]+.*\n)*", exported, re.MULTILINE):
        words, _, hashes = block.partition(" \\\n")
        wanted = Requirement(words)
        if wanted.marker is None or wanted.marker.evaluate(target):
            yield f"{wanted.name}{wanted.specifier} \\\n{hashes}"


def _uv(root: Path, *words: str, said: str = "") -> str:
    """What uv prints; `said` is what it reads."""
    command = [os.environ.get("UV") or shutil.which("uv") or "uv", *words]
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, input=said
        )
    except FileNotFoundError as error:
        raise Trouble("There is no uv: run this as `make package`.") from error
    if done.returncode:
        reason = "\n".join(done.stderr.strip().splitlines()[-10:])
        raise Trouble(f"uv {words[0]} failed:\n{reason}")
    return done.stdout
