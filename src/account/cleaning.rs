//! Forgets wishes that nobody proved, and changes that can no longer be undone.

use chrono::TimeDelta;

use super::store;
use crate::platform::jobs::Forgetting;

/// How long an address is remembered that nobody proves.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// Forgets them, once an hour.
pub const FORGET_LOGIN_ADDRESSES: Forgetting = Forgetting {
    kind: "account.forget_login_addresses",
    every: TimeDelta::hours(1),
    forget: |conn, now| Box::pin(store::forget(conn, now - REMEMBERED, now)),
};
