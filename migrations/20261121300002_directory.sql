-- People as Keycloak knows them. A deleted person leaves the id and the sequence, so that a stale
-- record cannot bring them back, and no personal data.
CREATE TABLE people (
    user_id text NOT NULL,
    realm text NOT NULL,
    sequence bigint NOT NULL,
    username text,
    email text,
    email_verified boolean NOT NULL DEFAULT false,
    first_name text,
    last_name text,
    locale text,
    time_zone text,
    country text,
    company text,
    terms_version text,
    terms_accepted_at text,
    enabled boolean NOT NULL DEFAULT false,
    -- What Keycloak holds: [{"id", "channel", "hint"}]; destinations are held by the one-time codes.
    factors jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT people_pkey PRIMARY KEY (user_id),
    CONSTRAINT people_deleted_hold_nothing CHECK (
        deleted_at IS NULL
        OR (username IS NULL AND email IS NULL AND first_name IS NULL AND last_name IS NULL
            AND locale IS NULL AND time_zone IS NULL AND country IS NULL AND company IS NULL
            AND terms_version IS NULL AND terms_accepted_at IS NULL AND factors = '[]')
    )
);

-- Organisations as Keycloak knows them. Sequence 0: only heard of through a member so far.
CREATE TABLE organizations (
    organization_id text NOT NULL,
    realm text NOT NULL,
    sequence bigint NOT NULL,
    alias text,
    name text,
    enabled boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT organizations_pkey PRIMARY KEY (organization_id)
);

-- Who is in which organisation. No foreign keys: the two ends arrive by different partitions, in
-- any order.
CREATE TABLE memberships (
    user_id text NOT NULL,
    organization_id text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (user_id, organization_id)
);
CREATE INDEX memberships_organization_id_idx ON memberships (organization_id);
