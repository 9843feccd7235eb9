"""The packages that go to AWS: the same to the byte, whole, and not too large."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catchment import cli
from catchment.local.deploy import authorities, package, wheels, zips
from catchment.local.trouble import Trouble
from tests.conftest import ROOT

# The machine in the head of an ELF file.
AARCH64 = b"\xb7\x00"
README = (ROOT / "terraform" / "README.md").read_text()
# One of the authorities that come with botocore, as made-up bundle.
BUNDLE = "some words\n" + authorities._roots()[0] + "\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with every room, and with what tools leave in them."""
    root = tmp_path / "tree"
    for name in (
        "alembic.ini",
        "api/handler.py",
        "api/html/templates/base.html",
        "catchment/cli.py",
        "catchment/contract.py",
        "catchment/local/state.py",
        "catchment/yaml_lines.py",
        "dbt_catchment.py",
        "loader/handler.py",
        "loader/__pycache__/handler.pyc",
        "migrations/env.py",
        "pyproject.toml",
        "warehouse/.user.yml",
        "warehouse/logs/dbt.log",
        "warehouse/models/a.sql",
        "warehouse/target/manifest.json",
        ".env",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is this: one library, botocore, and what comes beside them."""

    def install(root: Path, architecture: str, folder: Path) -> None:
        for name in (
            "botocore/client.py",
            "botocore/data/endpoints.json",
            "botocore/data/ec2/service-2.json.gz",
            "botocore/data/s3/service-2.json.gz",
            "lib/__init__.py",
            "lib/_fast.cpython-313-x86_64-linux-gnu.so",
            "lib/tests/test_lib.py",
            "lib-1.dist-info/METADATA",
            "lib-1.dist-info/RECORD",
            "bin/lib",
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)

    def download(root: Path, architecture: str, folder: Path) -> str:
        folder.mkdir()
        (folder / "lib-1-py3-none-any.whl").write_text(architecture)
        return "lib==1\n"

    monkeypatch.setattr(wheels, "install", install)
    monkeypatch.setattr(wheels, "download", download)


def names(built: zips.Package) -> list[str]:
    with zipfile.ZipFile(built.path) as opened:
        return opened.namelist()


def held(row: str) -> set[str]:
    """What terraform/README.md says that a package holds at its top."""
    (line,) = re.findall(rf"^\| `dist/{row}` \| (.*) \|$", README, re.MULTILINE)
    return {name.rstrip("/") for name in re.findall(r"`([\w.-]+/?)`", line)} - {
        "runtime",
        "architecture",
    }


def test_the_lambdas_have_their_rooms_and_dependencies_and_no_more(
    tree: Path, installed: None, tmp_path: Path
) -> None:
    built = package.build_lambda(tree, "arm64", BUNDLE, tmp_path / "lambda.zip")

    assert names(built) == [
        "api/handler.py",
        "api/html/templates/base.html",
        "botocore/client.py",
        "botocore/data/endpoints.json",
        "botocore/data/s3/service-2.json.gz",
        "catchment/contract.py",
        "lib-1.dist-info/METADATA",
        "lib/__init__.py",
        "lib/_fast.cpython-313-x86_64-linux-gnu.so",
        "loader/handler.py",
        "rds-ca.pem",
    ]
    assert held("lambda.zip") <= {name.split("/")[0] for name in names(built)}
    assert built.files == len(names(built))
    assert built.size == built.path.stat().st_size


def test_a_build_has_the_project_and_its_wheels_and_no_more(
    tree: Path, installed: None, tmp_path: Path
) -> None:
    built = package.build_warehouse(tree, "arm64", BUNDLE, tmp_path / "w.zip")

    assert held("warehouse.zip") == {name.split("/")[0] for name in names(built)}
    assert [name for name in names(built) if name.startswith(("ware", "whe"))] == [
        "warehouse/models/a.sql",
        "wheels/lib-1-py3-none-any.whl",
    ]


def test_every_client_of_the_lambdas_has_its_description() -> None:
    asked = set()
    for room in package.ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if not path.relative_to(ROOT).as_posix().startswith(package.LEFT_OUT):
                call = r"\b(?:create_)?client\(\s*\"([\w-]+)\""
                asked |= set(re.findall(call, path.read_text()))

    assert "s3" in asked
    assert asked <= set(package.SERVICES)


@pytest.mark.parametrize("limit", ["LARGEST", "LARGEST_ZIP"])
def test_what_lambda_would_refuse_is_not_left_to_be_deployed(
    tree: Path,
    installed: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:
    before = tmp_path / "lambda.zip"
    before.write_text("the one before")
    monkeypatch.setattr(package, limit, 100)

    with pytest.raises(Trouble, match="more than the 100 that Lambda takes"):
        package.build_lambda(tree, "arm64", BUNDLE, before)

    assert before.read_text() == "the one before"
    assert [path.name for path in tmp_path.glob("*.new")] == []


def test_folders_dates_rights_and_umask_do_not_matter(
    tree: Path, installed: None, tmp_path: Path
) -> None:
    first = package.build_lambda(tree, "arm64", BUNDLE, tmp_path / "1.zip")
    other = tmp_path / "other place"
    shutil.copytree(tree, other, copy_function=shutil.copyfile)
    (other / "api" / "handler.py").chmod(0o700)
    os.utime(other / "api" / "handler.py", (0, 10**9))
    before = os.umask(0o077)
    try:
        second = package.build_lambda(other, "arm64", BUNDLE, tmp_path / "2.zip")
    finally:
        os.umask(before)

    assert first.path.read_bytes() == second.path.read_bytes()
    with zipfile.ZipFile(second.path) as opened:
        entries = opened.infolist()
    rights = {entry.filename: entry.external_attr >> 16 for entry in entries}
    assert {entry.date_time[0] for entry in entries} == {1980}
    assert rights["api/handler.py"] == 0o644
    assert rights["lib/_fast.cpython-313-x86_64-linux-gnu.so"] == 0o755


def test_only_requirements_of_the_target_are_taken() -> None:
    exported = """\
ones==1.0 ; python_full_version < '3.13' \\
    --hash=sha256:aa
ones==2.0 ; python_full_version >= '3.13' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
colors==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:dd
chips==4.0 ; platform_machine == 'aarch64' \\
    --hash=sha256:ee
all==5.0 \\
    --hash=sha256:ff
"""
    assert "".join(wheels._for_target(exported, "x86_64")) == (
        "ones==2.0 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
        "all==5.0 \\\n    --hash=sha256:ff\n"
    )
    assert "chips==4.0" in "".join(wheels._for_target(exported, "aarch64"))


def test_without_uv_a_sentence_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV", str(tmp_path / "no-uv"))

    with pytest.raises(Trouble, match="run this as `make package`"):
        wheels.install(ROOT, "arm64", tmp_path)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.main, ["package", *words])


def test_the_command_prints_sizes(
    tree: Path, installed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ca.pem").write_text(BUNDLE)
    monkeypatch.chdir(tree)
    monkeypatch.setenv("RDS_CA", str(tmp_path / "ca.pem"))

    done = run("--arch", "x86_64")

    assert done.exit_code == 0, done.output
    assert re.search(
        r"lambda\.zip: [\d.]+ MB.*unpacked \(of 250 allowed\)", done.output
    )
    assert re.search(r"warehouse\.zip: [\d.]+ MB", done.output)
    assert {path.name for path in (tree / "dist").iterdir()} == {
        "lambda.zip",
        "warehouse.zip",
    }


def test_a_file_that_is_absent_is_told(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)

    done = run("--ca", "none.pem")

    assert done.exit_code == 1
    assert "none.pem cannot be read: No such file" in done.output


def test_make_package_names_the_processor() -> None:
    words = ["make", "-n", "package", "ARCH=x86_64"]
    said = subprocess.check_output(words, cwd=ROOT, text=True)

    assert "catchment package --arch x86_64" in said


def test_the_locks_own_wheels_make_the_same_package_anywhere(tmp_path: Path) -> None:
    """From the index, in two processes, with another umask."""
    built = [tmp_path / "one" / "lambda.zip", tmp_path / "two" / "lambda.zip"]
    script = (
        "import os, sys; from pathlib import Path\n"
        "from catchment.local.deploy import package\n"
        "os.umask(int(sys.argv[1], 8))\n"
        "package.build_lambda(Path(sys.argv[2]), 'arm64', '', Path(sys.argv[3]))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, umask, str(ROOT), str(to)])
        for umask, to in zip(("022", "077"), built, strict=True)
    ]
    assert [process.wait() for process in running] == [0, 0]

    assert built[0].read_bytes() == built[1].read_bytes()
    with zipfile.ZipFile(built[0]) as opened:
        heads = [opened.read(n)[:20] for n in opened.namelist() if ".so" in n]
    assert len(heads) > 5
    assert {head[18:] for head in heads if head.startswith(b"\x7fELF")} == {AARCH64}
