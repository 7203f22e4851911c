-- Codes also prove the address that somebody wants to sign in with.
ALTER TABLE otp_challenges
    DROP CONSTRAINT otp_challenges_purpose_known,
    DROP CONSTRAINT otp_challenges_factor_but_for_proofs,
    ADD CONSTRAINT otp_challenges_purpose_known
        CHECK (purpose IN ('login', 'enrol', 'reset', 'step_up', 'contact', 'billing', 'login_address')),
    ADD CONSTRAINT otp_challenges_factor_but_for_proofs
        CHECK ((purpose IN ('enrol', 'contact', 'billing', 'login_address')) = (factor_id IS NULL));

-- Addresses that people want to sign in with, before the code was entered. They count for nothing.
CREATE TABLE wanted_login_addresses (
    user_id text NOT NULL,
    address text NOT NULL,
    -- The code that was sent there.
    challenge_id uuid NOT NULL,
    -- The session that asked for it, which alone can enter it.
    session_id text NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT wanted_login_addresses_pkey PRIMARY KEY (user_id)
);
CREATE INDEX wanted_login_addresses_asked_at_idx ON wanted_login_addresses (asked_at);

-- Changes of a proven sign-in address, which whoever reads the old mailbox can undo for a while.
CREATE TABLE login_address_changes (
    change_id uuid NOT NULL,
    user_id text NOT NULL,
    old_address text NOT NULL,
    new_address text NOT NULL,
    changed_at timestamptz NOT NULL,
    undo_until timestamptz NOT NULL,
    undone_at timestamptz,
    CONSTRAINT login_address_changes_pkey PRIMARY KEY (change_id),
    CONSTRAINT login_address_changes_wait CHECK (undo_until > changed_at)
);
CREATE INDEX login_address_changes_user_id_idx ON login_address_changes (user_id, changed_at);
CREATE INDEX login_address_changes_undo_until_idx ON login_address_changes (undo_until);

-- The links to undo a change, by the SHA-256 of their secret: who reads the table can undo nothing. A
-- letter that had to be written twice has two.
CREATE TABLE login_address_links (
    link_hash bytea NOT NULL,
    change_id uuid NOT NULL,
    CONSTRAINT login_address_links_pkey PRIMARY KEY (link_hash),
    CONSTRAINT login_address_links_is_sha256 CHECK (octet_length(link_hash) = 32),
    CONSTRAINT login_address_links_change_id_fkey FOREIGN KEY (change_id)
        REFERENCES login_address_changes ON DELETE CASCADE
);
CREATE INDEX login_address_links_change_id_idx ON login_address_links (change_id);
