"""The question by which a batch is told from the one before."""

from collections.abc import Sequence
from typing import LiteralString

# `models` are refreshed; each refresh is logged in the transaction that makes it.
# `tables` of `schemas` are all that the data come from: dbt makes them anew, or their
# query, before it publishes, and where it fails it does not publish at all.
_REFRESHED = """
select
    newest.hash,
    concat_ws(
        '-',
        to_hex((extract(epoch from newest.published_at) * 1000)::bigint),
        built.state,
        refreshed.refresh_id{id}
    ),
    greatest(newest.published_at, refreshed.done_at{done_at})
from (
    select hash, published_at from ops.catalog order by published_at desc limit 1
) as newest
cross join (
    select max(last.refresh_id) as refresh_id, max(last.done_at) as done_at
    from unnest(%(models)s::text[]) as asked (model)
    cross join lateral (
        select
            refresh.refresh_id,
            refresh.started_at + refresh.seconds * interval '1 second' as done_at
        from ops.refresh
        where refresh.model = asked.model and refresh.status = 'done'
        order by refresh.refresh_id desc
        limit 1
    ) as last
) as refreshed
cross join (
    select to_hex(hashtextextended(string_agg(
        concat_ws('.', relation.oid, relation.relfilenode, query.xmin),
        ',' order by relation.oid
    ), 0)) as state
    from unnest(%(schemas)s::text[], %(tables)s::text[]) as asked (schema, name)
    inner join pg_namespace as namespace on namespace.nspname = asked.schema
    inner join pg_class as relation
        on
            relation.relnamespace = namespace.oid
            and relation.relname = asked.name
    left join pg_rewrite as query
        on query.ev_class = relation.oid and query.rulename = '_RETURN'
) as built
"""
# Rows of `feeds` show as soon as their load is committed. The newest loads are
# counted and summed: ids are given before commits and may come to be seen in
# another order, though not a hundred of them.
_LOADED = """
cross join (
    select
        count(*) as n,
        sum(last.load_id) as total,
        max(last.finished_at) as done_at
    from unnest(%(feeds)s::text[]) as asked (feed)
    cross join lateral (
        select load.load_id, load.finished_at
        from ops.load
        where
            load.feed = asked.feed
            and load.status in ('loaded', 'superseded', 'unloaded')
        order by ops.load_number(load.load_id) desc
        limit 100
    ) as last
) as loaded
"""


def batch(*, is_live: bool) -> LiteralString:
    """Hash of the newest catalog, id of the batch, and when it came about.

    Takes `models`, `schemas` and `tables`, and `feeds`, which a model shows that
    `is_live`.
    """
    if not is_live:
        return _REFRESHED.format(id="", done_at="")
    parts = _REFRESHED.format(id=", loaded.n, loaded.total", done_at=", loaded.done_at")
    return parts + _LOADED


def batches(live: Sequence[bool]) -> LiteralString:
    """One row: hash of the newest catalog, ids and times of several batches.

    The n-th takes `models_n`, and so on.
    """
    asked = " union all ".join(
        f"select {n}, each.* from ({batch(is_live=is_live)}) as each".replace(
            ")s::text[]", f"_{n})s::text[]"
        )
        for n, is_live in enumerate(live)
    )
    return (
        "select min(hash), array_agg(id order by n), array_agg(changed_at order by n) "
        f"from ({asked}) as asked (n, hash, id, changed_at)"
    )
