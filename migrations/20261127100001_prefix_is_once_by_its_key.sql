-- The key is a hash over the prefix, so the prefix was held to be once by two indexes. ON CONFLICT waits for one of
-- them only: of two instances that blocked the same prefix at the same moment one failed by the other index.
ALTER TABLE otp_blocked_prefixes DROP CONSTRAINT otp_blocked_prefixes_prefix_once;
CREATE INDEX otp_blocked_prefixes_prefix_idx ON otp_blocked_prefixes (prefix);
