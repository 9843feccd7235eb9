"""docs/add-a-feed.md, followed to the letter: a newcomer's third feed."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import container
from api.handler import handler
from benchmarks.one_load import LocalFile
from catchment.database import Database
from catchment.local import gateway
from catchment.local.uploads import uploads_of
from catchment.settings import Settings
from loader.events import ObjectVersion
from loader.load import Loader
from loader.refresh import refresh
from tests.conftest import BIN, ROOT, Platform, run
from tests.docs.pages import blocks

PAGE = ROOT / "docs" / "add-a-feed.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone of the project, as it is in the work tree, to change at will."""
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        text=True,
    )
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            target = tmp_path / "clone" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return tmp_path / "clone"


def file_named_in(text: str, suffix: str) -> str:
    """The first path in backticks that ends like this."""
    match = re.search(rf"`([\w/.-]+{re.escape(suffix)})`", text)
    assert match, f"the page names no {suffix} file"
    return match[1]


@pytest.fixture
def followed(project: Path, platform: Platform) -> Iterator[Path]:
    """The page's files in their places; its migration made and applied; built."""
    page = PAGE.read_text()
    wanted = {
        file_named_in(page, ".yml"): blocks(PAGE, "yaml")[0],
        file_named_in(page, "/2026-05.csv"): blocks(PAGE, "csv")[0],
    }
    for name, text in wanted.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    alembic = str(BIN / "alembic")
    for words in (
        [alembic, "revision", "--autogenerate", "-m", "bicycles"],
        [alembic, "upgrade", "head"],
        [alembic, "check"],
    ):
        done = run(platform, words, project)
        assert done.returncode == 0, done.stdout + done.stderr
    model = next(
        name
        for name in re.findall(r"`(warehouse/[\w/]+\.sql)`", page)
        if "bicycles" in name
    )
    (project / model).write_text(blocks(PAGE, "sql")[0])
    done = platform.dbt("build", project=project / "warehouse")
    assert done.returncode == 0, done.stdout
    return project


def test_a_feed_made_by_the_page_loads_and_is_served(
    followed: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = re.search(r"^catchment load (\S+)$", PAGE.read_text(), re.MULTILINE)
    assert said
    (upload,) = uploads_of(followed / said[1])
    database = Database(platform.loader)
    loader = Loader(
        db=database.connection(),
        storage=LocalFile(upload.path),
        catalog=database.catalog(),
        settings=Settings(platform.loader),
    )
    outcome = loader.load(ObjectVersion("b", upload.key, "1"))
    refresh(database)

    assert (outcome.status, outcome.counts.loaded, outcome.counts.rejected) == (
        "loaded",
        3,
        1,
    )
    assert reject_of(database, outcome.load_id) in PAGE.read_text()
    by_counter, by_day = (
        answer(question, platform, monkeypatch) for question in questions()
    )
    assert {row["counter"]: row["bicycles"] for row in by_counter} == {
        "Harbour": 392,
        "Station": 431,
    }
    assert [(row["day"], row["bicycles"]) for row in by_day] == [("2026-05-01", 643)]


def reject_of(database: Database, load_id: int | None) -> str:
    row = database.connection().execute(
        "select message from ops.reject where load_id = %s", [load_id]
    )
    return str((row.fetchone() or [None])[0])


def questions() -> list[str]:
    """What the page's curl lines ask for."""
    text = "".join(blocks(PAGE, "sh"))
    return re.findall(r'curl "\$CATCHMENT_API_URL([^"]+)"', text)


def answer(
    question: str, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> list[dict]:
    monkeypatch.setitem(os.environ, "DATABASE_URL", platform.api)
    container.database.cache_clear()
    event = gateway.event_of("GET", question, [("Host", "here")], b"", "127.0.0.1")
    return json.loads(handler(event, None)["body"])["data"]
