-- How people can be reached, and what each address is for.
CREATE TABLE contacts (
    contact_id uuid NOT NULL,
    user_id text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    purposes text[] NOT NULL,
    is_primary boolean NOT NULL,
    verified_at timestamptz,
    proof text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (contact_id),
    CONSTRAINT contacts_address_key UNIQUE (user_id, kind, value),
    CONSTRAINT contacts_kind_known CHECK (kind IN ('email', 'phone')),
    CONSTRAINT contacts_have_a_purpose CHECK (cardinality(purposes) > 0),
    CONSTRAINT contacts_proof_whole CHECK ((verified_at IS NULL) = (proof IS NULL))
);
CREATE UNIQUE INDEX contacts_one_primary_idx ON contacts (user_id, kind) WHERE is_primary;
