-- Numbers and addresses that people had before they came here. None of them is a factor: each waits until
-- its owner has proven it, and goes then.
CREATE TABLE otp_imports (
    realm       text        NOT NULL,
    user_id     text        NOT NULL,
    channel     text        NOT NULL,
    destination text        NOT NULL,
    hint        text        NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT otp_imports_pkey PRIMARY KEY (user_id, realm, channel),
    CONSTRAINT otp_imports_channel_known CHECK (channel IN ('sms', 'email'))
);
CREATE INDEX otp_imports_imported_at_idx ON otp_imports (imported_at);

-- The table of an import names people by what they sign in with.
CREATE INDEX people_realm_username_idx ON people (realm, lower(username)) WHERE deleted_at IS NULL;
