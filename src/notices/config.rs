//! The `[notices]` section.

use serde::Deserialize;

use crate::platform::config::Findings;

/// What notices say about us.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesConfig {
    /// Where people turn when something was not them: an e-mail address, a phone number or a page
    /// (NIST SP 800-63B-4, 4.6: "contact information in case the recipient repudiates the event").
    pub support: Option<String>,
}

impl NoticesConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        let fits =
            |text: &String| (3..=100).contains(&text.chars().count()) && !text.contains(char::is_control);
        findings.expect(
            self.support.as_ref().is_none_or(fits),
            "notices.support",
            "an e-mail address, phone number or page of 3 to 100 signs",
        );
    }
}
