//! When the directory is compared with Keycloak.

use chrono::NaiveTime;
use serde::Deserialize;

/// When the directory is compared with Keycloak.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryConfig {
    /// The time of the nightly resync in UTC, for example `19:30:00`.
    pub resync_at: NaiveTime,
}
