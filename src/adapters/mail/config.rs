//! The `[mail]` section.

use std::path::PathBuf;

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

/// A mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailServer {
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
    /// A file with certificates (PEM) that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// The mail servers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// As in [`MailServer`].
    pub host: String,
    /// As in [`MailServer`].
    pub port: u16,
    /// As in [`MailServer`].
    pub tls: TlsPolicy,
    /// As in [`MailServer`].
    pub username: Option<String>,
    /// As in [`MailServer`].
    pub password: Option<SecretString>,
    /// As in [`MailServer`].
    pub ca_file: Option<PathBuf>,
    /// Another server, asked when the first certainly did not take a mail.
    pub second: Option<MailServer>,
    /// The sender, `Name <address>` or an address.
    pub from: String,
    /// How long a server may take for a mail, 500 to 10000 milliseconds.
    pub timeout_millis: u64,
    /// Open connections kept for the next mail, 1 to 50.
    pub connections: u32,
}

impl MailConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, profile: Profile, findings: &mut Findings) {
        self.first().validate("mail", profile, findings);
        if let Some(second) = &self.second {
            second.validate("mail.second", profile, findings);
        }
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

    /// The server that is asked first.
    #[must_use]
    pub fn first(&self) -> MailServer {
        MailServer {
            host: self.host.clone(),
            port: self.port,
            tls: self.tls,
            username: self.username.clone(),
            password: self.password.clone(),
            ca_file: self.ca_file.clone(),
        }
    }
}

impl MailServer {
    fn validate(&self, section: &str, profile: Profile, findings: &mut Findings) {
        let mut expect = |holds: bool, key: &str, expected: &str| {
            findings.expect(holds, &format!("{section}.{key}"), expected);
        };
        expect(!self.host.trim().is_empty(), "host", "the name of the mail server");
        expect(self.port > 0, "port", "587, 465 or 25");
        expect(
            profile == Profile::Development || self.tls == TlsPolicy::Required,
            "tls",
            "required in the production profile",
        );
        let both = format!("{section}.username and {section}.password together, or neither");
        expect(self.username.is_some() == self.password.is_some(), "password", &both);
        expect(
            self.password.is_none() || self.tls == TlsPolicy::Required,
            "tls",
            "required when there is a password to protect",
        );
    }
}
