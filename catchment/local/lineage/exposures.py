"""dbt's own docs with what stands before its sources and behind its models.

Exposures are made of `meta.api` each time, as no file of the project names them: a
new endpoint is a model's YAML and nothing else. The shape is dbt's manifest, v12
(https://schemas.getdbt.com/dbt/manifest/v12.json).
"""

import copy
from collections.abc import Mapping
from typing import Any

from catchment.catalog import Catalog, Model
from catchment.contract import Feed
from catchment.local.lineage.endpoints import path_of

# dbt wants an owner with a name or a mail address.
_OWNER = {"name": "api", "email": None}


def added(manifest: Mapping[str, Any], catalog: Catalog) -> dict[str, Any]:
    """The manifest with an exposure for each endpoint, and the files of each feed."""
    made = copy.deepcopy(dict(manifest))
    package = made["metadata"]["project_name"]
    for model in catalog.models.values():
        if model.api:
            _add_exposure(made, model, package)
    for source in made["sources"].values():
        if feed := catalog.feeds.get(source["name"]):
            files = f"{source['description'].strip()}\n\n{_files(feed)}"
            source["description"] = files
    return made


def _add_exposure(manifest: dict[str, Any], model: Model, package: str) -> None:
    assert model.api
    node = manifest["nodes"][model.unique_id]
    unique_id = f"exposure.{package}.api_{model.name}"
    path = node["original_file_path"]
    manifest["exposures"][unique_id] = {
        "name": f"api_{model.name}",
        "label": path_of(model),
        "resource_type": "exposure",
        "package_name": package,
        "path": node["path"],
        "original_file_path": path,
        "unique_id": unique_id,
        "fqn": [package, "api", f"api_{model.name}"],
        "type": "application",
        "owner": _OWNER,
        "description": f"{model.api.title}: `GET {path_of(model)}`",
        "depends_on": {"macros": [], "nodes": [model.unique_id]},
        "refs": [{"name": model.name, "package": None, "version": None}],
    }
    manifest["parent_map"][unique_id] = [model.unique_id]
    manifest["child_map"][unique_id] = []
    manifest["child_map"].setdefault(model.unique_id, []).append(unique_id)


def _files(feed: Feed) -> str:
    patterns = ", ".join(f"`{pattern}`" for pattern in feed.files)
    return f"Files: {patterns}, as {', '.join(feed.formats)}."
