-- Companies. A name that somebody may found is held once by its comparable form; a company that an
-- administrator made under a name that is taken holds none.
CREATE TABLE companies (
    company_id uuid NOT NULL,
    realm text NOT NULL,
    name text NOT NULL,
    claim_key text,
    status text NOT NULL,
    organization_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT companies_pkey PRIMARY KEY (company_id),
    CONSTRAINT companies_claim_key UNIQUE (realm, claim_key),
    CONSTRAINT companies_organization_key UNIQUE (organization_id),
    CONSTRAINT companies_status_known CHECK (status IN ('pending', 'active', 'disabled')),
    CONSTRAINT companies_deleted_hold_no_name CHECK (deleted_at IS NULL OR claim_key IS NULL)
);

CREATE TABLE company_members (
    company_id uuid NOT NULL,
    user_id text NOT NULL,
    role text NOT NULL,
    -- Whether Keycloak has confirmed it; until then it is wanted by us.
    in_keycloak boolean NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT company_members_pkey PRIMARY KEY (company_id, user_id),
    CONSTRAINT company_members_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies,
    CONSTRAINT company_members_role_known CHECK (role IN ('admin', 'user'))
);
CREATE INDEX company_members_user_id_idx ON company_members (user_id);

-- Who asks to be let into a company that exists already.
CREATE TABLE join_requests (
    company_id uuid NOT NULL,
    user_id text NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT join_requests_pkey PRIMARY KEY (company_id, user_id),
    CONSTRAINT join_requests_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies
);
CREATE INDEX join_requests_user_id_idx ON join_requests (user_id);

-- Work that is done after a commit. What is done is deleted; what cannot be done stays, parked.
CREATE SEQUENCE job_generations;
CREATE TABLE jobs (
    job_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    -- What it is about: the same work is not queued twice.
    key text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    -- Grows when the work is asked for again, so that a run under way does not count as the new one.
    generation bigint NOT NULL DEFAULT nextval('job_generations'),
    attempts integer NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL,
    -- Until then it belongs to whoever runs it.
    leased_until timestamptz,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT jobs_pkey PRIMARY KEY (job_id),
    CONSTRAINT jobs_kind_key UNIQUE (kind, key),
    CONSTRAINT jobs_state_known CHECK (state IN ('waiting', 'parked'))
);
CREATE INDEX jobs_run_at_idx ON jobs (run_at) WHERE state = 'waiting';
