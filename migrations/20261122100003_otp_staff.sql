-- A reset needs two members of staff: what the first asked for waits here for the second.
CREATE TABLE otp_reset_requests (
    factor_id uuid        NOT NULL,
    asked_by  text        NOT NULL,
    asked_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT otp_reset_requests_pkey PRIMARY KEY (factor_id),
    CONSTRAINT otp_reset_requests_factor_fkey FOREIGN KEY (factor_id) REFERENCES otp_factors (id) ON DELETE CASCADE
);
