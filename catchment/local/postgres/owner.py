"""The user that a private server runs as, and where that user keeps its data.

PostgreSQL refuses to run as root. Root's server therefore belongs to the user
`postgres` (or `nobody`), and lies under /var/lib/catchment where that user
cannot reach the state folder.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from catchment.local.postgres.server import Unavailable

ROOTS_HOME = Path("/var/lib/catchment")


def server_user() -> str | None:
    """The user that the server runs as, where it cannot be the present one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Unavailable("PostgreSQL refuses to run as root and there is no other user")


def home_of(state_dir: Path, user: str | None) -> Path:
    """The folder of the cluster, owned by the server's user."""
    state_dir = state_dir.resolve()
    if user is None or _reaches(user, state_dir):
        home = state_dir / "postgres"
    else:
        digest = hashlib.sha256(str(state_dir).encode()).hexdigest()[:12]
        ROOTS_HOME.mkdir(mode=0o755, exist_ok=True)
        home = ROOTS_HOME / digest
    home.mkdir(mode=0o700, exist_ok=True)
    give(home, user)
    return home


def _reaches(user: str, folder: Path) -> bool:
    command = ["test", "-x", str(folder)]
    return subprocess.run(command, **identity(user), cwd="/").returncode == 0


def give(path: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(path, user, pwd.getpwnam(user).pw_gid)


def identity(user: str | None) -> dict[str, Any]:
    """What makes subprocess run as another user; it drops all of root's groups."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
