-- `loading` is never seen: it stands while the load is under way, and a load
-- that replaces another of the same version takes its place at the end.
alter table ops.load drop constraint load_status_check;
alter table ops.load add constraint load_status_check check (
    status in (
        'loading',
        'loaded',
        'rejected',
        'failed',
        'superseded',
        'unloaded',
        'unmatched'
    )
);
alter table ops.load add column unknown_columns text[];
comment on column ops.load.unknown_columns is
'Columns of the file that its contract does not name (unknown_columns: warn).';
alter table ops.load add column seconds_by_part jsonb;
comment on column ops.load.seconds_by_part is
'How long its parts took: {"fetch": 0.012, "copy": 0.3, …}.';

-- By number, as ids of large loads are above all others.
drop index ops.load_of_key;
create index load_of_key on ops.load (bucket, key, ops.load_number(load_id));
create index load_in_order on ops.load (ops.load_number(load_id));
drop index ops.load_of_feed;
create index load_of_feed on ops.load (feed, ops.load_number(load_id));
drop index ops.load_to_refresh;
create index load_to_refresh on ops.load (feed, load_id)
where refreshed_at is null and status in ('loaded', 'superseded', 'unloaded');

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
    seconds_by_part
from ops.load;
