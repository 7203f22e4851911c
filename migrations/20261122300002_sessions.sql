-- Sessions that are over before their tokens are: whoever shows such a token is refused.
CREATE TABLE ended_sessions (
    session_id text NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT ended_sessions_pkey PRIMARY KEY (session_id)
);
CREATE INDEX ended_sessions_ended_at_idx ON ended_sessions (ended_at);

-- One session a person: the newest that was seen, and since when tokens count at all.
CREATE TABLE newest_sessions (
    user_id text NOT NULL,
    session_id text,
    began_at timestamptz,
    -- Tokens that are not younger are over: everything was ended then.
    ended_until timestamptz,
    CONSTRAINT newest_sessions_pkey PRIMARY KEY (user_id),
    CONSTRAINT newest_sessions_whole CHECK ((session_id IS NULL) = (began_at IS NULL))
);
