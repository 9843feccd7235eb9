"""The contracts as the project's YAML has them, without any database."""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from catchment import catalog
from catchment.catalog import Catalog
from catchment.local import state
from catchment.local.state import write_private
from catchment.local.trouble import Trouble


class WrongProject(Trouble):
    """dbt cannot read the project; the message is what dbt said."""


def catalog_of(root: Path) -> Catalog:
    """The catalog that a build of the project would publish.

    dbt takes seconds to read a project, so what it found is kept for as long as
    nothing of the project changes.

    Raises:
        WrongProject: where dbt cannot read the project.
    """
    project = root / "warehouse"
    digest = _digest(project)
    kept = state.folder_of(root) / "contracts.json"
    if kept.exists():
        found = json.loads(kept.read_text())
        if found["digest"] == digest:
            return catalog.parse(found["document"])
    document = catalog.document_of(manifest(project))
    write_private(kept, json.dumps({"digest": digest, "document": document}))
    return catalog.parse(document)


def manifest(project: Path) -> Any:
    """dbt's own reading of the project; needs no database.

    Raises:
        WrongProject: where dbt cannot read the project.
    """
    with tempfile.TemporaryDirectory() as target:
        command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
        command += ["--quiet", "--no-use-colors", "parse", "--target-path", target]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True)
        if done.returncode:
            raise WrongProject(done.stdout + done.stderr)
        return json.loads((Path(target) / "manifest.json").read_text())


def _digest(project: Path) -> str:
    """Of all that dbt reads, and of the code that reads what it found."""
    files = (*project.rglob("*.yml"), *project.rglob("*.yaml"), *project.rglob("*.sql"))
    own = (path for path in files if "target" not in path.relative_to(project).parts)
    digest = hashlib.sha256(Path(catalog.__file__).read_bytes())
    for path in sorted(own):
        digest.update(f"{path.relative_to(project)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
