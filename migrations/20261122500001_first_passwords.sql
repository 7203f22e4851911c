-- Links by which people set their first password. Nothing here opens anything without a key that never enters the
-- database: the token is hashed, the PIN is hashed with that key, the random password is encrypted with it.
CREATE TABLE first_passwords (
    user_id text NOT NULL,
    -- Who keeps the password: Keystone, or Keycloak for people of the realm.
    keeper text NOT NULL,
    token_hash bytea NOT NULL,
    -- The token is made from it with the key; it changes with every link.
    token_nonce bytea NOT NULL,
    token_version smallint NOT NULL,
    pin_hash text NOT NULL,
    pin_version smallint NOT NULL,
    sealed_password bytea,
    password_version smallint,
    -- Tries that were begun and not given back.
    tries integer NOT NULL DEFAULT 0,
    issued_at timestamptz NOT NULL,
    -- Until then one right answer is at work.
    claimed_until timestamptz,
    -- Whom to send the link, until the account has its random password: {"address", "name", "language", "occasion"}.
    letter jsonb,
    CONSTRAINT first_passwords_pkey PRIMARY KEY (user_id),
    CONSTRAINT first_passwords_token_key UNIQUE (token_hash),
    CONSTRAINT first_passwords_keeper_known CHECK (keeper IN ('keystone', 'keycloak')),
    CONSTRAINT first_passwords_password_whole CHECK ((sealed_password IS NULL) = (password_version IS NULL)),
    CONSTRAINT first_passwords_keystone_has_one CHECK (keeper <> 'keystone' OR sealed_password IS NOT NULL),
    CONSTRAINT first_passwords_tries_bounded CHECK (tries BETWEEN 0 AND 10)
);
CREATE INDEX first_passwords_issued_at_idx ON first_passwords (issued_at);

-- Who asked for a new password, with the PIN that they chose. The address is kept as a hash: whoever helps finds the
-- person by the address on file.
CREATE TABLE password_resets (
    address_hash bytea NOT NULL,
    pin_hash text NOT NULL,
    pin_version smallint NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT password_resets_pkey PRIMARY KEY (address_hash)
);
CREATE INDEX password_resets_asked_at_idx ON password_resets (asked_at);
