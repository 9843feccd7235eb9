alter table ops.load add column replay_of bigint;
comment on column ops.load.replay_of is
'The load that came by the event of which this one is another try.';

-- Rejects that keep a mended contract become rows of their load.
grant delete on ops.reject to catchment_loader;
