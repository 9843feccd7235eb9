-- The API tells by the newest loads of a feed whether the rows of a view have
-- changed: these columns of the ledger are what it takes, and name no file.
create index load_of_feed on ops.load (feed, load_id);
grant select (load_id, feed, status, finished_at) on ops.load to catchment_api;
