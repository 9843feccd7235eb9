-- A deletion tells of the place of an object, which the loader chose.
create index load_of_place on ops.load (bucket, moved_to)
where moved_to is not null;
