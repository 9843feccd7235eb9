-- Three roles: one makes, one loads, one reads. They get their passwords (or
-- IAM authentication) from outside; without one nobody can log in as them.
create extension if not exists postgis;

do $$
declare
    role_name text;
begin
    foreach role_name in array
        array['catchment_owner', 'catchment_loader', 'catchment_api']
    loop
        begin
            execute format('create role %I login', role_name);
        exception
            -- Roles belong to the server: another database may have made them.
            when duplicate_object or unique_violation then null;
        end;
    end loop;
    execute format(
        'grant create, connect on database %I to catchment_owner',
        current_database()
    );
    execute format(
        'grant connect on database %I to catchment_loader, catchment_api',
        current_database()
    );
end
$$;

-- A managed server's administrator is no superuser and must be a member of the
-- owner to make things in its name.
grant catchment_owner to current_user;

-- Limits belong to the role: a SET would pin a connection behind RDS Proxy.
alter role catchment_api set default_transaction_read_only = on;
alter role catchment_api set statement_timeout = '10s';
-- A moment without a zone is UTC, whatever the server's own time zone is.
alter role catchment_api set timezone = 'UTC';
alter role catchment_loader set timezone = 'UTC';
-- A Lambda lives 15 minutes at most; what outlives it must not hold locks. No
-- timeout ends a COPY whose client has vanished: only keepalives find that out.
alter role catchment_loader set tcp_keepalives_idle = 30;
alter role catchment_loader set tcp_keepalives_interval = 10;
alter role catchment_loader set tcp_keepalives_count = 3;
alter role catchment_loader set lock_timeout = '5min';
alter role catchment_loader set statement_timeout = '14min';
alter role catchment_loader set idle_in_transaction_session_timeout = '15min';
