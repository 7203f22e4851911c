//! The `[sheets]` section.

use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use crate::platform::config::{Findings, Profile};

/// As whom Google Sheets is called, and how often.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetsConfig {
    /// The key of the service account: the JSON file that Google's console gives. Without it there are no sheets.
    pub key_file: Option<PathBuf>,
    /// Where the API is.
    pub url: Url,
    /// The most calls in a minute, 1 to 300 (Google allows an account 60 reads and 60 writes).
    pub requests_per_minute: u32,
    /// How often a call is tried when Google is busy or asks to come less often, 1 to 10.
    pub tries: u32,
    /// The wait before the second try, which doubles with each, 10 to 10000 milliseconds.
    pub wait_millis: u64,
    /// How long one call may take, 1 to 120 seconds.
    pub timeout_seconds: u64,
}

impl SheetsConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, profile: Profile, findings: &mut Findings) {
        findings.expect(
            self.key_file.as_ref().is_none_or(|file| file.is_file()),
            "sheets.key_file",
            "the readable key file of a service account",
        );
        findings.expect(
            self.url.scheme() == "https" || profile == Profile::Development,
            "sheets.url",
            "an https address",
        );
        findings.expect(
            (1..=300).contains(&self.requests_per_minute),
            "sheets.requests_per_minute",
            "1 to 300",
        );
        findings.expect((1..=10).contains(&self.tries), "sheets.tries", "1 to 10");
        findings.expect((10..=10_000).contains(&self.wait_millis), "sheets.wait_millis", "10 to 10000");
        findings.expect(
            (1..=120).contains(&self.timeout_seconds),
            "sheets.timeout_seconds",
            "1 to 120 seconds",
        );
    }
}
