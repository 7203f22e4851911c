-- Requests for accounts, projects and quotas, each with its way from received to done.
CREATE TABLE intake_requests (
    request_id uuid NOT NULL,
    -- Who asks for what: the same row of a sheet is the same request.
    natural_key text NOT NULL,
    content_hash bytea NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    -- What is asked, as in the model; personal data.
    ask jsonb NOT NULL,
    -- The PIN, encrypted with a key that never enters the database; gone when it is used or the request has ended.
    sealed_pin bytea,
    pin_version smallint,
    -- Whether the sheet it came from says that it is approved.
    approved_at_source boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    source_row integer,
    assignee text,
    reason text,
    cloud_project_id uuid,
    cloud_user_id uuid,
    reminded_at timestamptz,
    reminders integer NOT NULL DEFAULT 0,
    written_back text,
    received_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT intake_requests_pkey PRIMARY KEY (request_id),
    CONSTRAINT intake_requests_kind_known CHECK (kind IN ('access', 'quota')),
    CONSTRAINT intake_requests_state_known CHECK (
        state IN ('received', 'notified', 'approved', 'rejected', 'provisioning', 'done', 'failed', 'cancelled')),
    CONSTRAINT intake_requests_pin_whole CHECK ((sealed_pin IS NULL) = (pin_version IS NULL)),
    CONSTRAINT intake_requests_ended_hold_no_pin CHECK (
        sealed_pin IS NULL OR state NOT IN ('rejected', 'done', 'cancelled'))
);
CREATE UNIQUE INDEX intake_requests_natural_key_idx ON intake_requests (natural_key);
CREATE INDEX intake_requests_new_project_idx ON intake_requests (lower(ask #>> '{project,name}'))
    WHERE ask #>> '{project,is}' = 'new';
CREATE INDEX intake_requests_state_idx ON intake_requests (state, received_at);

-- Each step with who and when. Nothing is taken back.
CREATE TABLE intake_steps (
    step_id bigint GENERATED ALWAYS AS IDENTITY,
    request_id uuid NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    reason text,
    at timestamptz NOT NULL,
    CONSTRAINT intake_steps_pkey PRIMARY KEY (step_id),
    CONSTRAINT intake_steps_request_fkey FOREIGN KEY (request_id) REFERENCES intake_requests ON DELETE CASCADE
);
CREATE INDEX intake_steps_request_id_idx ON intake_steps (request_id);

-- Whoever asks may be somebody we know: found by the address.
CREATE INDEX people_realm_email_idx ON people (realm, lower(email)) WHERE deleted_at IS NULL;
