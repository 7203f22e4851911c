-- Ports follow machines and networks: so many are needed, and a project that has more keeps them.
ALTER TABLE cloud_quotas ADD COLUMN is_floor boolean NOT NULL DEFAULT false;
