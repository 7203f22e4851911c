-- Who belongs to the system itself, beside those whom Keycloak gives a role of staff.
CREATE TABLE system_members (
    user_id text NOT NULL,
    added_by text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT system_members_pkey PRIMARY KEY (user_id)
);

-- Clients of other systems. A system of no company belongs to the operator of the cloud.
CREATE TABLE system_clients (
    client_id text NOT NULL,
    company_id uuid,
    name text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT system_clients_pkey PRIMARY KEY (client_id),
    CONSTRAINT system_clients_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies
);
CREATE INDEX system_clients_company_idx ON system_clients (company_id, created_at, client_id);

-- Decisions that somebody may do something. The keys to members hold the rule that an association comes
-- first and that its end is the end of what hung on it.
CREATE TABLE access_grants (
    grant_id uuid NOT NULL,
    user_id text,
    client_id text,
    scope text NOT NULL,
    company_id uuid,
    deployment_id uuid,
    level text,
    permission text,
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    ends_at timestamptz,
    system_user_id text GENERATED ALWAYS AS (CASE WHEN scope = 'SYSTEM' THEN user_id END) STORED,
    CONSTRAINT access_grants_pkey PRIMARY KEY (grant_id),
    CONSTRAINT access_grants_holder_known CHECK (num_nonnulls(user_id, client_id) = 1),
    CONSTRAINT access_grants_power_known CHECK (num_nonnulls(level, permission) = 1),
    CONSTRAINT access_grants_level_known CHECK (level IN ('VIEW', 'MANAGE', 'ADMIN', 'SUPER')),
    CONSTRAINT access_grants_place_whole CHECK (CASE scope
        WHEN 'SYSTEM' THEN company_id IS NULL AND deployment_id IS NULL
        WHEN 'CUSTOMER' THEN company_id IS NOT NULL AND deployment_id IS NULL
        WHEN 'DEPLOYMENT' THEN company_id IS NOT NULL AND deployment_id IS NOT NULL
        ELSE false END),
    CONSTRAINT access_grants_once_key UNIQUE NULLS NOT DISTINCT
        (user_id, client_id, scope, company_id, deployment_id, level, permission),
    CONSTRAINT access_grants_member_fkey FOREIGN KEY (company_id, user_id)
        REFERENCES company_members (company_id, user_id) ON DELETE CASCADE,
    CONSTRAINT access_grants_system_member_fkey FOREIGN KEY (system_user_id)
        REFERENCES system_members (user_id) ON DELETE CASCADE,
    CONSTRAINT access_grants_client_fkey FOREIGN KEY (client_id)
        REFERENCES system_clients (client_id) ON DELETE CASCADE
);
CREATE INDEX access_grants_company_idx ON access_grants (company_id, granted_at, grant_id);
CREATE INDEX access_grants_client_idx ON access_grants (client_id);

-- Who may not act at all: blocked by staff, or disabled by an admin of their company.
CREATE TABLE person_blocks (
    user_id text NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT person_blocks_pkey PRIMARY KEY (user_id, kind),
    CONSTRAINT person_blocks_kind_known CHECK (kind IN ('blocked', 'disabled'))
);

-- Companies that staff have suspended: their people keep their accounts and may do nothing in it.
ALTER TABLE companies ADD COLUMN suspended_at timestamptz;
-- Taken out here, while Keycloak still has to confirm it.
ALTER TABLE company_members ADD COLUMN removed_at timestamptz;

-- Requests with an Idempotency-Key, and what was answered.
CREATE TABLE idempotent_requests (
    caller text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    claimed_at timestamptz NOT NULL,
    status integer,
    content_type text,
    etag text,
    location text,
    body bytea,
    CONSTRAINT idempotent_requests_pkey PRIMARY KEY (caller, key),
    CONSTRAINT idempotent_requests_whole CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotent_requests_claimed_at_idx ON idempotent_requests (claimed_at);
