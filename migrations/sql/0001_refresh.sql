-- The loader may refresh what dbt published, and nothing else: these functions
-- run as the owner and find relations in the catalog only.

create function ops.published_model(model text, kind text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    relation text;
begin
    select format('%I.%I', entry ->> 'schema', entry ->> 'alias')
    into relation
    from (
        select document from ops.catalog order by published_at desc limit 1
    ) as newest,
    json_array_elements(newest.document -> 'models') as entry
    where
        entry ->> 'name' = published_model.model
        and entry -> 'config' ->> 'materialized' = published_model.kind;
    if relation is null then
        raise exception 'the catalog has no % %', kind, model;
    end if;
    return relation;
end
$$;
comment on function ops.published_model is
'The relation of a model of the newest catalog; an error if it has none.';

-- The rows of a load carry its id, so replacing them is exact. One insert a
-- load: an equality on _load_id is pushed down through views and group by to
-- the load's own partition. One refresher at a time, and none while dbt builds
-- (warehouse/macros/materializations/locks.sql): two would both delete nothing
-- and both insert.
create function ops.refresh_rollup(model text, load_ids bigint[])
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    relation text := ops.published_model(model, 'rollup');
    definition text := regexp_replace(relation, '("?)$', '__definition\1');
    load_id bigint;
    written bigint;
    total bigint := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('ops.refresh', 0));
    foreach load_id in array load_ids loop
        execute format('delete from %s where _load_id = $1', relation)
        using load_id;
        execute format(
            'insert into %s select * from %s where _load_id = $1',
            relation, definition
        )
        using load_id;
        get diagnostics written = row_count;
        total := total + written;
    end loop;
    return total;
end
$$;
comment on function ops.refresh_rollup is
'Compute a rollup anew for some loads; returns the rows written.';

-- Concurrently, so that readers never wait; that needs a filled view with a
-- plain unique index
-- (https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html).
create function ops.refresh_mart(model text)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    relation text := ops.published_model(model, 'materialized_view');
    can_run_concurrently boolean;
begin
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
end
$$;
comment on function ops.refresh_mart is
'Refresh a materialized view while readers go on reading it.';

revoke execute on function
ops.published_model, ops.refresh_rollup, ops.refresh_mart
from public;
