"""What the admin routes ask of the ledger: the views of migrations 0005 and 0007.

Postgres writes each row as JSON text, moments in UTC with a `Z`.
"""

from collections.abc import Collection, Mapping
from typing import LiteralString

from psycopg import sql


def moment(name: LiteralString) -> LiteralString:
    """A moment as RFC 3339; the session's zone is UTC."""
    return f"replace(to_jsonb({name}) #>> '{{}}', '+00:00', 'Z')"


# A load that failed is entered as refreshed, for there is nothing to refresh.
_REFRESHED_AT = (
    "case when l.status = 'loaded' or l.rows_loaded > 0 then l.refreshed_at end"
)
_SHOWN = f"""
select l.load_id, json_build_object(
    'load_id', l.load_id, 'feed', l.feed, 'key', l.key, 'status', l.status,
    'reason', l.reason, 'size_bytes', l.size_bytes, 'rows_read', l.rows_read,
    'rows_loaded', l.rows_loaded, 'rows_rejected', l.rows_rejected,
    'started_at', {moment("l.started_at")},
    'finished_at', {moment("l.finished_at")},
    'seconds', round(extract(epoch from l.finished_at - l.started_at), 3),
    'refreshed_at', {moment(_REFRESHED_AT)}, 'superseded_by', l.superseded_by,
    'moved_to', l.moved_to, 'unknown_columns', l.unknown_columns,
    'seconds_by_part', l.seconds_by_part, 'replay_of', l.replay_of
)::text
from ops.loads as l
"""
_CONDITIONS = {
    "feed": "l.feed = %(feed)s",
    "status": "l.status = %(status)s",
    "before": "ops.load_number(l.load_id) < ops.load_number(%(before)s)",
    "rejects": "(l.rows_rejected > 0) = %(rejects)s",
    "start": "l.started_at >= %(start)s",
    "end": "l.started_at < %(end)s",
    "last": "l.started_at <= %(last)s",
}

LOAD = f"{_SHOWN} where l.load_id = %(load_id)s"

# The loads whose place it took.
REPLACED = """
select load_id from ops.loads where superseded_by = %(load_id)s
order by ops.load_number(load_id)
"""

# Every refresh that covered a load. What Postgres said of one that failed stays in
# `ops.refresh`: it names relations and values.
REFRESHES = f"""
select json_build_object(
    'model', model, 'started_at', {moment("started_at")},
    'seconds', round(seconds::numeric, 3), 'rows', rows, 'status', status
)::text
from ops.refresh
where %(load_id)s = any(load_ids)
order by refresh_id
"""

REASONS = """
select json_build_object(
    'column', column_name, 'code', code, 'records', records, 'message', message,
    'lines', lines
)::text
from ops.reasons_of(%(load_id)s)
"""

# Of each feed when its newest load that counts was done, how many seconds ago, and
# how many loads no refresh has covered yet.
NEWEST = f"""
select
    l.feed,
    {moment("max(l.finished_at) filter (where l.status = 'loaded')")},
    extract(
        epoch from clock_timestamp()
        - max(l.finished_at) filter (where l.status = 'loaded')
    )::float8,
    count(*) filter (
        where l.refreshed_at is null
        and l.status in ('loaded', 'superseded', 'unloaded')
    )
from ops.loads as l
where l.feed is not null
group by l.feed
"""

# The numbers of loads that a refresh is shown with, of which a burst has thousands.
MOST_LOADS = 20
_REFRESHED = f"""
select refresh_id, json_build_object(
    'refresh_id', refresh_id, 'model', model,
    'started_at', {moment("started_at")}, 'seconds', round(seconds::numeric, 3),
    'rows', rows, 'status', status, 'loads', cardinality(load_ids),
    'load_ids', load_ids[:{MOST_LOADS}]
)::text
from ops.refresh
"""
_OF_REFRESHES = {
    "model": "model = %(model)s",
    "status": "status = %(status)s",
    "before": "refresh_id < %(before)s",
}

REJECTS = """
select row_number, line, column_name, code, message, record, also
from ops.rejects_of(%(load_id)s, %(after)s, %(most)s)
"""


def loads(asked: Collection[str]) -> sql.Composed:
    """Loads, newest first.

    Args:
        asked: those of feed, status, rejects, start, end, last and before that are
            given. A further parameter is `most`.
    """
    order = "ops.load_number(l.load_id) desc"
    return _listed(_SHOWN, _CONDITIONS, asked, order)


def refreshes(asked: Collection[str]) -> sql.Composed:
    """Refreshes, newest first; of model, status and before, likewise."""
    return _listed(_REFRESHED, _OF_REFRESHES, asked, "refresh_id desc")


def _listed(
    shown: LiteralString,
    conditions: Mapping[str, LiteralString],
    asked: Collection[str],
    order: LiteralString,
) -> sql.Composed:
    found = [sql.SQL(text) for word, text in conditions.items() if word in asked]
    return sql.SQL("{} {} {} order by {} limit %(most)s").format(
        sql.SQL(shown),
        sql.SQL("where" if found else ""),
        sql.SQL(" and ").join(found),
        sql.SQL(order),
    )
