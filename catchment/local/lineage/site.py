"""The lineage site: a page of ours and dbt's own docs, each one file.

One file each, so that a link to an object of a private bucket shows it whole.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from catchment.local import dbt_command, services, state, warehouse
from catchment.local.lineage import database, exposures, graph
from catchment.local.lineage.graph import Project
from catchment.local.lineage.shapes import Node, NodeColumn
from catchment.local.process import tail
from catchment.local.trouble import Trouble
from catchment.local.voice import SILENT, Voice

# What dbt's page has its reader ask for in vain.
_MENDED = {
    ' xlink:href="{{ getIcon(': ' ng-attr-href="{{ getIcon(',
    "${require('./assets/favicons/favicon.ico')}": "data:,",
}
_PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True)
class Site:
    """What was written: the folder, and how much is in it."""

    folder: Path
    nodes: tuple[Node, ...]

    @property
    def columns(self) -> int:
        return sum(len(node.columns) - 1 for node in self.nodes)  # without its rows


def build(
    root: Path, words: Mapping[str, str], folder: Path, voice: Voice = SILENT
) -> Site:
    """Write the site of the project as it stands in the database.

    Args:
        words: where the warehouse is, in the words of `.env`.

    Raises:
        Trouble: where dbt cannot run, or a model is not in the database.
    """
    if not words.get("WAREHOUSE_HOST"):
        raise Trouble("WAREHOUSE_HOST is not set: run `catchment up` first.")
    target = _dbt_docs(root, words, voice)
    voice.tick("Lineage of columns")
    manifest = manifest_of(target)
    project = Project.of(manifest)
    try:
        with warehouse.connect(words) as connection:
            relations = database.read(connection, project.relations())
    except psycopg.OperationalError as error:
        raise Trouble("The database does not answer: run `catchment up`.") from error
    nodes = graph.nodes(project, relations)
    (folder / "dbt").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page(nodes, manifest["metadata"]))
    shown = exposures.added(manifest, project.catalog)
    docs = dbt_page(
        (target / "index.html").read_text(), shown, _read(target / "catalog.json")
    )
    (folder / "dbt" / "index.html").write_text(docs)
    return Site(folder, nodes)


def _dbt_docs(root: Path, words: Mapping[str, str], voice: Voice) -> Path:
    """Run `dbt docs generate`; the folder that it wrote to."""
    state.folder_of(root)
    log = services.log_of(root, "dbt-docs")
    if dbt_command.run(root, ("docs", "generate"), words, log, voice):
        raise Trouble(f"dbt docs generate failed (log: {log}):\n{tail(log, 25)}")
    return root / "warehouse" / (words.get("DBT_TARGET_PATH") or "target")


def manifest_of(target: Path) -> Any:
    """The manifest that dbt left in its target folder."""
    return _read(target / "manifest.json")


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def dbt_page(page: str, manifest: Mapping[str, Any], catalog: Any) -> str:
    """dbt's page with its data inside, as `dbt docs generate --static` makes it.

    A browser asks for its icons before Angular has filled in their addresses; `ng-attr`
    has it wait. The address of the favicon is never filled in.
    """
    for wrong, right in _MENDED.items():
        page = page.replace(wrong, right)
    for mark, document in (("MANIFEST", manifest), ("CATALOG", catalog)):
        text = f'"{mark}.JSON INLINE DATA"'
        if text not in page:
            raise Trouble(f"dbt's page has no place {text}: this dbt is another one.")
        page = page.replace(text, _within_script(document))
    return page


def page(nodes: Iterable[Node], metadata: Mapping[str, Any]) -> str:
    """Our page with its style, its script and the lineage inside.

    Its policy lets in nothing but these, by their hashes.
    """
    document = {
        "project": metadata["project_name"],
        "made_at": metadata["generated_at"],
        "nodes": [_node(node) for node in nodes],
    }
    style, script = (_PAGE / f"lineage.{kind}" for kind in ("css", "js"))
    parts = {
        "style": f"\n{style.read_text()}",
        "script": f"\n{script.read_text()}",
        "lineage": _within_script(document),
    }
    made = (_PAGE / "index.html").read_text()
    for name in ("style", "script"):
        made = made.replace(f"{{{name}-hash}}", _hash(parts[name]))
    for name, text in parts.items():
        made = made.replace(f"{{{name}}}", text)
    return made


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _within_script(document: Any) -> str:
    """JSON that cannot end the element that it stands in."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "lane": node.lane,
        "description": node.description,
        "words": node.words,
        "columns": [_column(column) for column in node.columns],
    }


def _column(column: NodeColumn) -> dict[str, Any]:
    """A column, without what it has not."""
    told = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
        "from": [(one.relation, one.column) for one in column.origins],
        "steps": [(step.place, step.sql) for step in column.steps],
        "words": column.words,
    }
    return {word: value for word, value in told.items() if value}
