-- Which of 256 ranges a key lies in (the first byte of the SHA-256 of its UTF-8), so that readers can compare range by range.
ALTER TABLE published_records ADD COLUMN key_range smallint;
UPDATE published_records SET key_range = get_byte(sha256(convert_to(key, 'UTF8')), 0);
ALTER TABLE published_records
    ALTER COLUMN key_range SET NOT NULL,
    ADD CONSTRAINT published_records_key_range_check CHECK (key_range BETWEEN 0 AND 255);
CREATE INDEX published_records_key_range_idx
    ON published_records (stream, key_range, key COLLATE "C") INCLUDE (revision) WHERE NOT is_tombstone;
