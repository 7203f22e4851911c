-- ID tokens are no longer kept: signing out needs none. The column goes when no process writes it any more.
ALTER TABLE portal_sessions ALTER COLUMN id_token SET DEFAULT '';
UPDATE portal_sessions SET id_token = '';
