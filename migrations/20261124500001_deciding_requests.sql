-- Who decides about a request, and until when: handed on, it is due; overdue, it goes one step up.
ALTER TABLE intake_requests
    ADD COLUMN assigned_at timestamptz,
    ADD COLUMN escalated_at timestamptz,
    -- When the same person asked for something else of the same kind and this one was over: it no longer holds the key.
    ADD COLUMN superseded_at timestamptz;
UPDATE intake_requests SET assigned_at = changed_at WHERE assignee IS NOT NULL;
ALTER TABLE intake_requests
    ADD CONSTRAINT intake_requests_assigned_whole CHECK ((assignee IS NULL) = (assigned_at IS NULL)),
    ADD CONSTRAINT intake_requests_superseded_is_over CHECK (
        superseded_at IS NULL OR state IN ('rejected', 'done', 'cancelled'));

DROP INDEX intake_requests_natural_key_idx;
CREATE UNIQUE INDEX intake_requests_natural_key_idx ON intake_requests (natural_key) WHERE superseded_at IS NULL;
-- A row of a sheet that says what was done long ago is known still.
CREATE INDEX intake_requests_superseded_idx ON intake_requests (natural_key, content_hash)
    WHERE superseded_at IS NOT NULL;
-- What waits and is not yet with whoever decides last.
CREATE INDEX intake_requests_undecided_idx ON intake_requests (received_at)
    WHERE state IN ('received', 'notified') AND escalated_at IS NULL;
