//! Forgets addresses whose code was never entered.

use chrono::TimeDelta;

use super::store;
use crate::platform::jobs::Forgetting;

/// How long an address is remembered that nobody proves.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// Forgets them, once an hour.
pub const FORGET_PENDING: Forgetting = Forgetting {
    kind: "contacts.forget_pending",
    every: TimeDelta::hours(1),
    forget: |conn, now| Box::pin(store::forget_pending(conn, now - REMEMBERED)),
};
