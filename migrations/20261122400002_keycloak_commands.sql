-- What people ask of Keycloak about a person. What it was goes when it is done; that it was stays a while.
CREATE TABLE keycloak_commands (
    command_id uuid NOT NULL,
    user_id text NOT NULL,
    kind text NOT NULL,
    payload jsonb,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- Why Keycloak will not do it; none when it was done.
    refusal text,
    CONSTRAINT keycloak_commands_pkey PRIMARY KEY (command_id),
    CONSTRAINT keycloak_commands_finished_hold_nothing CHECK ((finished_at IS NULL) = (payload IS NOT NULL)),
    CONSTRAINT keycloak_commands_refusal_known CHECK (refusal IN ('conflict', 'not_found', 'refused'))
);
CREATE INDEX keycloak_commands_waiting_idx ON keycloak_commands (user_id, command_id) WHERE finished_at IS NULL;
CREATE INDEX keycloak_commands_finished_idx ON keycloak_commands (finished_at) WHERE finished_at IS NOT NULL;
