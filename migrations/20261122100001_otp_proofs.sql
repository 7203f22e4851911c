-- Codes also prove addresses that are no factors: contacts, and where invoices go.
ALTER TABLE otp_challenges
    DROP CONSTRAINT otp_challenges_purpose_known,
    DROP CONSTRAINT otp_challenges_factor_but_for_enrol,
    ADD CONSTRAINT otp_challenges_purpose_known
        CHECK (purpose IN ('login', 'enrol', 'reset', 'step_up', 'contact', 'billing')),
    ADD CONSTRAINT otp_challenges_factor_but_for_proofs
        CHECK ((purpose IN ('enrol', 'contact', 'billing')) = (factor_id IS NULL));

-- Proofs that guard nothing yet, enrolment or not, count apart from factors.
ALTER TABLE otp_failures RENAME COLUMN enrolment TO proof;
CREATE INDEX otp_failures_forgettable_idx ON otp_failures (changed_at) WHERE in_a_row = 0 OR proof;
