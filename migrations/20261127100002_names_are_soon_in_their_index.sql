-- New names wait in a list beside their index until it is full, and every search by name reads that list: 4 MB as PostgreSQL
-- has it, so that a rare name was found in milliseconds instead of parts of one. A list of 256 kB is emptied more often,
-- for 3 % more WAL a changed name.
ALTER INDEX people_name_idx SET (gin_pending_list_limit = 256);
ALTER INDEX companies_name_idx SET (gin_pending_list_limit = 256);
