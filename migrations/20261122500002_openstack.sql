-- What we want in OpenStack. What is there carries our ids, so that a run that was cut off finds what it made.
CREATE TABLE cloud_projects (
    cloud_project_id uuid NOT NULL,
    company_id uuid,
    domain text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    contact_name text,
    contact_email text,
    enabled boolean NOT NULL DEFAULT true,
    ends_at timestamptz,
    reminded_at timestamptz,
    keystone_id text,
    -- Why the last attempt to bring it about failed.
    failure text,
    created_at timestamptz NOT NULL,
    CONSTRAINT cloud_projects_pkey PRIMARY KEY (cloud_project_id),
    CONSTRAINT cloud_projects_keystone_key UNIQUE (keystone_id),
    CONSTRAINT cloud_projects_name_bounded CHECK (length(name) BETWEEN 1 AND 64)
);
CREATE UNIQUE INDEX cloud_projects_name_idx ON cloud_projects (domain, lower(name));
CREATE INDEX cloud_projects_company_id_idx ON cloud_projects (company_id);
CREATE INDEX cloud_projects_ends_at_idx ON cloud_projects (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE cloud_users (
    cloud_user_id uuid NOT NULL,
    -- Keycloak's id of the person; none for an account that only the cloud knows.
    user_id text,
    domain text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    full_name text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    keystone_id text,
    failure text,
    created_at timestamptz NOT NULL,
    CONSTRAINT cloud_users_pkey PRIMARY KEY (cloud_user_id),
    CONSTRAINT cloud_users_keystone_key UNIQUE (keystone_id),
    CONSTRAINT cloud_users_name_bounded CHECK (length(name) BETWEEN 1 AND 255)
);
CREATE UNIQUE INDEX cloud_users_name_idx ON cloud_users (domain, lower(name));
CREATE INDEX cloud_users_user_id_idx ON cloud_users (user_id);

-- Who may do what in which project: a task stands for roles. One that was taken back stays as such, so that it is
-- known for one of ours when it is still found in Keystone.
CREATE TABLE cloud_grants (
    cloud_project_id uuid NOT NULL,
    cloud_user_id uuid NOT NULL,
    task text NOT NULL,
    is_wanted boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT cloud_grants_pkey PRIMARY KEY (cloud_project_id, cloud_user_id, task),
    CONSTRAINT cloud_grants_project_fkey FOREIGN KEY (cloud_project_id) REFERENCES cloud_projects ON DELETE CASCADE,
    CONSTRAINT cloud_grants_user_fkey FOREIGN KEY (cloud_user_id) REFERENCES cloud_users ON DELETE CASCADE
);
CREATE INDEX cloud_grants_user_idx ON cloud_grants (cloud_user_id);

-- Quotas that differ from the cloud's defaults; -1 is unlimited, RAM is in MB.
CREATE TABLE cloud_quotas (
    cloud_project_id uuid NOT NULL,
    service text NOT NULL,
    resource text NOT NULL,
    wanted bigint NOT NULL,
    -- What was set last, and what was there before it.
    applied bigint,
    before bigint,
    CONSTRAINT cloud_quotas_pkey PRIMARY KEY (cloud_project_id, service, resource),
    CONSTRAINT cloud_quotas_project_fkey FOREIGN KEY (cloud_project_id) REFERENCES cloud_projects ON DELETE CASCADE,
    CONSTRAINT cloud_quotas_service_known CHECK (service IN ('compute', 'network', 'volume')),
    CONSTRAINT cloud_quotas_wanted_bounded CHECK (wanted BETWEEN -1 AND 2147483647)
);

-- What was found in Keystone that nobody here wanted. It stays as it is until somebody approves its end.
CREATE TABLE cloud_findings (
    finding_id bigint GENERATED ALWAYS AS IDENTITY,
    fingerprint text NOT NULL,
    finding jsonb NOT NULL,
    found_at timestamptz NOT NULL,
    approved_at timestamptz,
    approved_by text,
    CONSTRAINT cloud_findings_pkey PRIMARY KEY (finding_id),
    CONSTRAINT cloud_findings_fingerprint_key UNIQUE (fingerprint),
    CONSTRAINT cloud_findings_approval_whole CHECK ((approved_at IS NULL) = (approved_by IS NULL))
);
