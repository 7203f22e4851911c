-- Whom to ask at a company. They need no account, so nobody has proven these addresses.
CREATE TABLE company_contacts (
    contact_id uuid NOT NULL,
    company_id uuid NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    -- What they are asked about.
    purposes text[] NOT NULL,
    -- Its domain in lower case.
    email text NOT NULL,
    -- E.164.
    phone text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT company_contacts_pkey PRIMARY KEY (contact_id),
    CONSTRAINT company_contacts_email_key UNIQUE (company_id, email),
    CONSTRAINT company_contacts_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies,
    CONSTRAINT company_contacts_purposes_known CHECK (
        cardinality(purposes) > 0 AND purposes <@ ARRAY['technical', 'billing', 'security', 'other']),
    CONSTRAINT company_contacts_version_counts CHECK (version > 0)
);
CREATE INDEX company_contacts_listed_idx ON company_contacts (company_id, created_at, contact_id);
