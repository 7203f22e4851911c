-- The realm's roles that the person held when the session began: what staff may do hangs on them. A role
-- that Keycloak takes away ends with the session.
ALTER TABLE portal_sessions ADD COLUMN realm_roles text[] NOT NULL DEFAULT '{}';
