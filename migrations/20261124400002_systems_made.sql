-- How far Keycloak is with a system's client, and when its secret was made last. The secret is Keycloak's.
ALTER TABLE system_clients
    ADD COLUMN made_at timestamptz,
    ADD COLUMN secret_at timestamptz;
