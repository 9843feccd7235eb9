"""Every SQL text of backups."""

from collections.abc import Sequence

from psycopg import sql

# Texts of values are compared: they must not depend on who asks.
SETTINGS = """
set local timezone = 'UTC';
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local bytea_output = 'hex';
set local extra_float_digits = 1;
set local search_path = 'pg_catalog';
set local statement_timeout = 0
"""

EXPORT_SNAPSHOT = "select pg_export_snapshot()"

VERSIONS = """
select
    current_setting('server_version_num')::int / 10000,
    current_setting('server_version'),
    (select extversion from pg_extension where extname = 'postgis')
"""

STATE = """
select
    (select version_num from public.alembic_version),
    (select hash from ops.catalog order by published_at desc limit 1),
    (
        select count(*)
        from ops.load
        where refreshed_at is null and status in ('loaded', 'superseded', 'unloaded')
    )
"""

IS_PLATFORM = """
select
    to_regclass('ops.catalog') is not null
    and to_regclass('public.alembic_version') is not null
"""

# Relations that belong to no extension, and to no other relation, as partitions
# and the sequences of columns do.
# A query with format() is given words in any case, by which %% becomes %.
_RELATIONS = """
select
    c.oid, format('%%I.%%I', n.nspname, c.relname) as name, n.nspname, c.relkind,
    c.relispopulated, c.relowner
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where
    c.relkind in ('r', 'p', 'm', 'v', 'S', 'f')
    and not c.relispartition
    and n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and not exists (
        select from pg_depend as d
        where
            d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and (d.deptype = 'e' or c.relkind = 'S' and d.deptype in ('a', 'i'))
    )
"""

# The platform's tables, with the names and types of their columns.
TABLES = f"""
select
    r.name, r.relkind = 'm' as is_view, r.relispopulated,
    array(
        select array[a.attname::text, t.typname::text]
        from pg_attribute as a
        inner join pg_type as t on a.atttypid = t.oid
        where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
    ) as columns
from ({_RELATIONS}) as r
where r.relowner = %(owner)s::text::regrole and r.relkind in ('r', 'p', 'm')
order by r.name collate "C"
"""

# Schemas that belong to no extension; public belongs to everybody.
_SCHEMAS = """
select format('%%I', n.nspname) as name, n.nspowner
from pg_namespace as n
where
    n.nspname !~ '^pg_'
    and n.nspname not in ('information_schema', 'public')
    and not exists (
        select from pg_depend as d
        where
            d.classid = 'pg_namespace'::regclass
            and d.objid = n.oid
            and d.deptype = 'e'
    )
"""

SCHEMAS_OF_OTHERS = f"""
select s.name
from ({_SCHEMAS}) as s
where s.nspowner <> %(owner)s::text::regrole
order by 1
"""

# Tables, views and sequences, where the schema is the platform's or everybody's.
TABLES_OF_OTHERS = f"""
select r.name
from ({_RELATIONS}) as r
where
    r.relowner <> %(owner)s::text::regrole
    and r.nspname::regnamespace in (
        select n.oid from pg_namespace as n
        where n.nspname = 'public' or n.nspowner = %(owner)s::text::regrole
    )
order by 1
"""

GRANTEES = """
select distinct r.rolname::text
from (
    select relacl as acl from pg_class where relowner = %(owner)s::text::regrole
    union all
    select attacl
    from pg_attribute
    inner join pg_class on pg_attribute.attrelid = pg_class.oid
    where relowner = %(owner)s::text::regrole
    union all
    select nspacl from pg_namespace where nspowner = %(owner)s::text::regrole
    union all
    select proacl from pg_proc where proowner = %(owner)s::text::regrole
    union all
    select defaclacl from pg_default_acl
    where defaclrole = %(owner)s::text::regrole
) as granted
cross join lateral aclexplode(granted.acl) as entry
inner join pg_roles as r on entry.grantee = r.oid
where r.rolname <> all (%(roles)s)
order by 1
"""

# What somebody has made here: then this is no place to restore to.
OCCUPANTS = f"""
select r.name from ({_RELATIONS}) as r
union all
select s.name from ({_SCHEMAS}) as s
limit 3
"""

ROLES_THAT_EXIST = "select rolname::text from pg_roles where rolname = any(%s)"

# Of which only its owner restores the rows: systems that somebody has added.
MAY_ADD_SYSTEMS = "select has_table_privilege('public.spatial_ref_sys', 'insert')"

# A restore gives public.alembic_version to the owner, which takes this right
# where the administrator is no superuser; see migrations/sql/0001_schemas.sql.
LEND_PUBLIC = "grant create on schema public to catchment_owner"
TAKE_PUBLIC_BACK = "revoke create on schema public from catchment_owner"

_ALL_ROWS = """
select count(*), coalesce(sum(
    ('x' || left(md5({row}::text), 16))::bit(64)::bigint::numeric
), 0)::text{sums}
from {table} as {alias}
"""
# No column is called like this: a column's name would hide the row's.
_ALIAS = "row of a backup"
_INEXACT = ("float4", "float8")
_SHAPES = ("geometry", "geography")
_EDGES = ("st_xmin", "st_xmax", "st_ymin", "st_ymax")


def count(
    table: str, columns: Sequence[tuple[str, str]], is_view: bool
) -> tuple[sql.Composed, list[str]]:
    """The query for number and checksum of a table's rows.

    Of a view, doubles and geometries are summed instead, whether they are null
    apart: computed anew they differ in their last digits. Two sums follow for
    each name that is returned.
    """
    inexact = _INEXACT + _SHAPES if is_view else ()
    values = {
        label: value
        for name, kind in columns
        if kind in inexact
        for label, value in _values(name, kind).items()
    }
    alias = sql.Identifier(_ALIAS)
    whole = sql.SQL("{}").format(alias)
    parts = sql.SQL("row({})").format(
        sql.SQL(", ").join(
            sql.SQL("{}" if kind not in inexact else "{} is null").format(
                sql.Identifier(_ALIAS, name)
            )
            for name, kind in columns
        )
    )
    sums = [
        sql.SQL(
            ", coalesce(sum({0}), 0)::text, coalesce(sum(abs({0})), 0)::text"
        ).format(value)
        for value in values.values()
    ]
    query = sql.SQL(_ALL_ROWS).format(
        row=parts if is_view else whole,
        sums=sql.Composed(sums),
        table=sql.SQL(table),  # quoted by format() in TABLES
        alias=alias,
    )
    return query, list(values)


def _values(name: str, kind: str) -> dict[str, sql.Composed]:
    column = sql.Identifier(_ALIAS, name)
    if kind in _INEXACT:
        return {name: sql.SQL("{}::float8").format(column)}
    return {
        f"{name} ({edge})": sql.SQL("public.{}({}::public.geometry)").format(
            sql.Identifier(edge), column
        )
        for edge in _EDGES
    }
