"""What `dbt build` and `dbt run` publish into ops.catalog, and when."""

import json
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catchment import catalog
from tests.conftest import ROOT, Platform
from tests.warehouse.dbt_process import refuse, succeed
from tests.warehouse.world import STATES, edit, query

NEWEST = "select hash, document::text, published_at from ops.catalog order by 3 desc"


def newest(platform: Platform) -> tuple[str, str, Any]:
    hash_, document, published_at = query(platform, NEWEST)[0]
    return hash_, document, published_at


def by_id(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["unique_id"]: entry for entry in entries}


def test_the_document_is_the_manifest_with_the_types_of_the_database(
    platform: Platform,
) -> None:
    """One model run publishes all that was built before."""
    former = newest(platform)
    succeed(platform, "run", "-s", "states")
    hash_, text, published_at = newest(platform)
    assert hash_ == md5(text.encode()).hexdigest()
    assert (hash_, published_at > former[2]) == (former[0], True)

    target = ROOT / "warehouse" / "target" / urlsplit(platform.admin).path[1:]
    manifest = json.loads((target / "manifest.json").read_text())
    expected, document = catalog.document_of(manifest), json.loads(text)
    assert by_id(document["feeds"]) == by_id(expected["feeds"])
    for feed in expected["feeds"]:
        names = [
            c["name"] for c in by_id(document["feeds"])[feed["unique_id"]]["columns"]
        ]
        assert names == [c["name"] for c in feed["columns"]]

    assert len(expected["models"]) > 50
    models = by_id(document["models"])
    for model in expected["models"]:
        found = models.pop(model["unique_id"])
        types = query(
            platform,
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = %s::regclass and attnum > 0 order by attnum",
            f"{model['schema']}.{model['alias']}",
        )
        described = {c["name"]: c for c in model["columns"]}
        assert set(described) == {name for name, _ in types}
        assert found == {
            **model,
            "columns": [
                {**described[name], "data_type": type_} for name, type_ in types
            ],
        }
    assert models == {}
    served = catalog.parse(text).models["observations_by_cell"]
    assert served.column("geom").type == "geometry(Polygon,4326)"
    assert served.column("centroid").type == "geometry(Point,4326)"


def test_only_a_good_run_or_build_publishes(platform: Platform, project: Path) -> None:
    former = newest(platform)
    succeed(platform, "test", "-s", "states", project=project)
    assert newest(platform) == former

    def is_said_again() -> bool:
        """The same catalog, of which an answer held by its date is no more new."""
        nonlocal former
        before, former = former, newest(platform)
        return former[:2] == before[:2] and former[2] > before[2]

    succeed(platform, "seed", project=project)
    assert is_said_again()

    marts_yml = "models/marts/observations/_observations.yml"
    column = "      - name: cell\n"
    edit(project, marts_yml, column, "      - name: later\n" + column)
    said = succeed(platform, "run", "-s", "states", project=project)
    assert (
        "catalog not published, the former one stays in force: observations_by_cell "
        "was built without later (dbt build -s +observations_by_cell)"
    ) in said
    assert is_said_again()
    edit(project, marts_yml, "      - name: later\n" + column, column)

    api = "            cells: {equals: n, default: [1, 2..5, many]}\n"
    path = "          path: /stats/cells\n          parameters:\n"
    title = "          title: Observations by hexagon\n"
    edit(project, marts_yml, title, title + path + api)
    said = succeed(platform, "run", "-s", "states", project=project)
    assert (
        f"in {marts_yml} the default 'many' of observations_by_cell's parameter cells "
        "is no bigint"
    ) in said
    assert is_said_again()
    edit(project, marts_yml, path + api, "")

    edit(project, STATES, "from states", "from states where 1 / 0 = 1")
    said = refuse(platform, "build", "-s", "states", project=project)
    assert "catalog not published, the former one stays in force: states" in said
    assert is_said_again()


def test_what_is_not_built_yet_is_left_out(bare_platform: Platform) -> None:
    succeed(bare_platform, "run", "-s", "stg_earthquakes")
    document = json.loads(newest(bare_platform)[1])
    assert [model["name"] for model in document["models"]] == ["stg_earthquakes"]
    assert len(document["feeds"]) > 10
