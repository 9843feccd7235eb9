"""What the admin routes ask of the data checks: tables and functions of migration 0008.

Postgres writes each document as JSON text, moments in UTC with a `Z`.
"""

from api.query.ledger import moment

# Runs that a list shows of each check, and a check of itself.
RUNS, ALL_RUNS = 30, 400
# Loads of a series, and periods, that a feed's history has.
LOADS, PERIODS = 60, 100

RECENT_RUNS = f"""
select json_build_object(
    'run', run_id,
    'started_at', {moment("started_at")},
    'seconds', round(extract(epoch from finished_at - started_at), 1),
    'started_by', started_by,
    'selected', selected
)::text
from ops.check_run
order by run_id desc
limit {RUNS}
"""

# Checks that the newest run of all checks still knew, the worst first. `statuses`
# stand beside the recent runs; null where the check did not run.
CHECKS = f"""
with recent as (
    select run_id from ops.check_run order by run_id desc limit {RUNS}
),
known as (
    select distinct on (check_id) *
    from ops.check_result
    where run_id >= coalesce(
        (select max(run_id) from ops.check_run where selected = '{{}}'), 0
    )
    order by check_id, run_id desc
),
marks as (
    select
        known.check_id,
        json_agg(earlier.status order by recent.run_id desc) as statuses
    from known
    cross join recent
    left join ops.check_result as earlier
        on known.check_id = earlier.check_id and recent.run_id = earlier.run_id
    group by known.check_id
)
select json_build_object(
    'id', known.check_id, 'kind', known.kind, 'subject', known.subject,
    'name', known.name, 'feeds', known.feeds, 'status', known.status,
    'failures', known.failures, 'words', known.words, 'run', known.run_id,
    'statuses', marks.statuses
)::text
from known
inner join marks on known.check_id = marks.check_id
order by
    array_position(array['error', 'warn', 'waiting', 'pass'], known.status),
    known.subject, known.kind, known.name, known.check_id
"""

CHECK = f"""
select json_build_object(
    'id', r.check_id, 'kind', r.kind, 'subject', r.subject, 'name', r.name,
    'feeds', r.feeds, 'status', r.status, 'failures', r.failures,
    'words', r.words, 'samples', r.samples, 'origin', r.origin,
    'query', r.query, 'run', r.run_id,
    'history', (
        select json_agg(json_build_object(
            'run', run.run_id, 'started_at', {moment("run.started_at")},
            'status', h.status, 'failures', h.failures, 'words', h.words,
            'samples', h.samples
        ) order by h.run_id desc)
        from (
            select * from ops.check_result
            where check_id = r.check_id
            order by run_id desc
            limit {ALL_RUNS}
        ) as h
        inner join ops.check_run as run on h.run_id = run.run_id
    )
)::text
from ops.check_result as r
where r.check_id = %(check)s
order by r.run_id desc
limit 1
"""

# By whole documents, for the parts are drawn together. `distributions` are those of
# the newest load of each series, `indexes` of all.
HISTORY = f"""
select json_build_object(
    'loads', (
        select coalesce(json_agg(json_build_object(
            'load_id', load_id, 'key', key, 'series', series, 'status', status,
            'finished_at', {moment("finished_at")}, 'rows_loaded', rows_loaded,
            'usual', usual, 'low', low, 'high', high, 'rows_read', rows_read,
            'rows_rejected', rows_rejected, 'high_share', high_share
        )), '[]')
        from ops.counts_of_loads(%(feed)s, {LOADS})
    ),
    'periods', (
        select coalesce(json_agg(to_jsonb(p) order by p.starts), '[]')
        from ops.counts_of_periods(%(feed)s, {PERIODS}) as p
    ),
    'columns', (
        select coalesce(json_agg(of_column order by column_name), '[]')
        from (
            select column_name, json_build_object(
                'name', column_name,
                'indexes', json_agg(json_build_object(
                    'load_id', load_id, 'series', series, 'psi', psi,
                    'allowed', allowed
                )),
                'distributions', json_agg(json_build_object(
                    'load_id', load_id, 'key', key, 'series', series, 'kind', kind,
                    'rows', rows, 'edges', edges, 'counts', counts,
                    'reference', reference, 'loads_before', loads_before,
                    'psi', psi, 'allowed', allowed
                )) filter (where back = 1)
            ) as of_column
            from ops.profiles_of(%(feed)s, {RUNS})
            group by column_name
        ) as columns
    )
)::text
"""
