//! Forgets what became of old commands.

use chrono::TimeDelta;

use super::store;
use crate::platform::jobs::Forgetting;

/// How long it is known what became of a command.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// Forgets it, once a day.
pub const FORGET_COMMANDS: Forgetting = Forgetting {
    kind: "keycloak.forget_commands",
    every: TimeDelta::days(1),
    forget: |conn, now| Box::pin(store::forget(conn, now - REMEMBERED)),
};
