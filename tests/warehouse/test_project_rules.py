"""What keeps the dbt project clean: dbt-project-evaluator's rules, and ours.

https://dbt-labs.github.io/dbt-project-evaluator/latest/rules/
"""

import json
from collections import Counter
from typing import Any

import pytest

from tests.conftest import Platform

Node = dict[str, Any]
# A layer's materializations, each with the prefix of its models' names.
MATERIALIZED = {
    "staging": {"view": "stg_"},
    "intermediate": {"rollup": "rollup_", "view": "int_"},
    "marts": {"mart": "", "materialized_view": "", "view": ""},
}
# The domains that are held to these rules: a trial of somebody's is not.
DOMAINS = {
    *("childcare", "earthquakes", "education", "energy", "hr", "observations"),
    *("places", "platform"),
}
# What a reader needs to trust a model: no key is null, or none comes twice.
KEY_TESTS = {"unique", "not_null"}


@pytest.fixture(scope="module")
def manifest(built: Platform) -> Node:
    found: Node = json.loads((built.target / "manifest.json").read_text())
    return {**found, "sources": only_ours(found["sources"])}


def only_ours(nodes: Node) -> Node:
    return {id_: node for id_, node in nodes.items() if node["fqn"][2] in DOMAINS}


@pytest.fixture
def models(manifest: Node) -> list[Node]:
    nodes = {
        id_: node
        for id_, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    found = list(only_ours(nodes).values())
    assert {model["fqn"][2] for model in found} == DOMAINS
    return found


def layer(model: Node) -> str:
    return str(model["fqn"][1])


def parents(model: Node, kind: str) -> list[str]:
    found = [id_ for id_ in model["depends_on"]["nodes"] if id_.startswith(kind)]
    return [id_.rsplit(".", 1)[1] for id_ in found]


def attached_tests(manifest: Node, unique_id: str) -> set[str]:
    """The generic tests of a node, by name."""
    return {
        node["test_metadata"]["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["attached_node"] == unique_id
    }


def test_a_layer_is_a_folder_a_prefix_a_schema_and_a_materialization(
    models: list[Node],
) -> None:
    for model in models:
        at = layer(model)
        prefix = MATERIALIZED[at][model["config"]["materialized"]]
        assert model["name"].startswith(prefix), model["name"]
        if at == "marts":
            others = ("stg_", "rollup_", "int_")
            assert not model["name"].startswith(others), model["name"]
        assert model["schema"] == at, model["name"]
        assert len(model["fqn"]) == 4, f"{model['name']} needs the folder of a domain"


def test_arrows_point_down(models: list[Node]) -> None:
    """Sources, staging, intermediate, marts: a model stands on its own layer or
    the one above, and on seeds. Only staging knows sources, and nothing else."""
    layers = {model["name"]: layer(model) for model in models}
    above = {
        "staging": set[str](),
        "intermediate": {"staging", "intermediate"},
        "marts": {"staging", "intermediate", "marts"},
    }
    for model in models:
        sources, on = parents(model, "source"), parents(model, "model")
        assert bool(sources) == (layer(model) == "staging"), model["name"]
        assert {layers[name] for name in on} <= above[layer(model)], model["name"]
        assert sources or on or parents(model, "seed"), f"{model['name']} has no root"


def test_staging_is_one_view_for_each_source(
    manifest: Node, models: list[Node]
) -> None:
    staged = Counter(
        source
        for model in models
        if layer(model) == "staging"
        for source in parents(model, "source")
    )
    assert staged == Counter(node["name"] for node in manifest["sources"].values())
    for model in models:
        if layer(model) == "staging":
            assert parents(model, "model") == []
            assert model["name"] == f"stg_{parents(model, 'source')[0]}"


def test_no_relation_is_named_by_hand(models: list[Node]) -> None:
    for model in models:
        code = model["raw_code"].lower()
        for schema in ("raw.", "staging.", "intermediate.", "marts.", "seeds."):
            assert f"from {schema}" not in code, model["name"]
            assert f"join {schema}" not in code, model["name"]


def test_everything_is_described(manifest: Node, models: list[Node]) -> None:
    seeds = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    for node in (*models, *seeds, *manifest["sources"].values()):
        assert node["description"], node["name"]
        assert node["columns"], node["name"]
        for column in node["columns"].values():
            assert column["description"], f"{node['name']}.{column['name']}"


def test_every_model_is_tested(manifest: Node, models: list[Node]) -> None:
    with_unit_tests = {test["model"] for test in manifest["unit_tests"].values()}
    for model in models:
        names = attached_tests(manifest, model["unique_id"])
        assert "not_null" in names, model["name"]
        if layer(model) == "marts":
            assert names >= KEY_TESTS, model["name"]
        if {"geom", "centroid"} & set(model["columns"]):
            assert "geometry_is_valid" in names, model["name"]
        assert model["name"] in with_unit_tests, f"{model['name']} has no unit test"


def test_every_rollup_loses_and_doubles_nothing(
    manifest: Node, models: list[Node]
) -> None:
    """Those by cell; not every point lies in a state."""
    for model in models:
        if layer(model) == "intermediate" and model["name"].endswith("_by_cell"):
            names = attached_tests(manifest, model["unique_id"])
            assert "sums_to_rows_of" in names, model["name"]


def test_every_source_is_watched(manifest: Node) -> None:
    """But for the ledger, which is not fed by files."""
    for source in manifest["sources"].values():
        if source["schema"] == "ops":
            continue
        assert source["freshness"]["warn_after"]["count"], source["name"]
        assert source["loaded_at_query"], source["name"]
