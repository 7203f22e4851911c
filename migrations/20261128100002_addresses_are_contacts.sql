-- Whoever has a sign-in address has it among their contacts, where searches find it.
DROP INDEX people_email_idx;
