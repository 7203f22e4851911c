//! The `[sms]` section.

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::ReceiptConfig;
use crate::platform::config::{Findings, Profile};

/// A provider that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsProvider {
    /// Amazon SNS, or anything that speaks its protocol.
    Sns,
    /// A gateway that takes a JSON document over HTTP.
    Http,
}

/// Who carries text messages, and in which order they are asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// The providers; the next is asked when the one before certainly did not take a message. None
    /// means that there are no text messages.
    pub providers: Vec<SmsProvider>,
    /// How long a provider may take, 500 to 10000 milliseconds.
    pub timeout_millis: u64,
    /// Amazon SNS.
    pub sns: SnsConfig,
    /// The HTTP gateway; needed when it is among the providers.
    pub http: Option<GatewayConfig>,
}

/// Amazon SNS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnsConfig {
    /// The region, for example `ap-southeast-1`.
    pub region: String,
    /// Another address than Amazon's.
    pub endpoint: Option<Url>,
    /// The access key; the usual AWS sources (environment, profile, role) when absent.
    pub access_key_id: Option<String>,
    /// The secret of the access key.
    pub secret_access_key: Option<SecretString>,
    /// The sender that people see, 1 to 11 letters and digits, in countries that allow one.
    pub sender_id: Option<String>,
}

/// A gateway that takes `POST` with a JSON document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// Where to post.
    pub url: Url,
    /// Sent as `Authorization: Bearer …`.
    pub token: Option<SecretString>,
    /// The name of the field with the number.
    #[serde(default = "to")]
    pub to_field: String,
    /// The name of the field with the text.
    #[serde(default = "text")]
    pub text_field: String,
    /// The name of the field with our id of the message.
    #[serde(default = "reference")]
    pub reference_field: String,
    /// Fields that are always sent alike, such as the sender.
    #[serde(default)]
    pub fixed_fields: std::collections::BTreeMap<String, String>,
    /// The name of the field of the answer with the gateway's id of the message.
    #[serde(default = "id")]
    pub id_field: String,
    /// How the gateway reports what became of a message; without it, "sent" is the last that is known.
    pub receipts: Option<ReceiptConfig>,
}

fn to() -> String {
    "to".to_owned()
}
fn text() -> String {
    "text".to_owned()
}
fn reference() -> String {
    "reference".to_owned()
}
fn id() -> String {
    "id".to_owned()
}

impl SmsConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, profile: Profile, findings: &mut Findings) {
        let encrypted = |url: &Url| profile == Profile::Development || url.scheme() == "https";
        findings.expect(
            (500..=10_000).contains(&self.timeout_millis),
            "sms.timeout_millis",
            "500 to 10000 milliseconds",
        );
        let mut names: Vec<u8> = self.providers.iter().map(|provider| *provider as u8).collect();
        names.sort_unstable();
        names.dedup();
        findings.expect(names.len() == self.providers.len(), "sms.providers", "each provider once");
        if self.providers.contains(&SmsProvider::Sns) {
            self.sns.validate(encrypted, findings);
        }
        if self.providers.contains(&SmsProvider::Http) {
            findings.expect(
                self.http.as_ref().is_some_and(|gateway| encrypted(&gateway.url)),
                "sms.http.url",
                "the https address of the gateway, because sms.providers names http",
            );
            if let Some(receipts) = self.receipts() {
                receipts.validate(findings);
            }
        }
    }
}

impl SmsConfig {
    /// How the gateway reports, when it does.
    #[must_use]
    pub fn receipts(&self) -> Option<&ReceiptConfig> {
        self.http.as_ref().and_then(|gateway| gateway.receipts.as_ref())
    }
}

impl SnsConfig {
    fn validate(&self, encrypted: impl Fn(&Url) -> bool, findings: &mut Findings) {
        findings.expect(!self.region.is_empty(), "sms.sns.region", "a region such as ap-southeast-1");
        findings.expect(
            self.endpoint.as_ref().is_none_or(encrypted),
            "sms.sns.endpoint",
            "an https address in the production profile",
        );
        findings.expect(
            self.access_key_id.is_some() == self.secret_access_key.is_some(),
            "sms.sns.secret_access_key",
            "sms.sns.access_key_id and sms.sns.secret_access_key together, or neither",
        );
        findings.expect(
            self.sender_id.as_ref().is_none_or(|sender| {
                (1..=11).contains(&sender.len()) && sender.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }),
            "sms.sns.sender_id",
            "1 to 11 letters and digits",
        );
    }
}
