"""The lineage of a project: files, relations and endpoints, column by column."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catchment import catalog
from catchment.catalog import Catalog
from catchment.contract import Column, Feed
from catchment.local.lineage import endpoints, views
from catchment.local.lineage.database import Relations
from catchment.local.lineage.shapes import Node, NodeColumn
from catchment.local.lineage.views import ROWS, Origin
from catchment.local.trouble import Trouble

# What a raw table holds beside the columns of its contract.
_BY_THE_LOADER = {
    "_load_id": "The load that the row came with.",
    "_row_number": "The number of the row in its file.",
}
_NAME_OF_FILE = "name of the file"


@dataclass(frozen=True)
class Project:
    """A dbt project: its manifest as a document, and the catalog made of it."""

    manifest: Mapping[str, Any]
    catalog: Catalog

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> "Project":
        return cls(manifest, catalog.parse(catalog.document_of(manifest)))

    def relations(self) -> dict[str, Mapping[str, Any]]:
        """Every source, seed, snapshot and model by `schema.table`."""
        kinds = ("model", "seed", "snapshot")
        nodes = [
            n
            for n in self.manifest["nodes"].values()
            if n["resource_type"] in kinds
            and n["config"].get("materialized") != "ephemeral"
        ]
        return {_relation(n): n for n in (*self.manifest["sources"].values(), *nodes)}


def nodes(project: Project, relations: Relations) -> tuple[Node, ...]:
    """All of the lineage, in the order in which rows pass: files, ..., endpoints.

    Raises:
        Trouble: where a model is not in the database, or its query is not understood.
    """
    found = [_files(feed) for feed in project.catalog.feeds.values()]
    for relation, node in project.relations().items():
        if relation not in relations.columns:
            raise Trouble(
                f"{relation} is not in the database: run `catchment up --build`."
            )
        found.append(_node(project, relation, node, relations))
    found += endpoints.nodes(project.catalog)
    return tuple(found)


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('identifier') or node.get('alias')}"


def _files(feed: Feed) -> Node:
    columns: dict[str, NodeColumn] = {}
    for column in feed.columns:
        for name in _fields(column):
            columns.setdefault(name, NodeColumn(name))
    return Node(
        id=f"files.{feed.name}",
        name=feed.name,
        kind="file",
        lane="files",
        description=feed.description,
        words=(("files", " ".join(feed.files)), ("format", " ".join(feed.formats))),
        columns=(NodeColumn(ROWS), *columns.values()),
    )


def _fields(column: Column) -> tuple[str, ...]:
    """The fields of a record that a column is read from."""
    if column.from_key:
        return (_NAME_OF_FILE,)
    geometry = column.geometry
    if geometry and (geometry.x or geometry.source):
        return tuple(n for n in (geometry.x, geometry.y, geometry.source) if n)
    return (" / ".join(column.header) or column.name,)


def _node(
    project: Project, relation: str, node: Mapping[str, Any], relations: Relations
) -> Node:
    kind = node["resource_type"]
    if kind == "source":
        columns = tuple(_source_columns(project, relation, node, relations))
    elif relation in relations.views:
        columns = tuple(_model_columns(relation, node, relations))
    else:
        columns = tuple(_plain_columns(relation, node, relations))
    return Node(
        id=relation,
        name=node["name"],
        kind=node["config"].get("materialized") or kind,
        lane="raw" if kind in ("source", "seed") else node["fqn"][1],
        description=(node.get("description") or "").strip(),
        words=tuple(_words((node["config"].get("meta") or {}).get("feed") or {})),
        columns=columns,
    )


def _plain_columns(
    relation: str, node: Mapping[str, Any], relations: Relations
) -> Iterator[NodeColumn]:
    """The columns of what comes from nothing here: a seed's."""
    yield NodeColumn(ROWS)
    for name, type_ in relations.columns[relation].items():
        yield NodeColumn(name, type_, _described(node, name))


def _source_columns(
    project: Project, relation: str, node: Mapping[str, Any], relations: Relations
) -> Iterator[NodeColumn]:
    feed = project.catalog.feeds.get(node["name"])
    if feed is None:
        yield from _plain_columns(relation, node, relations)
        return
    file, contract = f"files.{feed.name}", {one.name: one for one in feed.columns}
    yield NodeColumn(ROWS, origins=(Origin(file, ROWS),))
    for name, type_ in relations.columns[relation].items():
        if name in contract:
            meta = node["columns"][name]["config"].get("meta") or {}
            yield NodeColumn(
                name,
                type_,
                contract[name].description,
                origins=tuple(Origin(file, one) for one in _fields(contract[name])),
                words=tuple(_words(meta)),
            )
        else:
            yield NodeColumn(name, type_, _BY_THE_LOADER.get(name, ""))


def _model_columns(
    relation: str, node: Mapping[str, Any], relations: Relations
) -> Iterator[NodeColumn]:
    written = node.get("compiled_code") or ""
    try:
        found = views.derivations(relations.views[relation], relations.columns, written)
    except views.Unresolved as error:
        raise Trouble(f"The query of {relation} is not understood: {error}") from error
    types = {**relations.columns[relation], ROWS: ""}
    for name in (ROWS, *relations.columns[relation]):
        made = found[name]
        yield NodeColumn(
            name,
            types[name],
            _described(node, name),
            origins=tuple(sorted(made.origins)),
            steps=made.steps,
        )


def _described(node: Mapping[str, Any], column: str) -> str:
    known = node["columns"].get(column) or {}
    return (known.get("description") or "").strip()


def _words(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The words of a contract, as they stand in its YAML."""
    for word, value in meta.items():
        yield word, " ".join(_texts(value))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, Mapping):
        return (f"{word}: {' '.join(_texts(one))}" for word, one in value.items())
    return map(str, value) if isinstance(value, list) else (str(value),)
