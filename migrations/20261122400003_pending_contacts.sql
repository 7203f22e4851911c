-- Addresses that a person wants to be reached by, before their code was entered. They count for nothing.
CREATE TABLE pending_contacts (
    pending_id uuid NOT NULL,
    user_id text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    purposes text[] NOT NULL,
    -- The code that was sent there.
    challenge_id uuid NOT NULL,
    -- The session that asked for it, which alone can enter it.
    session_id text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pending_contacts_pkey PRIMARY KEY (pending_id),
    CONSTRAINT pending_contacts_address_key UNIQUE (user_id, kind, value),
    CONSTRAINT pending_contacts_kind_known CHECK (kind IN ('email', 'phone')),
    CONSTRAINT pending_contacts_have_a_purpose CHECK (cardinality(purposes) > 0)
);
CREATE INDEX pending_contacts_created_at_idx ON pending_contacts (created_at);
