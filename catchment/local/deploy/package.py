"""The two zips that go to AWS: what the Lambdas run, and what CodeBuild runs.

From the same commit, lock and certificates they are the same to the byte: pinned
wheels of the target's platform, files in order, no dates. What they hold is told in
terraform/README.md.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catchment.local import state
from catchment.local.deploy import wheels, zips
from catchment.local.deploy.zips import Package
from catchment.local.trouble import Trouble

ROOMS = ("api", "catchment", "loader")
# Of the rooms: what only a person's machine runs.
LEFT_OUT = ("catchment/local/", "catchment/cli.py", "catchment/yaml_lines.py")
PROJECT = (
    "alembic.ini",
    "catchment",
    "dbt_catchment.py",
    "migrations",
    "pyproject.toml",
    "warehouse",
)
CA_FILE = "rds-ca.pem"

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST = 250 * 2**20
LARGEST_ZIP = 50 * 2**20

# What tools leave beside the code, and nothing reads.
_BESIDE = {"__pycache__", "dbt_packages", "logs", "target"}
# What comes beside the code of wheels; RECORD names files that are left out.
_UNUSED = {"__pycache__", "bin", "tests"}
_OF_INSTALLERS = {".lock", "INSTALLER", "RECORD", "REQUESTED"}
# botocore describes every service of AWS, which is two thirds of the zip. These
# are asked; `sts` is where credentials may come from.
SERVICES = ("lambda", "rds", "s3", "secretsmanager", "sqs", "sts")
_DESCRIPTIONS = ("botocore", "data")


def build_lambda(root: Path, architecture: str, authorities: str, to: Path) -> Package:
    """Write the zip that all Lambdas run: rooms, dependencies, certificates.

    `authorities` is the text of `rds-ca.pem`.

    Raises:
        Trouble: where the wheels cannot be had, or Lambda would refuse the size;
            what stood at `to` is then as it was.
    """
    with _folder(root) as folder:
        wheels.install(root, architecture, folder)
        _strip(folder)
        for room in ROOMS:
            _copy(root, room, folder)
        for name in LEFT_OUT:
            _remove(folder / name)
        (folder / CA_FILE).write_text(authorities)
        draft = zips.write(folder, to.with_suffix(".new"))
    return _kept(draft, to)


def build_warehouse(
    root: Path, architecture: str, authorities: str, to: Path
) -> Package:
    """Write the zip that CodeBuild runs: project, wheels, certificates.

    Raises:
        Trouble: where the wheels cannot be had.
    """
    with _folder(root) as folder:
        for name in PROJECT:
            _copy(root, name, folder)
        pinned = wheels.download(root, architecture, folder / "wheels")
        (folder / "requirements.txt").write_text(pinned)
        (folder / CA_FILE).write_text(authorities)
        draft = zips.write(folder, to.with_suffix(".new"))
    return zips.moved(draft, to)


def _kept(draft: Package, to: Path) -> Package:
    """The package at its place, if Lambda takes it."""
    sizes = ((draft.unpacked, LARGEST, "unpacked"), (draft.size, LARGEST_ZIP, "zipped"))
    for size, largest, how in sizes:
        if size > largest:
            draft.path.unlink()
            raise Trouble(
                f"The Lambdas' package would be {size:,} bytes {how}, more than the "
                f"{largest:,} that Lambda takes: leave a dependency out."
            )
    return zips.moved(draft, to)


@contextmanager
def _folder(root: Path) -> Iterator[Path]:
    """A new folder of one's own; two builds at one time do not meet."""
    parent = state.folder_of(root)
    with tempfile.TemporaryDirectory(dir=parent, prefix="package-") as name:
        yield Path(name)


def _copy(root: Path, name: str, folder: Path) -> None:
    """Copy a file or folder of the project, without what tools leave there."""
    if (root / name).is_file():
        shutil.copyfile(root / name, folder / name)
        return
    shutil.copytree(
        root / name,
        folder / name,
        ignore=lambda _, names: [n for n in names if n in _BESIDE or n[0] == "."],
        copy_function=shutil.copyfile,
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _strip(folder: Path) -> None:
    """Take out of installed wheels what a Lambda never reads."""
    for path in [*folder.rglob("*")]:
        if path.is_dir() and path.name in _UNUSED:
            shutil.rmtree(path)
        elif path.is_file() and path.name in _OF_INSTALLERS:
            path.unlink()
    for path in folder.joinpath(*_DESCRIPTIONS).glob("*/"):
        if path.name not in SERVICES:
            shutil.rmtree(path)
