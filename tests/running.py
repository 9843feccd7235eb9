"""A project whose system runs, as `make up` starts it, and holds the examples."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from catchment.local import loading, services, system
from catchment.roles import ROLES, password_word
from tests.conftest import ROOT, Platform, copy_of, drop_database

# Of the project; its settings, logs and services are its own.
PARTS = (
    *("pyproject.toml", "alembic.ini", "migrations", "warehouse"),
    *("examples", "clients"),
)


@dataclass(frozen=True)
class Running:
    """A running system.

    Attributes:
        words: what its `.env` says.
        admin: the URL of its database for the administrator.
    """

    root: Path
    words: dict[str, str]
    admin: str

    @property
    def url(self) -> str:
        return self.words["CATCHMENT_API_URL"]


@contextmanager
def running(server_url: str, built: Platform, root: Path) -> Iterator[Running]:
    root.mkdir()
    for name in PARTS:
        (root / name).symlink_to(ROOT / name)
    platform = copy_of(server_url, built)
    with pytest.MonkeyPatch.context() as patch:
        for word in services.ACCESS_WORDS:
            patch.delenv(word, raising=False)
        for role in ROLES:
            patch.setenv(password_word(role), platform.password)
        patch.setenv("DATABASE_URL", platform.admin)
        try:
            words = dict(system.up(root, build=False).words)
            loading.load([root / "examples"], words, Console(file=StringIO()))
            yield Running(root, words, platform.admin)
        finally:
            system.down(root)
            drop_database(server_url, platform.admin)
