-- People who were asked into a company and have not come yet. What was accepted or taken back leaves no row.
CREATE TABLE invitations (
    invitation_id uuid NOT NULL,
    company_id uuid NOT NULL,
    email text NOT NULL,
    email_key text GENERATED ALWAYS AS (lower(email)) STORED,
    first_name text,
    last_name text,
    role text NOT NULL,
    state text NOT NULL,
    invited_by text NOT NULL,
    invited_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (invitation_id),
    CONSTRAINT invitations_email_key UNIQUE (company_id, email_key),
    CONSTRAINT invitations_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies,
    CONSTRAINT invitations_role_known CHECK (role IN ('admin', 'user')),
    CONSTRAINT invitations_state_known CHECK (state IN ('queued', 'sent', 'cancelled'))
);
CREATE INDEX invitations_listed_idx ON invitations (company_id, invited_at, invitation_id);
CREATE INDEX company_members_listed_idx ON company_members (company_id, since, user_id);

-- The name an admin wants, until Keycloak has it.
ALTER TABLE companies ADD COLUMN wanted_name text;
