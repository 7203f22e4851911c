-- The first migration: nothing but a comment on the database, so that an empty one is recognised.
COMMENT ON SCHEMA public IS 'Gatehouse: state, changed keys and jobs';
