-- A quota for a time holds until then; what is wanted for good comes back after it. Where nothing was wanted for good,
-- `wanted` is what the project had before, and not known until the quota for a time is set.
ALTER TABLE cloud_quotas
    ALTER COLUMN wanted DROP NOT NULL,
    ADD COLUMN temporary bigint,
    ADD COLUMN temporary_is_floor boolean NOT NULL DEFAULT false,
    ADD COLUMN temporary_until timestamptz,
    ADD COLUMN reminded_at timestamptz,
    ADD CONSTRAINT cloud_quotas_temporary_whole CHECK ((temporary IS NULL) = (temporary_until IS NULL)),
    ADD CONSTRAINT cloud_quotas_temporary_bounded CHECK (temporary BETWEEN -1 AND 2147483647),
    ADD CONSTRAINT cloud_quotas_something_wanted CHECK (num_nonnulls(wanted, temporary) > 0);
CREATE INDEX cloud_quotas_temporary_until_idx ON cloud_quotas (temporary_until) WHERE temporary_until IS NOT NULL;
