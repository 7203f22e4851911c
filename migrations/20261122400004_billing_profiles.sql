-- What an invoice to a company needs. Each change is a revision; every one is kept, so that an old invoice
-- can be made again as it was.
CREATE TABLE billing_profiles (
    company_id uuid NOT NULL,
    revision bigint NOT NULL,
    profile jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT billing_profiles_pkey PRIMARY KEY (company_id),
    CONSTRAINT billing_profiles_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies,
    CONSTRAINT billing_profiles_revision_counts CHECK (revision > 0)
);
CREATE INDEX billing_profiles_tax_ids_idx ON billing_profiles USING gin ((profile -> 'tax_ids') jsonb_path_ops);

CREATE TABLE billing_profile_versions (
    company_id uuid NOT NULL,
    revision bigint NOT NULL,
    profile jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT billing_profile_versions_pkey PRIMARY KEY (company_id, revision),
    CONSTRAINT billing_profile_versions_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies
);

-- Addresses that shall get invoices, before their code was entered.
CREATE TABLE pending_recipients (
    pending_id uuid NOT NULL,
    company_id uuid NOT NULL,
    user_id text NOT NULL,
    email text NOT NULL,
    challenge_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pending_recipients_pkey PRIMARY KEY (pending_id),
    CONSTRAINT pending_recipients_address_key UNIQUE (company_id, user_id, email),
    CONSTRAINT pending_recipients_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies
);
CREATE INDEX pending_recipients_created_at_idx ON pending_recipients (created_at);
