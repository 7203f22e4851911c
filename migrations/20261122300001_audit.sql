-- Who did what to whom, when, from where and why. Nothing is ever changed or taken away here.
CREATE TABLE audit_entries (
    entry_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    -- A user id, a client id or the name of an operator; none for the service itself.
    actor_id text,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    -- Whose company it concerns, so that its admins can look; no foreign key, entries outlive companies.
    company_id uuid,
    -- Masked values only.
    before jsonb,
    after jsonb,
    reason text,
    ip_address inet,
    client_id text,
    trace_id text,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (entry_id),
    CONSTRAINT audit_entries_actor_known CHECK (actor_kind IN ('person', 'system', 'service', 'operator')),
    CONSTRAINT audit_entries_actor_named CHECK ((actor_kind = 'service') = (actor_id IS NULL)),
    CONSTRAINT audit_entries_action_form CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$')
);
CREATE INDEX audit_entries_time_idx ON audit_entries (occurred_at, entry_id);
CREATE INDEX audit_entries_subject_idx ON audit_entries (subject_kind, subject_id, occurred_at, entry_id);
CREATE INDEX audit_entries_actor_idx ON audit_entries (actor_id, occurred_at, entry_id);
CREATE INDEX audit_entries_company_idx ON audit_entries (company_id, occurred_at, entry_id);
CREATE INDEX audit_entries_action_idx ON audit_entries (action, occurred_at, entry_id);

CREATE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse_change();
