-- Default privileges: a table that a later migration or dbt build makes is
-- readable at once by whom it is for.
grant usage on schema raw, ops to catchment_loader;
alter default privileges in schema raw
grant select, insert, delete on tables to catchment_loader;

grant select on ops.catalog to catchment_loader;
grant select, insert, update on ops.load to catchment_loader;
grant select, insert on ops.reject, ops.refresh to catchment_loader;
grant execute on function ops.refresh_rollup, ops.refresh_mart
to catchment_loader;

grant usage on schema marts, ops to catchment_api;
alter default privileges in schema marts
grant select on tables to catchment_api;
grant select on ops.catalog, ops.refresh to catchment_api;
