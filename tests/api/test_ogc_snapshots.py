"""The shape of each route's answer, kept as a file that a person can read.

`UPDATE_SNAPSHOTS=1 pytest tests/api/test_ogc_snapshots.py` writes them anew; what has
changed is then to be seen in the diff.
"""

import json
import os
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "snapshots"
IS_UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
INNERMOST = re.compile(r"[\[{][^\[\]{}]*[\]}]")
ASKED = {
    "landing": ("/", ""),
    "conformance": ("/conformance", ""),
    "collections": ("/collections", ""),
    "collection_of_groups": ("/collections/earthquakes_by_state", ""),
    "collection_of_rows": ("/collections/places", ""),
    "queryables": ("/collections/earthquakes_by_state/queryables", ""),
    "schema": ("/collections/earthquakes_by_state/schema", ""),
    "items_of_groups": ("/collections/earthquakes_by_state/items", "limit=1"),
    "items_of_rows": ("/collections/readings/items", "limit=1"),
    "item": ("/collections/places/items/a", ""),
    "datasets": ("/aggregated-data", ""),
    "dataset": ("/aggregated-data", "dataset=categories&limit=1"),
    "model_path": ("/stats/ranked", "limit=1"),
    "health": ("/health", ""),
    "problem": ("/collections/places/items", "colour=red"),
}


# Lists of which the first two say enough.
LONG = ("collections", "datasets", "paths")


def stable(document):
    """The document without what differs from run to run, and not at full length."""
    if isinstance(document, dict):
        found = {word: stable(value) for word, value in document.items()}
        found |= {word: "…" for word in ("timeStamp",) if word in found}
        for word in LONG:
            if len(found.get(word, ())) > 2:
                found[word][2:] = [f"… and {len(found[word]) - 2} more"]
        return found
    if isinstance(document, list):
        return [stable(value) for value in document]
    if isinstance(document, str):
        return re.sub(r"cursor=[\w-]+", "cursor=…", document)
    return document


def written(document):
    """As JSON, with a line for each innermost object or list."""
    text = json.dumps(stable(document), indent=1, ensure_ascii=False)
    return INNERMOST.sub(lambda found: re.sub(r"\s*\n\s*", " ", found[0]), text) + "\n"


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_has_the_shape_that_it_had(world, send, name):
    path, query = ASKED[name]
    told = written(send(path, query).json)
    kept = FOLDER / f"{name}.json"
    if IS_UPDATE:
        kept.write_text(told)
    assert told == kept.read_text(), (
        f"GET {path}?{query} is not what {kept.name} says; if that is meant: "
        "UPDATE_SNAPSHOTS=1 pytest tests/api/test_ogc_snapshots.py"
    )


def test_every_snapshot_is_of_a_route_that_is_asked():
    assert {kept.stem for kept in FOLDER.glob("*.json")} == set(ASKED)
