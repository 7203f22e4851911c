//! How often a caller may ask, by process: a bucket that fills by itself and is emptied by asking.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::platform::clock::SharedClock;

/// Buckets that are kept at once; above it, full ones are dropped.
const MOST_BUCKETS: usize = 20_000;

/// Limits callers.
pub struct RateLimit {
    clock: SharedClock,
    burst: f64,
    per_second: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

impl RateLimit {
    /// At most `per_minute` requests of a caller in the long run, and as many at once.
    #[must_use]
    pub fn new(per_minute: u32, clock: SharedClock) -> Self {
        let burst = f64::from(per_minute);
        Self { clock, burst, per_second: burst / 60.0, buckets: Mutex::default() }
    }

    /// Takes one request from the caller's bucket, or says how long to wait for the next.
    pub fn take(&self, caller: &str) -> Result<(), Duration> {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, bucket| self.level(bucket, now) < self.burst);
        }
        let bucket = buckets.entry(caller.to_owned()).or_insert(Bucket { left: self.burst, at: now });
        bucket.left = self.level(bucket, now);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - bucket.left) / self.per_second))
    }

    fn level(&self, bucket: &Bucket, now: DateTime<Utc>) -> f64 {
        let passed = (now - bucket.at).as_seconds_f64().max(0.0);
        (bucket.left + passed * self.per_second).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use super::*;
    use crate::platform::clock::ManualClock;

    #[test]
    fn a_caller_gets_what_is_allowed_and_no_more_and_takes_nothing_from_another() {
        let clock = Arc::new(ManualClock::starting_at(DateTime::UNIX_EPOCH));
        let limit = RateLimit::new(60, clock.clone());
        assert_eq!((0..100).filter(|_| limit.take("siti").is_ok()).count(), 60);
        assert!(limit.take("siti").unwrap_err() <= Duration::from_secs(1));
        assert!(limit.take("budi").is_ok());
        clock.advance(TimeDelta::seconds(10));
        assert_eq!((0..100).filter(|_| limit.take("siti").is_ok()).count(), 10);
    }
}
