-- Who asked to sign up while the launch is closed: one row an address, however often it asks.
CREATE TABLE admission_requests (
    request_id uuid NOT NULL,
    realm text NOT NULL,
    email text NOT NULL,
    email_key text GENERATED ALWAYS AS (lower(email)) STORED,
    first_name text,
    last_name text,
    company text,
    locale text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    asked_at timestamptz NOT NULL,
    reminded_at timestamptz,
    decided_at timestamptz,
    decided_by text,
    reason text,
    CONSTRAINT admission_requests_pkey PRIMARY KEY (request_id),
    CONSTRAINT admission_requests_email_key UNIQUE (realm, email_key),
    CONSTRAINT admission_requests_state_known CHECK (state IN ('waiting', 'approved', 'refused')),
    CONSTRAINT admission_requests_decided_by_somebody CHECK (
        (state = 'waiting') = (decided_at IS NULL) AND (state = 'waiting') = (decided_by IS NULL)
        AND (state = 'waiting') = (reason IS NULL))
);
CREATE INDEX admission_requests_waiting_idx ON admission_requests (asked_at, request_id) WHERE state = 'waiting';

-- Who may sign up without asking: an address, or every address of a domain, in lower case.
CREATE TABLE admission_allowed (
    allowed_id uuid NOT NULL,
    value text NOT NULL,
    reason text NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT admission_allowed_pkey PRIMARY KEY (allowed_id),
    CONSTRAINT admission_allowed_value_key UNIQUE (value)
);
CREATE INDEX admission_allowed_listed_idx ON admission_allowed (added_at, allowed_id);

-- Keycloak asks by address whether somebody was invited.
CREATE INDEX invitations_address_idx ON invitations (email_key);
