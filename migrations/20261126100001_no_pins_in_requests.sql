-- The form of the portal asks for no role, phone or sponsor. Until it was mended those cells were read by their places in a
-- sheet, and held others: in a request for a new project the PIN stood under phone, later under sponsor. A comment
-- "approved" counted as an approval; what nobody has decided yet is decided by people.
UPDATE intake_requests SET ask = ask || '{"role": "", "phone": "", "sponsor": ""}' WHERE source = 'portal';
UPDATE intake_requests SET approved_at_source = false WHERE source = 'portal' AND state IN ('received', 'notified');
