//! What an HTTP gateway reports later: whether a message arrived.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use crate::platform::config::Findings;

/// How the gateway reports.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptConfig {
    /// The last segment of the address that is given to the gateway, 32 to 128 letters and digits: whoever
    /// knows it may report.
    pub secret: SecretString,
    /// The name of the field with the gateway's id of the message, or with ours.
    #[serde(default = "id")]
    pub id_field: String,
    /// The name of the field that says what became of it.
    #[serde(default = "status")]
    pub status_field: String,
    /// What that field holds when the message arrived, in any case.
    #[serde(default = "delivered")]
    pub delivered: Vec<String>,
    /// What it holds when the message will never arrive. Everything else is on the way.
    #[serde(default = "failed")]
    pub failed: Vec<String>,
}

fn id() -> String {
    "id".to_owned()
}

fn status() -> String {
    "status".to_owned()
}

/// The usual word, and the state of a message by SMPP 3.4, appendix B.
fn delivered() -> Vec<String> {
    ["delivered", "DELIVRD"].map(str::to_owned).to_vec()
}

fn failed() -> Vec<String> {
    ["failed", "undelivered", "rejected", "expired", "UNDELIV", "REJECTD", "EXPIRED", "DELETED"]
        .map(str::to_owned)
        .to_vec()
}

/// What became of a message after the gateway took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It is on the person's phone.
    Delivered,
    /// It will never be.
    Failed,
    /// Not decided yet.
    OnTheWay,
}

/// A report about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The gateway's id of the message or ours, 1 to 256 bytes.
    pub id: String,
    /// What became of it.
    pub outcome: Reported,
}

impl ReceiptConfig {
    /// Adds what is wrong with this section to `findings`.
    pub(super) fn validate(&self, findings: &mut Findings) {
        let secret = self.secret.expose_secret();
        findings.expect(
            (32..=128).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "sms.http.receipts.secret",
            "32 to 128 random letters and digits",
        );
        findings.expect(
            !self.delivered.is_empty(),
            "sms.http.receipts.delivered",
            "at least one word that the gateway uses for a message that arrived",
        );
    }

    /// Whether somebody who knows this may report, in time that does not depend on how much is right.
    #[must_use]
    pub fn admits(&self, secret: &str) -> bool {
        self.secret.expose_secret().as_bytes().ct_eq(secret.as_bytes()).into()
    }

    /// Reads a report from the body of a call, a JSON object or a form.
    #[must_use]
    pub fn read(&self, body: &[u8]) -> Option<Report> {
        let json: Option<Map<String, Value>> = serde_json::from_slice(body).ok();
        let field = |name: &str| match &json {
            Some(fields) => fields.get(name).and_then(text_of),
            None => form_field(body, name),
        };
        let id = field(&self.id_field).filter(|id| (1..=256).contains(&id.len()) && !id.contains('\0'))?;
        Some(Report { id, outcome: self.outcome(&field(&self.status_field)?) })
    }

    fn outcome(&self, status: &str) -> Reported {
        let is_one_of = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(status.trim()));
        if is_one_of(&self.delivered) {
            Reported::Delivered
        } else if is_one_of(&self.failed) {
            Reported::Failed
        } else {
            Reported::OnTheWay
        }
    }
}

fn form_field(body: &[u8], name: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(body);
    fields.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Some gateways number their messages.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> ReceiptConfig {
        serde_json::from_value(serde_json::json!({"secret": "a".repeat(32), "id_field": "message_id"}))
            .unwrap()
    }

    fn read(body: &str) -> Option<(String, Reported)> {
        config().read(body.as_bytes()).map(|report| (report.id, report.outcome))
    }

    #[test]
    fn json_and_forms_are_read_and_what_names_no_message_is_not() {
        for (body, expected) in [
            (r#"{"message_id": "gw-1", "status": "DELIVRD"}"#, Some(("gw-1", Reported::Delivered))),
            (r#"{"message_id": 77, "status": "delivered"}"#, Some(("77", Reported::Delivered))),
            ("message_id=gw-1&status=Undelivered&to=%2B62", Some(("gw-1", Reported::Failed))),
            ("message_id=gw%2F1&status=ACCEPTD", Some(("gw/1", Reported::OnTheWay))),
            (r#"{"status": "delivered"}"#, None),
            (r#"{"message_id": "gw-1"}"#, None),
            (r#"{"message_id": ["gw-1"], "status": "delivered"}"#, None),
            ("message_id=&status=delivered", None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(read(body), expected.map(|(id, outcome)| (id.to_owned(), outcome)), "{body}");
        }
    }

    #[test]
    fn only_the_whole_secret_is_admitted() {
        let config = config();
        assert!(config.admits(&"a".repeat(32)));
        for other in ["", "a", &"a".repeat(31), &"a".repeat(33), &"b".repeat(32)] {
            assert!(!config.admits(other), "{other}");
        }
    }
}
