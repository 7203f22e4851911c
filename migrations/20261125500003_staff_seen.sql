-- The roles of staff that people were last seen with, so that something can be handed to them while they are not here.
-- One who lost them keeps an empty row: a token that is older than that says nothing any more.
CREATE TABLE staff_seen (
    user_id text NOT NULL,
    roles text[] NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT staff_seen_pkey PRIMARY KEY (user_id)
);
