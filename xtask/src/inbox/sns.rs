//! The part of Amazon SNS that sends a text message: the `Publish` action of its query protocol (version 2010-03-31).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, http::HeaderValue};
use base64::Engine as _;

use super::Inbox;
use super::faults::Mode;
use super::messages::{Channel, Message};

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
/// The longest text that SNS takes for one publish, in characters.
const LONGEST_TEXT: usize = 1_600;

/// An error as SNS tells it.
struct Problem(StatusCode, &'static str, &'static str);

/// Takes one signed call.
pub async fn publish(
    State(inbox): State<Arc<Inbox>>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let mode = inbox.faults.meet(Channel::Sms).await;
    match answer(&headers, &fields, mode) {
        Ok(message) => {
            inbox.messages.push(message);
            let (id, request) = (random_id(), random_id());
            xml(
                StatusCode::OK,
                format!(
                    "<PublishResponse xmlns=\"{NAMESPACE}\"><PublishResult><MessageId>{id}</MessageId></PublishResult>\
                     <ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></PublishResponse>"
                ),
            )
        }
        Err(Problem(status, code, text)) => {
            let (fault, request) =
                (if status.is_server_error() { "Receiver" } else { "Sender" }, random_id());
            xml(
                status,
                format!(
                    "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{fault}</Type><Code>{code}</Code>\
                     <Message>{text}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
                ),
            )
        }
    }
}

fn answer(headers: &HeaderMap, fields: &[(String, String)], mode: Mode) -> Result<Message, Problem> {
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let bad = |text| Problem(StatusCode::BAD_REQUEST, "InvalidParameter", text);
    if !is_signed(headers) {
        let text = "Request is missing Authentication Token";
        return Err(Problem(StatusCode::FORBIDDEN, "MissingAuthenticationToken", text));
    }
    if let Some(problem) = fault(mode) {
        return Err(problem);
    }
    if field("Action") != "Publish" {
        return Err(Problem(StatusCode::BAD_REQUEST, "InvalidAction", "Only Publish is known here"));
    }
    let (to, text) = (field("PhoneNumber"), field("Message"));
    if !is_e164(to) {
        return Err(bad("Invalid parameter: PhoneNumber Reason: not a valid E.164 number"));
    }
    if text.is_empty() {
        return Err(bad("Invalid parameter: Empty message"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(bad("Invalid parameter: Message too long"));
    }
    Ok(Message {
        channel: Channel::Sms,
        to: to.to_owned(),
        subject: None,
        text: Some(text.to_owned()),
        html: None,
        received_at: chrono::Utc::now(),
    })
}

/// What a failing SNS says, with the codes of its API reference.
fn fault(mode: Mode) -> Option<Problem> {
    match mode {
        Mode::Ok | Mode::Slow => None,
        Mode::Refuse => Some(Problem(StatusCode::FORBIDDEN, "AuthorizationError", "Not authorized to send")),
        Mode::Throttle => Some(Problem(StatusCode::BAD_REQUEST, "Throttling", "Rate exceeded")),
        Mode::Error => {
            Some(Problem(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "Something broke inside"))
        }
        Mode::Timeout => {
            Some(Problem(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "Waited too long"))
        }
    }
}

/// Whether the call carries a Signature Version 4 for SNS. The signature itself is not checked: there are no accounts.
fn is_signed(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.starts_with("AWS4-HMAC-SHA256 ")
        && ["Credential=", "/sns/aws4_request", "SignedHeaders=", "Signature="]
            .iter()
            .all(|part| value.contains(part))
}

/// `+` and 7 to 15 digits, the first not zero (ITU-T E.164).
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn random_id() -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 18]>())
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"))], body).into_response()
}
