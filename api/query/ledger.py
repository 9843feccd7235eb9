"""What the admin routes ask of the ledger: the views of migration 0005.

Postgres writes each row as JSON text, moments in UTC with a `Z`.
"""

from collections.abc import Collection

from psycopg import sql


def _moment(name: str) -> str:
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
    'started_at', {_moment("l.started_at")},
    'finished_at', {_moment("l.finished_at")},
    'seconds', round(extract(epoch from l.finished_at - l.started_at), 3),
    'refreshed_at', {_moment(_REFRESHED_AT)}, 'superseded_by', l.superseded_by,
    'moved_to', l.moved_to, 'unknown_columns', l.unknown_columns,
    'seconds_by_part', l.seconds_by_part
)::text
from ops.loads as l
"""
_CONDITIONS = {
    "feed": "l.feed = %(feed)s",
    "status": "l.status = %(status)s",
    "before": "ops.load_number(l.load_id) < ops.load_number(%(before)s)",
    "rejects": "(l.rows_rejected > 0) = %(rejects)s",
}

_NEWEST_FIRST = " order by ops.load_number(l.load_id) desc limit %(most)s"

LOAD = f"{_SHOWN} where l.load_id = %(load_id)s"

# Every refresh that covered a load. What Postgres said of one that failed stays in
# `ops.refresh`: it names relations and values.
REFRESHES = f"""
select json_build_object(
    'model', model, 'started_at', {_moment("started_at")},
    'seconds', round(seconds::numeric, 3), 'rows', rows, 'status', status
)::text
from ops.refresh
where %(load_id)s = any(load_ids)
order by refresh_id
"""

REJECTS = """
select row_number, line, column_name, code, message, record, also
from ops.rejects_of(%(load_id)s, %(after)s, %(most)s)
"""


def loads(asked: Collection[str]) -> sql.Composed:
    """Loads, newest first; `asked` are those of feed, status, rejects and before that
    are given. A further parameter is `most`."""
    conditions = [sql.SQL(text) for word, text in _CONDITIONS.items() if word in asked]
    where = sql.SQL(" where ") + sql.SQL(" and ").join(conditions)
    return sql.SQL("{}{}{}").format(
        sql.SQL(_SHOWN), where if conditions else sql.SQL(""), sql.SQL(_NEWEST_FIRST)
    )
