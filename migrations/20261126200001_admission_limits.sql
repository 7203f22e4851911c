-- How often somebody asked at the closed door lately: a bucket that is full again at `full_at` (GCRA). The key is a hash of the
-- client's network: no personal data here.
CREATE TABLE admission_limits (
    key bytea NOT NULL,
    full_at timestamptz NOT NULL,
    CONSTRAINT admission_limits_pkey PRIMARY KEY (key)
);
CREATE INDEX admission_limits_full_at_idx ON admission_limits (full_at);
