-- Keys of the API. What is kept of a key is the digest of its secret, so that
-- nobody who reads this table can ask with it.
create table ops.api_key (
    id text primary key check (id ~ '^[a-z0-9]{8}$'),
    name text not null check (name != ''),
    secret_sha256 bytea not null check (length(secret_sha256) = 32),
    scopes text[] not null check (
        scopes <@ array['read', 'admin'] and cardinality(scopes) > 0
    ),
    claims jsonb not null default '{}' check (jsonb_typeof(claims) = 'object'),
    requests_per_minute integer check (requests_per_minute > 0),
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    revoked_at timestamptz
);
comment on table ops.api_key is
'Who may ask the API: `catchment keys create`, list and revoke.';
comment on column ops.api_key.id is
'The part of the key that is no secret: logs name it.';
comment on column ops.api_key.claims is
'What rows the key may see, as {"region": ["north"]} (meta.api.restrict).';

-- One key by its id: who took the API's password over cannot list the others.
create function ops.api_key_of(id text)
returns table (
    secret_sha256 bytea,
    scopes text[],
    claims jsonb,
    requests_per_minute integer,
    expires_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select k.secret_sha256, k.scopes, k.claims, k.requests_per_minute, k.expires_at
    from ops.api_key as k
    where k.id = api_key_of.id and k.revoked_at is null
$$;
comment on function ops.api_key_of is
'What the API has to know of a key that is not revoked; no row for any other.';

-- What the routes of the scope `admin` show of the ledger, and no more of it.
create view ops.loads as
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
    superseded_by
from ops.load;
comment on view ops.loads is 'The ledger as the API shows it.';

create function ops.rejects_of(load_id bigint, after bigint, most integer)
returns table (
    row_number bigint,
    line bigint,
    column_name text,
    code text,
    message text,
    record text,
    also jsonb
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        r.row_number, r.line, r.column_name, r.code, r.message, r.record, r.also
    from ops.reject as r
    where r.load_id = rejects_of.load_id and r.row_number > rejects_of.after
    order by r.row_number
    limit rejects_of.most
$$;
comment on function ops.rejects_of is
'Some rejects of one load, in the order of its file.';

revoke execute on function ops.api_key_of, ops.rejects_of from public;
grant execute on function ops.api_key_of, ops.rejects_of to catchment_api;
grant select on ops.loads to catchment_api;
