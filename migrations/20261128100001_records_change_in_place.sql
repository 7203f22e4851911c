-- A record that is published again changes in its place (heap-only tuple): no index has a column that changes with it.
-- When readers prove that they have everything, all records are read anyhow; what was published of late is asked for
-- only when another process takes over, for which a summary of each block range is enough.
DROP INDEX published_records_key_range_idx;
CREATE INDEX published_records_key_range_idx
    ON published_records (stream, key_range, key COLLATE "C") WHERE NOT is_tombstone;
DROP INDEX published_records_published_at_idx;
CREATE INDEX published_records_published_at_idx ON published_records USING brin (published_at);
ALTER TABLE published_records SET (fillfactor = 80);
