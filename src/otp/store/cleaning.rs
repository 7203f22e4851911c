//! Rows that have served go, a bounded number at a time.

use sqlx::PgPool;

/// How many rows one statement deletes at most.
const AT_MOST: i64 = 1000;

/// Deletes challenges (with their messages) an hour after their end, limits that are no longer in any
/// window, blocks of prefixes a day after their end, counters without failures, those of proofs after a day
/// without another, and imported destinations that nobody proved in a year. Says how many rows went; as many
/// as were allowed of a kind means that there may be more.
pub async fn sweep(pool: &PgPool) -> sqlx::Result<u64> {
    let mut gone = 0;
    for statement in [
        "DELETE FROM otp_challenges WHERE id IN (
             SELECT id FROM otp_challenges WHERE expires_at < now() - interval '1 hour'
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
        "DELETE FROM otp_limits l USING (
             SELECT scope, key FROM otp_limits WHERE changed_at < now() - interval '25 hours'
             ORDER BY changed_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
         WHERE l.scope = old.scope AND l.key = old.key",
        "DELETE FROM otp_blocked_prefixes WHERE key IN (
             SELECT key FROM otp_blocked_prefixes WHERE blocked_until < now() - interval '1 day'
             ORDER BY blocked_until LIMIT $1 FOR UPDATE SKIP LOCKED)",
        "DELETE FROM otp_failures f USING (
             SELECT user_id, realm, channel, proof FROM otp_failures
             WHERE (in_a_row = 0 OR proof) AND locked_at IS NULL AND changed_at < now() - interval '1 day'
             ORDER BY changed_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
         WHERE f.user_id = old.user_id AND f.realm = old.realm AND f.channel = old.channel
           AND f.proof = old.proof",
        "DELETE FROM otp_imports i USING (
             SELECT user_id, realm, channel FROM otp_imports WHERE imported_at < now() - interval '1 year'
             ORDER BY imported_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
         WHERE i.user_id = old.user_id AND i.realm = old.realm AND i.channel = old.channel",
    ] {
        gone += sqlx::query(statement).bind(AT_MOST).execute(pool).await?.rows_affected();
    }
    Ok(gone)
}
