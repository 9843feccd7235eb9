-- alembic fills raw and ops; dbt fills the others.
create schema raw authorization catchment_owner;
create schema ops authorization catchment_owner;
create schema seeds authorization catchment_owner;
create schema staging authorization catchment_owner;
create schema intermediate authorization catchment_owner;
create schema marts authorization catchment_owner;

comment on schema raw is
'What was read from files, a table per feed (alembic).';
comment on schema ops is 'Ledger, quarantine, refresh log, catalog (alembic).';
comment on schema seeds is 'Reference data kept with the models (dbt).';
comment on schema staging is 'Raw rows, renamed and typed: views (dbt).';
comment on schema intermediate is 'Rollups, kept up to date by load (dbt).';
comment on schema marts is 'What the API serves: materialized views (dbt).';

-- Everything below, in this migration and all later ones, is the owner's. An
-- administrator who is no superuser can give a table only to a role that may
-- create tables beside it.
grant create on schema public to catchment_owner;
alter table public.alembic_version owner to catchment_owner;
revoke create on schema public from catchment_owner;
set role catchment_owner;
