-- One row a signed call: its answer, given again when the call is repeated. Short-lived.
CREATE TABLE webhook_requests (
    webhook_id          text        NOT NULL,
    fingerprint         bytea       NOT NULL,
    status              smallint,
    body                text,
    retry_after_seconds bigint,
    received_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_requests_pkey PRIMARY KEY (webhook_id),
    CONSTRAINT webhook_requests_id_bounded CHECK (length(webhook_id) BETWEEN 1 AND 128),
    CONSTRAINT webhook_requests_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32),
    CONSTRAINT webhook_requests_answer_whole CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX webhook_requests_received_at_idx ON webhook_requests (received_at);
