create or replace view ops.loads as
select
    load_id,
    feed,
    key,
    size_bytes,
    status,
    reason,
    rows_read,
    rows_loaded,
    rows_rejected,
    started_at,
    finished_at,
    refreshed_at,
    moved_to,
    superseded_by,
    unknown_columns,
    seconds_by_part,
    replay_of
from ops.load;

-- What a load replaced is asked by its number.
create index load_superseded on ops.load (superseded_by)
where superseded_by is not null;

-- Of each reason one message and the first lines, however many records have it.
create function ops.reasons_of(load_id bigint)
returns table (
    column_name text,
    code text,
    records bigint,
    message text,
    lines bigint[]
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with numbered as (
        select
            r.column_name,
            r.code,
            r.message,
            coalesce(r.line, r.row_number) as line,
            row_number() over (
                partition by r.column_name, r.code order by r.row_number
            ) as place
        from ops.reject as r
        where r.load_id = reasons_of.load_id
    )

    select
        n.column_name,
        n.code,
        count(*),
        min(n.message) filter (where n.place = 1),
        array_agg(n.line order by n.place) filter (where n.place <= 5)
    from numbered as n
    group by n.column_name, n.code
    order by count(*) desc, n.column_name, n.code
$$;
comment on function ops.reasons_of is
'Why records of one load were rejected, most frequent first: how many, one
message, and the first five lines (numbers of rows where there are no lines).';

revoke execute on function ops.reasons_of from public;
grant execute on function ops.reasons_of to catchment_api;
