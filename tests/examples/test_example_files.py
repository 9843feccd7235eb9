"""What must hold for the examples of every feed, whatever it is."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.examples.world import World, example_files


def test_every_feed_has_an_example(loaded: World) -> None:
    feeds = {name for (name,) in loaded.ask("select distinct feed from ops.load")}
    known = loaded.ask(
        """
        select entry ->> 'name'
        from ops.catalog, json_array_elements(document -> 'feeds') as entry
        """
    )
    assert {name for (name,) in known} - feeds == set()


def test_every_example_is_loaded(loaded: World) -> None:
    """Rejected rows are what examples are for; whole files are not."""
    assert loaded.ask("select key, reason from ops.load where status != 'loaded'") == []


def test_everything_is_refreshed(loaded: World) -> None:
    assert loaded.ask("select key from ops.load where refreshed_at is null") == []
    assert loaded.ask("select model, message from ops.refresh where message > ''") == []


def relations(world: World) -> Iterator[tuple[str, list[Any]]]:
    """Every mart with its rows in a fixed order, without numbers of loads."""
    found = world.ask(
        "select oid::regclass::text from pg_class where relkind in ('m', 'v') "
        "and relnamespace = 'marts'::regnamespace order by 1"
    )
    for (name,) in found:
        rows = world.ask(f"select to_jsonb(m) - '_load_id' from {name} as m")
        yield name, sorted(str(told(row)) for (row,) in rows)


def told(row: dict[str, Any]) -> list[tuple[str, Any]]:
    """A row without what tells when and how it was loaded, and no digits of a
    double that depend on the order of a sum."""
    return sorted(
        (name, float(f"{value:.9g}") if isinstance(value, float) else value)
        for name, value in row.items()
        if name not in ("_load_id", "loaded_at", "load_update_ts", "updated_dt")
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_twice_in_any_order_and_in_parallel_changes_nothing(
    loaded: World, own_world: World, seed: int
) -> None:
    files = [*example_files(), *example_files()]
    random.Random(seed).shuffle(files)

    own_world.load(files, workers=4)

    assert dict(relations(own_world)) == dict(relations(loaded))


def test_the_lambdas_name_no_dataset(loaded: World) -> None:
    """No feed and no model stands in their code, nor a column of a raw table."""
    models = loaded.ask(
        "select json_array_elements(document -> 'models') ->> 'name' from ops.catalog"
    )
    tables = loaded.ask(
        "select relname, attname from pg_class "
        "inner join pg_attribute on attrelid = pg_class.oid "
        "where relnamespace = 'raw'::regnamespace and relkind = 'p' and attnum > 0"
    )
    names = {name for (name,) in models} | {table for table, _ in tables}
    # A word of one part may be anybody's; `park_name` is not.
    names |= {column for _, column in tables if "_" in column.strip("_")}
    names -= {"_load_id", "_row_number"}

    found = [
        (path.name, name)
        for room in ("loader", "api")
        for path in (ROOT / room).rglob("*.py")
        for name in names
        if re.search(rf"\b{re.escape(name)}\b", path.read_text())
    ]

    assert len(names) > 50
    assert found == []
