//! The `[mail]` section.

use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::Deserialize;

use crate::platform::config::{Findings, Profile};

/// Whether the connection to the mail server must be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsPolicy {
    /// STARTTLS, or TLS from the first byte on port 465 (RFC 8314); a server without is refused.
    Required,
    /// STARTTLS where the server offers it.
    Opportunistic,
    /// Never.
    None,
}

/// The mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Its host name.
    pub host: String,
    /// Its port: 587 (submission), 465 (TLS from the first byte) or 25.
    pub port: u16,
    /// Encryption; only `required` in the production profile.
    pub tls: TlsPolicy,
    /// The account, together with `password`.
    pub username: Option<String>,
    /// The account's password.
    pub password: Option<SecretString>,
    /// The sender, `Name <address>` or an address.
    pub from: String,
    /// How long the server may take for each step, 500 to 10000 milliseconds.
    pub timeout_millis: u64,
    /// Open connections kept for the next mail, 1 to 50.
    pub connections: u32,
}

impl MailConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, profile: Profile, findings: &mut Findings) {
        findings.expect(!self.host.trim().is_empty(), "mail.host", "the name of the mail server");
        findings.expect(self.port > 0, "mail.port", "587, 465 or 25");
        findings.expect(
            profile == Profile::Development || self.tls == TlsPolicy::Required,
            "mail.tls",
            "required in the production profile",
        );
        findings.expect(
            self.username.is_some() == self.password.is_some(),
            "mail.password",
            "mail.username and mail.password together, or neither",
        );
        findings.expect(
            self.password.is_none() || self.tls == TlsPolicy::Required,
            "mail.tls",
            "required when there is a password to protect",
        );
        findings.expect(
            self.from.parse::<Mailbox>().is_ok(),
            "mail.from",
            "a sender such as Gatehouse <no-reply@example.com>",
        );
        findings.expect(
            (500..=10_000).contains(&self.timeout_millis),
            "mail.timeout_millis",
            "500 to 10000 milliseconds",
        );
        findings.expect((1..=50).contains(&self.connections), "mail.connections", "1 to 50");
    }
}
