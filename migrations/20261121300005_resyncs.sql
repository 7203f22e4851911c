-- What each comparison with Keycloak found.
CREATE TABLE resyncs (
    resync_id bigint GENERATED ALWAYS AS IDENTITY,
    finished_at timestamptz NOT NULL DEFAULT now(),
    missing bigint NOT NULL,
    extra bigint NOT NULL,
    different bigint NOT NULL,
    CONSTRAINT resyncs_pkey PRIMARY KEY (resync_id)
);
