-- Sessions of the pages. The cookie holds a secret, the table its SHA-256: who reads the table can sign
-- in as nobody.
CREATE TABLE portal_sessions (
    secret_hash bytea NOT NULL,
    user_id text NOT NULL,
    -- Keycloak's session, which this one ends with.
    session_id text NOT NULL,
    began_at timestamptz NOT NULL,
    issued_at timestamptz NOT NULL,
    -- Shown to Keycloak at sign-out.
    id_token text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT portal_sessions_pkey PRIMARY KEY (secret_hash)
);
CREATE INDEX portal_sessions_session_id_idx ON portal_sessions (session_id);
CREATE INDEX portal_sessions_user_id_idx ON portal_sessions (user_id);
CREATE INDEX portal_sessions_seen_at_idx ON portal_sessions (seen_at);
