-- How the last thing that somebody asked of Keycloak stands.
CREATE INDEX keycloak_commands_of_person_idx ON keycloak_commands (user_id, kind, created_at, command_id);
