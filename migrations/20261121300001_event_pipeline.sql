-- Which messages were seen, so that one that comes again has no second effect.
CREATE TABLE inbox (
    message_id text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inbox_pkey PRIMARY KEY (message_id)
);
CREATE INDEX inbox_seen_at_idx ON inbox (seen_at);

-- Records that could not be read, until they are sent on to the topic for them.
CREATE TABLE parked_records (
    parked_id bigint GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    value bytea,
    header_names text[] NOT NULL,
    header_values bytea[] NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT parked_records_pkey PRIMARY KEY (parked_id),
    CONSTRAINT parked_records_place_key UNIQUE (topic, partition, "offset")
);

-- Keys whose record the outside has not heard of yet.
CREATE SEQUENCE changed_key_generations;
CREATE TABLE changed_keys (
    stream text NOT NULL,
    key text NOT NULL,
    generation bigint NOT NULL DEFAULT nextval('changed_key_generations'),
    marked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT changed_keys_pkey PRIMARY KEY (stream, key)
);
CREATE INDEX changed_keys_generation_idx ON changed_keys (generation);

-- What was published last under each key. A revision is taken from one sequence for all, so it only
-- grows, also for somebody who was deleted and comes back.
CREATE SEQUENCE record_revisions;
CREATE TABLE published_records (
    stream text NOT NULL,
    key text NOT NULL,
    revision bigint NOT NULL,
    -- SHA-256 of the content without revision and times; null asks for the record to be sent again.
    content_hash bytea,
    is_tombstone boolean NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT published_records_pkey PRIMARY KEY (stream, key)
);
CREATE INDEX published_records_published_at_idx ON published_records (published_at);
