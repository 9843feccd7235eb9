-- A load of many rows gets a partition of its own: rows are copied into a table
-- without indexes, those are built over all rows at once, and only then the
-- table is attached. A GiST index that is kept while rows come in costs four
-- times as much (docs/performance.md).

-- Ids of such loads are 2000000000000 + n; n counts all loads, so it is what
-- tells the newer of two. Not more than a remainder, so that Postgres can
-- inline it.
create function ops.load_number(load_id bigint)
returns bigint
language sql immutable strict parallel safe
return load_id % 2000000000000;
comment on function ops.load_number is
'The number of a load, by which a newer one is told from an older one.';

create function ops.own_partition(feed_table text, load_id bigint)
returns text
language sql immutable strict parallel safe
return left(feed_table, 45) || '__' || load_id;
comment on function ops.own_partition is
'The name of the partition that a large load has to itself.';

-- Only tables of feeds, whatever text the caller sends.
create function ops.raw_table(feed_table text)
returns regclass
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    found regclass;
begin
    select c.oid
    into found
    from pg_class as c
    where
        c.relnamespace = 'raw'::regnamespace
        and c.relname = feed_table
        and c.relkind = 'p';
    if found is null then
        raise undefined_table using message = format('no raw table %s', feed_table);
    end if;
    return found;
end
$$;

-- The constraint lets the table be attached without being read once more.
create function ops.open_partition(feed_table text, load_id bigint)
returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
    execute format(
        'create table raw.%I (
            like %s including all excluding indexes excluding comments,
            constraint of_one_load check (_load_id = %s)
        )',
        ops.own_partition(feed_table, load_id),
        ops.raw_table(feed_table),
        load_id
    );
end
$$;
comment on function ops.open_partition is
'Make an empty table for the rows of one load, without indexes.';

-- Indexes first: to attach takes a lock of the raw table, which two loads of a
-- feed would otherwise hold for as long as a build takes.
create function ops.attach_partition(feed_table text, load_id bigint)
returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    parent regclass := ops.raw_table(feed_table);
    part text := format('raw.%I', ops.own_partition(feed_table, load_id));
    index_id oid;
begin
    for index_id in select indexrelid from pg_index where indrelid = parent loop
        execute regexp_replace(
            pg_get_indexdef(index_id),
            '^CREATE (UNIQUE )?INDEX .*? ON ONLY .*? USING ',
            format('create \1index on %s using ', part)
        );
    end loop;
    -- Autovacuum would come after the first refresh, which needs it.
    execute format('analyze %s', part);
    execute format(
        'alter table %s attach partition %s for values from (%s) to (%s)',
        parent, part, load_id, load_id + 1
    );
end
$$;
comment on function ops.attach_partition is
'Index the table of one load, and make it a partition of its raw table.';

-- To empty a partition costs nothing, but waits for all who read it, and a
-- backup reads for hours: then its rows are deleted one by one.
create function ops.remove_rows(feed_table text, load_ids bigint[])
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
    parent regclass := ops.raw_table(feed_table);
    load_id bigint;
    part regclass;
begin
    foreach load_id in array load_ids loop
        part := to_regclass(
            format('raw.%I', ops.own_partition(feed_table, load_id))
        );
        begin
            if part is not null then
                execute format('truncate %s', part);
                continue;
            end if;
        exception
            when lock_not_available then null;
        end;
        execute format('delete from %s where _load_id = $1', parent)
        using load_id;
    end loop;
end
$$;
comment on function ops.remove_rows is
'Take the rows of some loads out of a raw table.';

-- An empty partition does no harm, but to drop it locks its raw table: this
-- waits for a moment only, and leaves to the next call what is being read.
create function ops.drop_emptied_partitions()
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '200ms'
as $$
declare
    part regclass;
    dropped bigint := 0;
begin
    for part in
        select i.inhrelid
        from pg_inherits as i
        inner join pg_class as c on c.oid = i.inhrelid
        inner join ops.load as l
            on l.load_id = substring(c.relname from '__([0-9]{13,18})$')::bigint
        where c.relnamespace = 'raw'::regnamespace and l.status != 'loaded'
        -- Each takes some nine locks until the transaction ends.
        limit 50
    loop
        begin
            execute format('drop table %s', part);
            dropped := dropped + 1;
        exception
            -- Read just now, or dropped by another loader.
            when lock_not_available or undefined_table then null;
        end;
    end loop;
    return dropped;
end
$$;
comment on function ops.drop_emptied_partitions is
'Drop the partitions of loads whose rows were taken out.';

revoke execute on function
ops.own_partition,
ops.raw_table,
ops.open_partition,
ops.attach_partition,
ops.remove_rows,
ops.drop_emptied_partitions
from public;
grant execute on function
ops.own_partition,
ops.open_partition,
ops.attach_partition,
ops.remove_rows,
ops.drop_emptied_partitions
to catchment_loader;
-- The loader gives a large load its id.
grant usage on sequence ops.load_load_id_seq to catchment_loader;
