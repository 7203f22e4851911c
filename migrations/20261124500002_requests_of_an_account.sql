-- People follow what they asked for, and companies see their projects.
CREATE INDEX intake_requests_account_idx ON intake_requests (lower(ask ->> 'email'), received_at);
