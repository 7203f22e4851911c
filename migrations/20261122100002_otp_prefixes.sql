-- The conversion watch: which text messages went to which prefix, and which prefixes are blocked.
ALTER TABLE otp_messages ADD COLUMN prefix text, ADD COLUMN country text;
CREATE INDEX otp_messages_prefix_idx ON otp_messages (created_at) WHERE prefix IS NOT NULL;
CREATE INDEX otp_messages_provider_message_idx ON otp_messages (provider_message_id)
    WHERE provider_message_id IS NOT NULL;

-- A prefix (a number without its last four digits) that gets no text message for a while. The key is
-- that of the limit of the prefix.
CREATE TABLE otp_blocked_prefixes (
    key           bytea       NOT NULL,
    prefix        text        NOT NULL,
    country       text        NOT NULL,
    messages      bigint      NOT NULL,
    approved      bigint      NOT NULL,
    blocked_at    timestamptz NOT NULL DEFAULT now(),
    blocked_until timestamptz NOT NULL,
    lifted_at     timestamptz,
    CONSTRAINT otp_blocked_prefixes_pkey PRIMARY KEY (key),
    CONSTRAINT otp_blocked_prefixes_prefix_once UNIQUE (prefix)
);
CREATE INDEX otp_blocked_prefixes_until_idx ON otp_blocked_prefixes (blocked_until);
