"""Every SQL text of the local system."""

import re
from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import sql

POSTGIS_OFFERED = "select 1 from pg_available_extensions where name = 'postgis'"

DATABASE_EXISTS = "select 1 from pg_database where datname = %s"

CATALOG_PUBLISHED = "select exists (select from ops.catalog)"

# Of the newest catalog, by name.
FEEDS = """
select feed ->> 'name' as name
from (
    select document from ops.catalog order by published_at desc limit 1
) as newest, json_array_elements(newest.document -> 'feeds') as feed
order by name
"""

NOW = "select clock_timestamp()"

# The newest verdict about one upload; `earlier` is one that an earlier upload of
# the same bytes was given. Where an event names no version, as moto's do not,
# the ledger keeps the ETag as the version.
UPLOAD = """
select load_id, feed, status, reason, rows_read, rows_loaded, rows_rejected,
    refreshed_at is not null as refreshed,
    coalesce(finished_at, started_at) < %(since)s as earlier,
    (
        select refresh.model || ': ' || refresh.message
        from ops.refresh
        where refresh.status = 'failed' and load.load_id = any(refresh.load_ids)
        order by refresh.refresh_id desc
        limit 1
    ) as failure
from ops.load
where bucket = %(bucket)s
    and key = %(key)s
    and version in (%(version)s, %(etag)s)
order by ops.load_number(load_id) desc
limit 1
"""

REJECTS = """
select row_number, line, column_name, code, message, record
from ops.reject
where load_id = %(load_id)s
order by row_number, column_name
limit %(limit)s
"""

LOAD = """
select load_id, feed, key, status, reason, size_bytes, rows_read, rows_loaded,
    rows_rejected, started_at, extract(epoch from finished_at - started_at) as seconds,
    refreshed_at, moved_to, superseded_by, replay_of, unknown_columns,
    seconds_by_part,
    (
        select array_agg(former.load_id order by ops.load_number(former.load_id))
        from ops.load as former
        where former.superseded_by = load.load_id
    ) as replaced
from ops.load
where load_id = %(load_id)s
"""

REASONS = """
select column_name, code, records, message, lines from ops.reasons_of(%(load_id)s)
"""

REFRESHES_OF = """
select model, load_ids, started_at, seconds, rows, status, message
from ops.refresh
where %(load_id)s = any(load_ids)
order by refresh_id
"""

HAS_LOADS = "select 1 from ops.load where feed = %(feed)s limit 1"

# Of each key its newest load, and why what lies below could not be refreshed.
BY_KEY = """
select distinct on (key) key, load_id, status, reason, refreshed_at,
    (
        select refresh.model || ': ' || refresh.message
        from ops.refresh
        where refresh.status = 'failed' and load.load_id = any(refresh.load_ids)
        order by refresh.refresh_id desc
        limit 1
    ) as failure
from ops.load
where key = any(%(keys)s)
order by key, ops.load_number(load_id) desc
"""

# A table of one load alone is not seen before its end: it has no name here.
COPIES = """
select
    coalesce(regexp_replace(c.relname, '__[a-z0-9]+$', ''), 'a large load') as relation,
    p.tuples_processed as rows
from pg_stat_progress_copy as p
left join pg_class as c on c.oid = p.relid
where p.command = 'COPY FROM' and p.datname = current_database()
order by p.pid
"""

REJECT_COUNT = "select rows_rejected from ops.load where load_id = %(load_id)s"


def written_out(statement: LiteralString, parameters: Mapping[str, Any]) -> str:
    """A statement with its parameters in it, for a person to run elsewhere."""
    literals = {name: sql.Literal(value) for name, value in parameters.items()}
    form = re.sub(r"%\((\w+)\)s", r"{\1}", statement)
    return sql.SQL(form).format(**literals).as_string() + ";"


def create_database(name: str) -> sql.Composed:
    """`create database`, which takes no parameters; UTF-8 whatever the server has."""
    statement = "create database {} template template0 encoding 'UTF8'"
    return sql.SQL(statement).format(sql.Identifier(name))


def loads(feed: str | None, status: str | None) -> str:
    """The ledger, newest first; parameters feed, status, limit."""
    return f"""
select load_id, feed, key, status, rows_loaded, rows_rejected, size_bytes,
    started_at, extract(epoch from finished_at - started_at) as seconds,
    refreshed_at, reason
from ops.load
{_where(feed=feed, status=status)}
order by ops.load_number(load_id) desc
limit %(limit)s
"""


def refreshes(model: str | None, status: str | None) -> str:
    """The log of refreshes, newest first; parameters model, status, limit."""
    return f"""
select model, load_ids, started_at, seconds, rows, status, message
from ops.refresh
{_where(model=model, status=status)}
order by refresh_id desc
limit %(limit)s
"""


def _where(**given: str | None) -> str:
    """The conditions of what is given, each by the parameter of its name."""
    found = [f"{word} = %({word})s" for word, value in given.items() if value]
    return f"where {' and '.join(found)}" if found else ""


CREATE_KEY = """
insert into ops.api_key (
    id, name, secret_sha256, scopes, claims, requests_per_minute, expires_at
)
values (
    %(id)s, %(name)s, %(digest)s, %(scopes)s, %(claims)s::jsonb,
    %(requests_per_minute)s, clock_timestamp() + %(expires)s::interval
)
returning expires_at
"""

KEYS = """
select id, name, scopes, claims, requests_per_minute, created_at, expires_at,
    case
        when revoked_at is not null then 'revoked'
        when expires_at <= clock_timestamp() then 'expired'
        else 'valid'
    end as state
from ops.api_key
order by created_at, id
"""

# The moment stays that of the first time; `is_new` tells which this was.
REVOKE_KEY = """
with revoked as (
    update ops.api_key
    set revoked_at = clock_timestamp()
    where id = %(id)s and revoked_at is null
    returning name, revoked_at
)
select name, revoked_at, true as is_new from revoked
union all
select name, revoked_at, false from ops.api_key
where id = %(id)s and revoked_at is not null
"""

# Every name of a query in quotes: a relation may be called like a word of SQL.
QUOTE_ALL = "set quote_all_identifiers = on"

# The columns of relations that are named as `schema.table`, in their order.
COLUMNS = """
select
    nspname || '.' || relname as relation,
    attname as name,
    format_type(atttypid, atttypmod) as type
from unnest(%(relations)s::text[]) as asked
inner join pg_class on to_regclass(asked) = pg_class.oid
inner join pg_namespace on relnamespace = pg_namespace.oid
inner join pg_attribute on attrelid = pg_class.oid
where attnum > 0 and not attisdropped
order by relation, attnum
"""

# The queries of those of them that are views.
VIEWS = """
select asked as relation, pg_get_viewdef(pg_class.oid) as query
from unnest(%(relations)s::text[]) as asked
inner join pg_class on to_regclass(asked) = pg_class.oid
where relkind in ('v', 'm')
"""
