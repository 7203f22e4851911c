-- How staff find people and companies: exactly by address, and by the beginnings of the words of a name.
CREATE INDEX people_email_idx ON people (lower(email));
CREATE INDEX contacts_value_idx ON contacts (lower(value));
CREATE INDEX people_name_idx ON people
    USING gin (to_tsvector('simple', coalesce(first_name, '') || ' ' || coalesce(last_name, '')));
CREATE INDEX companies_name_idx ON companies USING gin (to_tsvector('simple', name));

-- What staff write down about people and companies.
CREATE TABLE staff_notes (
    note_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    text text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT staff_notes_pkey PRIMARY KEY (note_id),
    CONSTRAINT staff_notes_subject_known CHECK (subject_kind IN ('person', 'company')),
    CONSTRAINT staff_notes_text_bounded CHECK (char_length(text) BETWEEN 1 AND 2000)
);
CREATE INDEX staff_notes_subject_idx ON staff_notes (subject_kind, subject_id, written_at, note_id);

-- What needs a second pair of eyes: asked by one member of staff, decided by another.
CREATE TABLE approvals (
    approval_id uuid NOT NULL,
    kind text NOT NULL,
    user_id text NOT NULL,
    -- For a change of owner: whose admin the person is to become.
    company_id uuid,
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    approved boolean,
    CONSTRAINT approvals_pkey PRIMARY KEY (approval_id),
    CONSTRAINT approvals_kind_known CHECK (kind IN ('factor_reset', 'owner_change')),
    CONSTRAINT approvals_company_fits CHECK ((kind = 'owner_change') = (company_id IS NOT NULL)),
    CONSTRAINT approvals_decision_whole CHECK (num_nulls(decided_by, decided_at, approved) IN (0, 3)),
    CONSTRAINT approvals_four_eyes CHECK (decided_by IS DISTINCT FROM asked_by)
);
CREATE UNIQUE INDEX approvals_open_idx ON approvals (kind, user_id, company_id) NULLS NOT DISTINCT
    WHERE decided_at IS NULL;
CREATE INDEX approvals_asked_at_idx ON approvals (asked_at, approval_id) WHERE decided_at IS NULL;
