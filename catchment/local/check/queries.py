"""Every SQL text of the data checks; the statistics are functions of migration 0008.

What a profile counts is written down there too, at `ops.profile`.
"""

from collections.abc import Sequence

from psycopg import sql

from catchment.contract import Column, Feed

# Rows of a load that are looked at; of more, whole pages are drawn by chance, so that
# a load of millions costs as little.
SAMPLE = 10_000
# Loads of a series that are profiled at most, the newest: those of a first run.
FIRST_LOADS = 30

READ_ONLY = """
set transaction read only;
set local statement_timeout = '60s'
"""


def first_rows(query: str, limit: int) -> bytes:
    """The first rows of a query, which may end in a comment."""
    return f"select * from (\n{query}\n) as found limit {limit}".encode()


# Of each feed its newest file, and how many others count.
ORIGINS = """
select distinct on (feed) feed, load_id, key,
    count(*) over (partition by feed) - 1 as others
from ops.load
where feed = any(%(feeds)s) and status = 'loaded'
order by feed, ops.load_number(load_id) desc
"""

LAST_RUN = """
select max(started_at) as started_at from ops.check_run where selected = '{}'
"""

# Loads that came since the last run; of each series at least the newest. Those that
# were replaced meanwhile are nobody's concern any more.
COUNTS_OF_LOADS = """
select * from ops.counts_of_loads(%(feed)s, 50)
where status in ('loaded', 'rejected')
    and (back = 1 or finished_at > %(since)s)
"""

COUNTS_OF_PERIODS = "select * from ops.counts_of_periods(%(feed)s, 1)"

DRIFT = """
select * from ops.profiles_of(%(feed)s, 50)
where status = 'loaded'
    and (back = 1 or load_id = any(%(new)s))
"""

TO_PROFILE = """
select load_id, key, rows_loaded
from ops.counts_of_loads(%(feed)s, %(most)s)
where status = 'loaded'
    and rows_loaded > 0
    and not exists (
        select from ops.profile where profile.load_id = counts_of_loads.load_id
    )
order by ops.load_number(load_id)
"""

# Kinds and bins are those of the load before, so that the two can be compared; unless
# that one was a tenth as large, or has too many words or numbers that name a row.
_PROFILE = """
with sampled as materialized (
    select {columns} from {table} {tablesample}
    where _load_id = %(load_id)s
    limit {most}
),
cells as (
    select cell.*
    from sampled
    cross join lateral (values {cells}) as cell (column_name, kind, number, word)
),
aged as (
    select
        column_name,
        kind,
        case
            when kind = 'moment'
                then max(number) over (partition by column_name, kind) - number
            else number
        end as number,
        word
    from cells
),
before as (
    select p.*, ops.load_number(l.load_id) as load_number
    from (
        select load_id
        from ops.load
        where feed = %(feed)s
            and ops.file_series(key) = ops.file_series(%(key)s)
            and ops.load_number(load_id) < ops.load_number(%(load_id)s)
        order by ops.load_number(load_id) desc
        limit 2 * {history}
    ) as l
    inner join ops.profile as p on l.load_id = p.load_id
),
newest as (
    select distinct on (column_name) *
    from before
    order by column_name, load_number desc
),
own as (
    select
        column_name,
        case
            when kind = 'whole' and count(distinct number) > 0.9 * count(number)
                then 'other'
            when kind = 'word' and count(distinct word) > 50 then 'other'
            when kind = 'whole' then 'number'
            else kind
        end as kind,
        count(*) as rows,
        percentile_disc(
            array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        ) within group (order by number) as edges
    from aged
    group by column_name, aged.kind
),
shapes as (
    select
        own.column_name,
        own.rows,
        case when shared then newest.kind else own.kind end as kind,
        case
            when shared then newest.edges
            when own.kind in ('number', 'moment') then array(
                select distinct edge from unnest(own.edges) as edge
                where edge is not null order by edge
            )
            else '{{}}'
        end as edges
    from own
    left join newest on own.column_name = newest.column_name
    cross join lateral coalesce(
        newest.kind <> 'other' and newest.rows * 10 >= own.rows, false
    ) as shared
),
ranked as (
    select column_name, word, row_number() over (
        partition by column_name order by count(*) desc, word
    ) as place
    from aged
    where word is not null
    group by column_name, word
),
binned as (
    select
        s.column_name,
        case
            when a.number is null and a.word is null then ''
            when s.kind = 'other' then '*'
            when s.kind = 'word'
                then case when r.place <= 50 then left(a.word, 100) else '*' end
            when cardinality(s.edges) = 0 then '0'
            else width_bucket(a.number, s.edges)::text
        end as bin,
        count(*) as n
    from aged as a
    inner join shapes as s on a.column_name = s.column_name
    left join ranked as r on a.column_name = r.column_name and a.word = r.word
    group by 1, 2
),
counted as (
    select s.*, b.counts
    from shapes as s
    inner join (
        select column_name, jsonb_object_agg(bin, n) as counts
        from binned
        group by column_name
    ) as b on s.column_name = b.column_name
),
alike as (
    select b.*, row_number() over (
        partition by b.column_name order by b.load_number desc
    ) as back
    from before as b
    inner join counted as c
        on b.column_name = c.column_name and b.kind = c.kind and b.edges = c.edges
),
histories as (
    select
        column_name,
        count(*) as loads,
        array_agg(psi) filter (where psi is not null) as indexes
    from alike
    where back <= {history}
    group by column_name
),
totals as (
    select column_name, jsonb_object_agg(bin, n) as reference, sum(n) as rows
    from (
        select a.column_name, bins.key as bin, sum(bins.value::bigint) as n
        from alike as a
        cross join lateral jsonb_each_text(a.counts) as bins
        where a.back <= {history}
        group by 1, 2
    ) as sums
    group by column_name
)
insert into ops.profile (
    load_id, column_name, kind, rows, edges, counts, reference, loads_before,
    psi, allowed
)
select
    %(load_id)s,
    c.column_name,
    c.kind,
    c.rows,
    c.edges,
    c.counts,
    t.reference,
    coalesce(h.loads, 0),
    ops.psi(t.reference, c.counts),
    case when h.loads >= {fewest} then greatest(
        {much},
        ops.psi_by_chance(bins.number, t.rows::bigint, c.rows),
        (ops.band(h.indexes, 0, 0)).high
    ) end
from counted as c
left join histories as h on c.column_name = h.column_name
left join totals as t on c.column_name = t.column_name
cross join lateral (
    select count(*) as number
    from (
        select jsonb_object_keys(c.counts)
        union
        select jsonb_object_keys(t.reference)
    ) as keys
) as bins
on conflict do nothing
"""
# Loads before, of which the newest are compared with; fewer say too little.
_HISTORY = 20
_FEWEST = 3
_MUCH = 0.25

_WHOLE = ("smallint", "integer", "bigint")
_NUMBERS = ("numeric", "real", "double precision")
_MOMENTS = ("date", "timestamp without time zone", "timestamp with time zone")
_WORDS = ("text", "boolean")


def profile(feed: Feed, columns: Sequence[Column], rows: int) -> sql.Composed:
    """Count the values of a load; parameters load_id, feed and key.

    Args:
        rows: how many the load has.
    """
    names = [column.name for column in columns]
    tablesample = sql.Composed([])
    if rows > 2 * SAMPLE:
        # Twice as many as wanted, for pages are not equally full.
        percent = sql.Literal(min(100.0, 200.0 * SAMPLE / rows))
        tablesample = sql.SQL("tablesample system ({})").format(percent)
    return sql.SQL(_PROFILE).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        table=sql.Identifier(feed.schema, feed.table),
        tablesample=tablesample,
        most=sql.Literal(SAMPLE if rows > 2 * SAMPLE else 2 * SAMPLE),
        cells=sql.SQL(", ").join(map(_cell, columns)),
        history=sql.Literal(_HISTORY),
        fewest=sql.Literal(_FEWEST),
        much=sql.Literal(_MUCH),
    )


def _cell(column: Column) -> sql.Composed:
    """A value as (name, kind, number, word); no personal one leaves its table."""
    type_, name = column.type.name, sql.Identifier(column.name)
    kind, number, word = "other", "null", "case when {} is not null then '*' end"
    if not column.pii and type_ in _WHOLE:
        kind, number, word = "whole", "{}", "null"
    elif not column.pii and type_ in _NUMBERS:
        kind, number, word = "number", "{}", "null"
    elif not column.pii and type_ in _MOMENTS:
        kind, number, word = "moment", "extract(epoch from {})", "null"
    elif not column.pii and type_ in _WORDS:
        kind, word = "word", "{}"
    parts = (sql.SQL(number).format(name), sql.SQL(word).format(name))
    form = "({}, {}, ({})::double precision, ({})::text)"
    return sql.SQL(form).format(sql.Literal(column.name), sql.Literal(kind), *parts)


KEEP_RUN = """
insert into ops.check_run (started_at, finished_at, started_by, selected)
values (%(started_at)s, clock_timestamp(), %(started_by)s, %(selected)s)
returning run_id
"""

KEEP_RESULT = """
insert into ops.check_result (
    run_id, check_id, kind, subject, name, feeds, status, failures, words,
    samples, origin, query
)
values (
    %(run_id)s, %(check_id)s, %(kind)s, %(subject)s, %(name)s, %(feeds)s,
    %(status)s, %(failures)s, %(words)s, %(samples)s, %(origin)s, %(query)s
)
on conflict do nothing
"""

# How each check of a run stood before it, and since when it has been wrong.
BEFORE = """
select
    r.check_id,
    last.status,
    last.subject,
    last.words,
    (
        select min(run.started_at)
        from ops.check_result as wrong
        inner join ops.check_run as run on wrong.run_id = run.run_id
        where wrong.check_id = r.check_id
            and wrong.run_id > coalesce(
                (
                    select max(well.run_id)
                    from ops.check_result as well
                    where well.check_id = r.check_id
                        and well.status not in ('warn', 'error')
                        and well.run_id < %(run_id)s
                ),
                0
            )
    ) as since
from ops.check_result as r
cross join lateral (
    select status, subject, words
    from ops.check_result as earlier
    where earlier.check_id = r.check_id and earlier.run_id < %(run_id)s
    order by earlier.run_id desc
    limit 1
) as last
where r.run_id = %(run_id)s and last.status in ('warn', 'error')
"""

FORGET = (
    "delete from ops.check_run where started_at < now() - interval '400 days'",
    """
    delete from ops.profile
    using ops.load
    where load.load_id = profile.load_id
        and load.finished_at < now() - interval '400 days'
    """,
)

# The newest result of each check that the newest run of all checks still knew, and
# how it ended in the runs before, the newest last.
CHECKS = """
select
    newest.*,
    run.started_at,
    array(
        select earlier.status
        from ops.check_result as earlier
        where earlier.check_id = newest.check_id
        order by earlier.run_id desc
        limit %(marks)s
    ) as marks
from (
    select distinct on (check_id) *
    from ops.check_result
    where run_id >= (select max(run_id) from ops.check_run where selected = '{}')
    order by check_id, run_id desc
) as newest
inner join ops.check_run as run on newest.run_id = run.run_id
where (%(of)s::text is null or newest.subject = %(of)s or %(of)s = any(newest.feeds))
order by
    array_position(array['error', 'warn', 'waiting', 'pass'], newest.status),
    newest.subject,
    newest.kind,
    newest.name
"""
