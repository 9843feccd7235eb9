"""What must hold after every fault, whatever it was.

Each check asks PostgreSQL and the bucket, not the loader, and tells what is wrong in a
sentence. `test_invariants.py` breaks each by hand.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from math import isclose
from typing import Any

from psycopg import sql

from catchment.catalog import Model
from tests.chaos.world import World

# How long a backend may take to see that its client has died.
SECONDS_TO_LET_GO = 20
# Sums of doubles in another order differ in their last digits.
RELATIVE, ABSOLUTE = 1e-9, 1e-7


def check(
    world: World,
    *,
    left: Collection[str] = (),
    taken: Collection[str] = (),
    is_refreshed: bool = True,
) -> None:
    """Raise with all that is wrong.

    Args:
        left: keys that may still lie where files are dropped.
        taken: keys whose objects somebody took away, so that they did not move.
        is_refreshed: whether all refreshes are over.
    """
    wrong = list(complaints(world, left, taken, is_refreshed))
    assert not wrong, "\n".join(wrong)


def complaints(
    world: World,
    left: Collection[str] = (),
    taken: Collection[str] = (),
    is_refreshed: bool = True,
) -> Iterator[str]:
    # First: what a dead loader left under way is over then.
    yield from held_locks(world)
    yield from wrong_counts(world)
    yield from wrong_rows(world)
    yield from wrong_records(world)
    yield from rival_loads(world)
    yield from wrong_objects(world, left, taken)
    yield from wrong_partitions(world)
    if is_refreshed:
        yield from waiting_loads(world)
        yield from wrong_aggregates(world)
        yield from wrong_totals(world)


def held_locks(world: World) -> Iterator[str]:
    """Nothing is locked, no session sits in a transaction or works on."""
    deadline = time.monotonic() + SECONDS_TO_LET_GO
    while (found := _locks(world)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid, application, state, query in found:
        yield f"session {pid} of {application} is {state}: {query[:100]}"


def _locks(world: World) -> list[Any]:
    return world.ask(
        """
        select pid, application_name, state, query
        from pg_stat_activity
        where
            datname = current_database()
            and pid != pg_backend_pid()
            and backend_type = 'client backend'
            and (
                state != 'idle'
                or pid in (select pid from pg_locks where locktype != 'virtualxid')
            )
        """
    )


def wrong_counts(world: World) -> Iterator[str]:
    """Rows read are those loaded and those in quarantine."""
    found = world.ask(
        """
        select
            load_id, status, rows_read, rows_loaded, rows_rejected,
            (select count(*) from ops.reject where reject.load_id = load.load_id)
        from ops.load
        """
    )
    for load_id, status, read, loaded, rejected, kept in found:
        is_whole = status in ("loaded", "superseded", "unloaded")
        if status == "loading":
            yield f"load {load_id} was committed while it was under way"
        if is_whole and read != loaded + rejected:
            yield f"load {load_id}: {read} rows read, {loaded} + {rejected} accounted"
        if not is_whole and loaded:
            yield f"load {load_id} is {status} and has {loaded} rows loaded"
        if kept != rejected:
            yield f"load {load_id}: {rejected} rejects counted, {kept} kept"


def wrong_rows(world: World) -> Iterator[str]:
    """Each raw table has the rows of the loads that count, and no others."""
    for feed in world.catalog.feeds.values():
        found = world.ask(
            sql.SQL(
                """
                select load_id, rows_loaded, n
                from (
                    select _load_id as load_id, count(*) as n from {} group by 1
                ) as raw
                full join (
                    select load_id, rows_loaded
                    from ops.load
                    where feed = {} and status = 'loaded'
                ) as load using (load_id)
                where coalesce(n, 0) is distinct from rows_loaded
                """
            ).format(sql.Identifier(feed.schema, feed.table), feed.name)
        )
        for load_id, counted, there in found:
            said = "no load that counts" if counted is None else f"{counted} rows"
            yield f"{feed.table} has {there} rows of load {load_id}, which has {said}"


def wrong_records(world: World) -> Iterator[str]:
    """Each record of a file is one row or one reject."""
    for load_id, name, read in world.ask(
        "select load_id, feed, rows_read from ops.load where status = 'loaded'"
    ):
        feed = world.catalog.feeds[name]
        ((count, distinct, first, last),) = world.ask(
            sql.SQL(
                """
                select count(*), count(distinct number), min(number), max(number)
                from (
                    select _row_number as number from {} where _load_id = {}
                    union all
                    select row_number from ops.reject where load_id = {}
                ) as record
                """
            ).format(sql.Identifier(feed.schema, feed.table), load_id, load_id)
        )
        if (count, distinct) != (read, read) or (read and (first, last) != (1, read)):
            yield (
                f"load {load_id} of {read} records has {count}, {distinct} of them "
                f"distinct, from {first} to {last}"
            )


def rival_loads(world: World) -> Iterator[str]:
    """Of a key one load counts, and it is of the newest write that was loaded."""
    found = world.ask(
        """
        select feed, key, count(*), array_agg(load_id order by load_id)
        from ops.load
        where status = 'loaded'
        group by bucket, feed, key
        having count(*) > 1
        """
    )
    for name, key, count, load_ids in found:
        if world.catalog.feeds[name].on_reupload == "replace":
            yield f"{count} loads of {key} count at once: {load_ids}"
    for old, new in world.ask(
        """
        select old.load_id, new.load_id
        from ops.load as old
        inner join ops.load as new using (bucket, key, feed)
        where
            old.status = 'loaded'
            and new.status = 'superseded'
            and new.sequencer > old.sequencer
        """
    ):
        yield f"load {old} counts, and load {new} of a newer write does not"
    for (load_id,) in world.ask(
        "select load_id from ops.load where status = 'superseded' "
        "and superseded_by is null"
    ):
        yield f"load {load_id} is superseded by none"


def wrong_objects(
    world: World, left: Collection[str], taken: Collection[str]
) -> Iterator[str]:
    """The ledger says where each object is, and it is there."""
    keys = world.keys()
    there = {key for key in keys if not key.startswith("incoming/")}
    noted = {load["moved_to"]: load for load in world.ledger() if load["moved_to"]}
    for key in there - set(noted):
        yield f"{key} is in the bucket, and the ledger does not know it"
    for key in set(noted) - there:
        if noted[key]["key"] not in taken:
            yield f"load {noted[key]['load_id']} was moved to {key}, where nothing is"
    for key in keys:
        if key.startswith("incoming/") and key not in left:
            yield f"{key} still lies where it was dropped"
    # The object of one that is replayed before it moved, moves for the other.
    placed = {(load["key"], load["version"]) for load in noted.values()}
    for load in world.ledger():
        if (load["key"], load["version"]) in placed:
            continue
        ended = load["status"] in ("loaded", "rejected", "superseded")
        if ended and not load["moved_to"] and load["key"] not in taken:
            yield f"load {load['load_id']} is {load['status']} and was not moved"


def wrong_partitions(world: World) -> Iterator[str]:
    """No table of a load that does not count, and none beside its raw table.

    One that was being read is left to the next refresh, as which this asks.
    """
    world.ask("select ops.drop_emptied_partitions()")
    found = world.ask(
        """
        select c.relname, i.inhrelid is not null, l.status
        from pg_class as c
        left join pg_inherits as i on i.inhrelid = c.oid
        left join ops.load as l
            on l.load_id = substring(c.relname from '__([0-9]+)$')::bigint
        where
            c.relnamespace = 'raw'::regnamespace
            and c.relkind = 'r'
            and c.relname ~ '__[0-9]+$'
        """
    )
    for name, is_attached, status in found:
        if not is_attached:
            yield f"raw.{name} is a partition of nothing"
        if status != "loaded":
            yield f"raw.{name} is of a load that does not count ({status})"


def waiting_loads(world: World) -> Iterator[str]:
    """All that was loaded or replaced is shown by what lies below."""
    for load_id, status in world.ask(
        "select load_id, status from ops.load where refreshed_at is null "
        "and status in ('loaded', 'superseded', 'unloaded')"
    ):
        yield f"load {load_id} is {status} and waits to be refreshed"
    for mart, count in world.ask("select mart, count(*) from ops.stale group by 1"):
        yield f"{mart} has yet to show {count} values"


def wrong_aggregates(world: World) -> Iterator[str]:
    """Rollups and marts are what their definitions make of the raw tables now."""
    query = sql.SQL("select {} from {} as it")
    feeds = {feed for (feed,) in world.ask("select feed from ops.load") if feed}
    for model in world.catalog.refresh_order(feeds):
        parts, relation = _comparable(model), sql.Identifier(model.schema, model.table)
        shown = world.ask(query.format(parts, relation))
        now = world.ask(query.format(parts, _definition(world, model)))
        yield from (f"{model.name} {said}" for said in differences(shown, now))


def _definition(world: World, model: Model) -> sql.Composable:
    """What computes a model of its parents, all rows of it."""
    definition = f"{model.table}__definition"
    if world.one("select to_regclass(%s)", f"{model.schema}.{definition}"):
        return sql.Identifier(model.schema, definition)
    relation = f"{model.schema}.{model.table}"
    text = world.one("select pg_get_viewdef(%s::regclass)", relation)
    return sql.SQL("({})").format(sql.SQL(text.rstrip("; \n")))


def _comparable(model: Model) -> sql.Composable:
    """Its columns; shapes by the middle and the area, for they come of sums too."""
    parts: list[sql.Composable] = []
    for column in model.columns:
        name = sql.Identifier(column.name)
        if column.type.startswith("geometry"):
            shape = "st_x(st_centroid({0})), st_y(st_centroid({0})), st_area({0})"
            parts.append(sql.SQL(shape).format(name))
        else:
            parts.append(name)
    return sql.SQL(", ").join(parts)


def differences(shown: Sequence[Any], expected: Sequence[Any]) -> Iterator[str]:
    """How rows differ, in no order; floats as far as sums may differ."""
    if len(shown) != len(expected):
        yield f"has {len(shown)} rows, and {len(expected)} were expected"
        return
    for ours, theirs in zip(
        sorted(shown, key=_order), sorted(expected, key=_order), strict=True
    ):
        if not all(map(_is_same, ours, theirs)):
            yield f"has {ours}, and {theirs} was expected"
            return


def _order(row: Sequence[Any]) -> list[str]:
    exact = [str(value) for value in row if not isinstance(value, float)]
    return exact + [f"{value:.4g}" for value in row if isinstance(value, float)]


def _is_same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        both_nan = ours != ours and theirs != theirs
        return both_nan or isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return bool(ours == theirs)


# By other SQL than the models': n, sum, min and max by category, and by state.
OF_RAW = """
    select category, count(*), sum(value), min(value), max(value)
    from raw.observations group by 1
"""
OF_MART = """
    select category, sum(n)::bigint, sum(value_sum), min(value_min), max(value_max)
    from marts.observations_by_cell group by 1
"""
STATES_OF_RAW = """
    select (
        select state_fips from seeds.us_states as s
        where st_intersects(s.geom, o.geom) order by 1 limit 1
    ) as fips, count(*), sum(value), min(value), max(value)
    from raw.observations as o group by 1
"""
STATES_OF_MART = """
    select state_fips, sum(n)::bigint, sum(value_sum), min(value_min), max(value_max)
    from marts.observations_by_state group by 1
"""


def wrong_totals(world: World) -> Iterator[str]:
    """The marts of `observations` against the raw rows, past all models."""
    for said in differences(world.ask(OF_MART), world.ask(OF_RAW)):
        yield f"observations_by_cell {said} of raw.observations"
    inside = [row for row in world.ask(STATES_OF_RAW) if row[0]]
    for said in differences(world.ask(STATES_OF_MART), inside):
        yield f"observations_by_state {said} of raw.observations"
