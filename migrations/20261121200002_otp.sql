-- One-time codes. No column here holds a code or anything that it could be computed from alone:
-- codes are derived from a challenge and a pepper that never enters the database.

-- Destinations that people have proven to be theirs, with their history. At most one is live per
-- channel, and one of the live ones is primary.
CREATE TABLE otp_factors (
    id              uuid        NOT NULL,
    realm           text        NOT NULL,
    user_id         text        NOT NULL,
    channel         text        NOT NULL,
    destination     text        NOT NULL,
    hint            text        NOT NULL,
    is_primary      boolean     NOT NULL,
    verified_at     timestamptz NOT NULL,
    bound_at        timestamptz,          -- first seen as a credential in Keycloak
    disabled_at     timestamptz,
    disabled_reason text,
    ended_at        timestamptz,
    end_reason      text,
    CONSTRAINT otp_factors_pkey PRIMARY KEY (id),
    CONSTRAINT otp_factors_channel_known CHECK (channel IN ('sms', 'email')),
    CONSTRAINT otp_factors_end_whole CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT otp_factors_end_reason_known CHECK (end_reason IN ('replaced', 'removed', 'reset')),
    CONSTRAINT otp_factors_ended_is_not_primary CHECK (ended_at IS NULL OR NOT is_primary)
);
CREATE UNIQUE INDEX otp_factors_one_live_per_channel ON otp_factors (user_id, realm, channel) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX otp_factors_one_primary ON otp_factors (user_id, realm) WHERE is_primary;
CREATE INDEX otp_factors_user_idx ON otp_factors (user_id);

-- Wrong codes in a row, by person and channel. Enrolment counts apart: its codes guard nothing yet,
-- and a locked factor must not keep its owner from proving a new one.
CREATE TABLE otp_failures (
    realm       text        NOT NULL,
    user_id     text        NOT NULL,
    channel     text        NOT NULL,
    enrolment   boolean     NOT NULL,
    in_a_row    integer     NOT NULL,
    next_try_at timestamptz,
    locked_at   timestamptz,
    lock_reason text,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT otp_failures_pkey PRIMARY KEY (user_id, realm, channel, enrolment),
    CONSTRAINT otp_failures_in_a_row_bounded CHECK (in_a_row >= 0)
);

CREATE TABLE otp_challenges (
    id              uuid        NOT NULL,
    realm           text        NOT NULL,
    user_id         text        NOT NULL,
    auth_session_id text        NOT NULL,
    client_id       text        NOT NULL,
    purpose         text        NOT NULL,
    channel         text        NOT NULL,
    destination     text        NOT NULL,
    hint            text        NOT NULL,
    factor_id       uuid,                 -- NULL while a new destination is being proven
    locale          text        NOT NULL,
    pepper_version  smallint    NOT NULL,
    state           text        NOT NULL DEFAULT 'pending',
    tries           integer     NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    decided_at      timestamptz,
    CONSTRAINT otp_challenges_pkey PRIMARY KEY (id),
    CONSTRAINT otp_challenges_factor_fkey FOREIGN KEY (factor_id) REFERENCES otp_factors (id) ON DELETE CASCADE,
    CONSTRAINT otp_challenges_purpose_known CHECK (purpose IN ('login', 'enrol', 'reset', 'step_up')),
    CONSTRAINT otp_challenges_channel_known CHECK (channel IN ('sms', 'email')),
    CONSTRAINT otp_challenges_state_known CHECK (state IN ('pending', 'approved', 'failed', 'expired', 'cancelled')),
    CONSTRAINT otp_challenges_factor_but_for_enrol CHECK ((purpose = 'enrol') = (factor_id IS NULL))
);
CREATE UNIQUE INDEX otp_challenges_one_live ON otp_challenges (user_id, realm, auth_session_id, purpose, channel)
    WHERE state = 'pending';
CREATE INDEX otp_challenges_expires_at_idx ON otp_challenges (expires_at);
CREATE INDEX otp_challenges_factor_idx ON otp_challenges (factor_id);

-- One row a message; it never holds the text.
CREATE TABLE otp_messages (
    id                  uuid        NOT NULL,
    challenge_id        uuid        NOT NULL,
    channel             text        NOT NULL,
    number              integer     NOT NULL, -- 1 for the first of its challenge
    state               text        NOT NULL DEFAULT 'queued',
    lease_until         timestamptz,
    provider            text,
    provider_message_id text,
    reason              text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    changed_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT otp_messages_pkey PRIMARY KEY (id),
    CONSTRAINT otp_messages_challenge_fkey FOREIGN KEY (challenge_id) REFERENCES otp_challenges (id) ON DELETE CASCADE,
    CONSTRAINT otp_messages_number_once UNIQUE (challenge_id, number),
    CONSTRAINT otp_messages_channel_known CHECK (channel IN ('sms', 'email')),
    CONSTRAINT otp_messages_state_known CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown')),
    CONSTRAINT otp_messages_lease_while_sending CHECK ((state = 'sending') = (lease_until IS NOT NULL))
);
CREATE INDEX otp_messages_unfinished_idx ON otp_messages (created_at) WHERE state IN ('queued', 'sending');

-- What was taken from each limit lately, as [[milliseconds since 1970, amount], …], oldest first. The
-- key is a hash: no personal data here.
CREATE TABLE otp_limits (
    scope      text        NOT NULL,
    key        bytea       NOT NULL,
    taken      jsonb       NOT NULL DEFAULT '[]',
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT otp_limits_pkey PRIMARY KEY (scope, key),
    CONSTRAINT otp_limits_taken_is_list CHECK (jsonb_typeof(taken) = 'array')
);
CREATE INDEX otp_limits_changed_at_idx ON otp_limits (changed_at);
