-- A mart with `refresh_by` is brought up to date for some values of that
-- column only. Which these are is kept here, and not by the loader: a mart that
-- failed has them before it when it is tried again, though the rollup rows that
-- told of them, those of a load that was replaced, are gone by then.
create table ops.stale (
    mart text not null,
    refresh_by text,
    value text
);
create index on ops.stale (mart);
comment on table ops.stale is
'What each mart has yet to show of the rollups above it.';
comment on column ops.stale.refresh_by is
'The column of `value`; null where the mart must be computed anew as a whole.';
comment on column ops.stale.value is
'A value of the column, as text; null for the rows that have none.';

-- From each rollup down to the marts, and no further than to the next rollup.
create function ops.marts_below(document json)
returns table (rollup text, mart text, refresh_by text)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    with recursive models as materialized (
        select
            entry ->> 'unique_id' as id,
            entry ->> 'name' as name,
            entry -> 'config' ->> 'materialized' as kind,
            entry -> 'config' ->> 'refresh_by' as refresh_by,
            entry -> 'depends_on' as parents
        from json_array_elements(document -> 'models') as entry
    ),

    arrows as materialized (
        select
            parent.id as parent,
            models.id as child
        from models
        cross join json_array_elements_text(models.parents) as parent (id)
        where models.kind <> 'rollup'
    ),

    below as (
        select
            id as rollup_id,
            id
        from models
        where kind = 'rollup'
        union
        select
            below.rollup_id,
            arrows.child
        from below
        inner join arrows on below.id = arrows.parent
    )

    select
        rollups.name,
        models.name,
        models.refresh_by
    from below
    inner join models on below.id = models.id
    inner join models as rollups on below.rollup_id = rollups.id
    where models.kind = 'mart'
$$;
comment on function ops.marts_below is
'Which marts stand on which rollup of a catalog, and their refresh_by.';

-- The rows of a load carry its id, so replacing them is exact. One insert a
-- load: an equality on _load_id is pushed down through views and group by to
-- the load's own rows. For the marts below it notes which values the rows had
-- that are gone, and which the new ones have.
create function ops.catch_up_rollup(
    relation regclass, marts jsonb, load_ids bigint[]
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    definition text := regexp_replace(relation::text, '("?)$', '__definition\1');
    columns text;
    noting text;
    load_id bigint;
    written bigint;
    total bigint := 0;
begin
    select
        string_agg(distinct format(', %I', below.refresh_by), ''),
        string_agg(distinct format(
            'select %L as refresh_by, %I::text as value from changed',
            below.refresh_by, below.refresh_by
        ), ' union ')
    into columns, noting
    from jsonb_to_recordset(marts) as below (refresh_by text);
    noting := format(
        'noted as (
            insert into ops.stale (mart, refresh_by, value)
            select mart, refresh_by, value
            from (%s) as seen
            inner join
                jsonb_to_recordset($1) as below (mart text, refresh_by text)
                using (refresh_by)
            except
            select mart, refresh_by, value from ops.stale
        )
        select count(*) from changed',
        coalesce(noting, 'select null as refresh_by, null as value where false')
    );
    foreach load_id in array load_ids loop
        execute format(
            'with changed as (
                delete from %s where _load_id = %s::bigint returning _load_id%s
            ), %s',
            relation, load_id, columns, noting
        )
        using marts;
        execute format(
            'with changed as (
                insert into %s select * from %s where _load_id = %s::bigint
                returning _load_id%s
            ), %s',
            relation, definition, load_id, columns, noting
        )
        into written
        using marts;
        total := total + written;
    end loop;
    return total;
end
$$;
comment on function ops.catch_up_rollup is
'Compute a rollup anew for some loads, and note what the marts below,
[{mart, refresh_by}], have to show of it; returns the rows written.';

-- One refresher at a time, and none while dbt builds
-- (warehouse/macros/materializations/locks.sql): two would both delete nothing
-- and both insert.
create or replace function ops.refresh_rollup(model text, load_ids bigint[])
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    relation text := ops.published_model(model, 'rollup');
    marts jsonb;
begin
    perform pg_advisory_xact_lock(hashtextextended('ops.refresh', 0));
    select coalesce(jsonb_agg(to_jsonb(below)), '[]')
    into marts
    from (
        select document from ops.catalog order by published_at desc limit 1
    ) as newest
    cross join ops.marts_below(newest.document) as below
    where below.rollup = model;
    return ops.catch_up_rollup(relation::regclass, marts, load_ids);
end
$$;

-- Values are written into the statement as constants: only so Postgres pushes
-- them through views, joins and group by down to the rollups. Rows that stay as
-- they are are not written: where 100 of a day's 2,000 changed, that is a tenth
-- of the write-ahead log and a quarter of the time.
create function ops.catch_up_mart(
    mart text, relation regclass, refresh_by text
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    definition text := regexp_replace(relation::text, '("?)$', '__definition\1');
    is_whole boolean;
    has_null boolean;
    constants text;
    scope text;
    columns text;
    columns_excluded text;
    keys text;
    is_same text;
    changed bigint;
begin
    with taken as (
        delete from ops.stale as s
        where s.mart = catch_up_mart.mart
        returning s.refresh_by, s.value
    )

    select
        bool_or(taken.refresh_by is distinct from catch_up_mart.refresh_by),
        bool_or(taken.value is null),
        string_agg(
            distinct format('%L::%s', taken.value, format_type(a.atttypid, -1)),
            ', '
        ) filter (where taken.value is not null)
    into is_whole, has_null, constants
    from taken
    left join pg_attribute as a
        on a.attrelid = relation and a.attname = catch_up_mart.refresh_by;
    if is_whole is null then
        return 0;
    end if;
    scope := case
        when is_whole then 'true'
        else concat_ws(
            ' or ',
            format('%I in (', refresh_by) || constants || ')',
            case when has_null then format('%I is null', refresh_by) end
        )
    end;
    select
        string_agg(format('%I', a.attname), ', ' order by a.attnum),
        string_agg(format('excluded.%I', a.attname), ', ' order by a.attnum),
        string_agg(format('%I', a.attname), ', ')
            filter (where a.attnum = any(the_key.indkey)),
        string_agg(format('(old.self).%1$I = fresh.%1$I', a.attname), ' and ')
            filter (where a.attnum = any(the_key.indkey))
    into columns, columns_excluded, keys, is_same
    from pg_attribute as a
    cross join (
        select i.indkey
        from pg_index as i
        where
            i.indrelid = relation
            and i.indisunique
            and i.indpred is null
            and i.indexprs is null
        order by i.indexrelid
        limit 1
    ) as the_key
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
    -- A full join is never a nested loop, which Postgres would choose for a day
    -- that its statistics do not know yet: it takes the square of the rows.
    execute format(
        'with fresh as materialized (select * from %2$s where %3$s),

        differing as materialized (
            select fresh.*, old.place as _place, fresh is null as _is_gone
            from fresh
            full join (
                select self.ctid as place, self from %1$s as self where %3$s
            ) as old on %4$s
            where fresh is null or old.self is null or old.self *<> fresh
        ),

        gone as (
            delete from %1$s
            where ctid = any(array(select _place from differing where _is_gone))
            returning 1
        ),

        written as (
            insert into %1$s
            select %5$s from differing where not _is_gone
            on conflict (%7$s) do update set (%5$s) = row(%6$s)
            returning 1
        )

        select (select count(*) from gone) + (select count(*) from written)',
        relation, definition, scope, is_same, columns, columns_excluded, keys
    )
    into changed;
    return changed;
end
$$;
comment on function ops.catch_up_mart is
'Bring a mart up to date with what ops.stale has of it; how many rows changed.';

drop function ops.refresh_mart(text);
create function ops.refresh_mart(model text)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    kind text;
    by_column text;
    relation text;
    can_run_concurrently boolean;
begin
    select
        entry -> 'config' ->> 'materialized',
        entry -> 'config' ->> 'refresh_by'
    into kind, by_column
    from (
        select document from ops.catalog order by published_at desc limit 1
    ) as newest,
    json_array_elements(newest.document -> 'models') as entry
    where entry ->> 'name' = refresh_mart.model;
    if kind = 'mart' then
        perform pg_advisory_xact_lock(hashtextextended('ops.refresh', 0));
        relation := ops.published_model(model, 'mart');
        return ops.catch_up_mart(model, relation::regclass, by_column);
    end if;
    -- Concurrently, so that readers never wait; that needs a filled view with a
    -- plain unique index
    -- (https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html).
    relation := ops.published_model(model, 'materialized_view');
    select
        c.relispopulated
        and exists (
            select from pg_index as i
            where
                i.indrelid = c.oid
                and i.indisunique
                and i.indisvalid
                and i.indpred is null
                and i.indexprs is null
        )
    into can_run_concurrently
    from pg_class as c
    where c.oid = relation::regclass;
    execute format(
        'refresh materialized view %s %s',
        case when can_run_concurrently then 'concurrently' else '' end,
        relation
    );
    return null;
end
$$;
comment on function ops.refresh_mart is
'Bring a mart up to date while readers go on reading it; returns the rows that
changed, or null where it is a materialized view.';
comment on column ops.refresh.rows is
'Rows written to a rollup, or changed in a mart; null for a materialized view.';

revoke execute on function
ops.marts_below, ops.catch_up_rollup, ops.catch_up_mart, ops.refresh_mart
from public;
grant execute on function ops.refresh_mart to catchment_loader;
