//! The signature scheme of Standard Webhooks 1.0.0 (`v1`: HMAC-SHA256), for requests and answers.

use axum::http::{HeaderMap, HeaderName};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;

/// The header that names a call; it stays the same when the call is repeated.
pub const ID: HeaderName = HeaderName::from_static("webhook-id");
/// The header with the Unix time in seconds at which the call was signed.
pub const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
/// The header with the signatures, separated by spaces.
pub const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Signatures looked at in one header; a caller that rotates sends two.
const MAX_SIGNATURES: usize = 10;
/// Bytes of an id; ours are UUIDs with a prefix.
const MAX_ID: usize = 128;
/// The least and most random bytes in a secret (Standard Webhooks, "Signature scheme").
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret that does not have the form `whsec_<base64 of 24 to 64 bytes>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not whsec_ and the base64 of 24 to 64 bytes")]
pub struct InvalidSecret;

/// Why a call is not accepted. The names go to the log and the metric, never to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A header is missing, repeated or not of the described form.
    Malformed,
    /// The time stamp is further from now than the tolerance.
    Stale,
    /// No signature fits any secret.
    Forged,
}

impl Refusal {
    /// The stable name for logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Stale => "stale",
            Self::Forged => "forged",
        }
    }
}

/// The keys shared with the caller: any of them verifies.
#[derive(Debug)]
pub struct Secrets(Vec<SecretSlice<u8>>);

/// What a verified call was stamped with, and by which secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The id of the call.
    pub id: String,
    /// The Unix time in seconds, as sent.
    pub timestamp: i64,
    key: usize,
}

impl Secrets {
    /// Reads the secrets; rotation means that there are two for a while.
    pub fn parse(texts: &[SecretString]) -> Result<Self, InvalidSecret> {
        let parse = |text: &SecretString| {
            let encoded = text.expose_secret().strip_prefix("whsec_").ok_or(InvalidSecret)?;
            let bytes = STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
            SECRET_BYTES.contains(&bytes.len()).then(|| SecretSlice::from(bytes)).ok_or(InvalidSecret)
        };
        texts.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Checks the headers of a call over its raw body.
    ///
    /// # Errors
    /// Says why the call must not be answered; see [`Refusal`].
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
        tolerance: TimeDelta,
    ) -> Result<Stamp, Refusal> {
        let id = single(headers, &ID)?;
        if id.is_empty()
            || id.len() > MAX_ID
            || id.contains('.')
            || !id.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Refusal::Malformed);
        }
        let timestamp = unix_seconds(single(headers, &TIMESTAMP)?).ok_or(Refusal::Malformed)?;
        let signatures = decoded(single(headers, &SIGNATURE)?);
        if signatures.is_empty() {
            return Err(Refusal::Malformed);
        }
        if now.timestamp().abs_diff(timestamp) > tolerance.num_seconds().unsigned_abs() {
            return Err(Refusal::Stale);
        }
        let stamp = |key| Stamp { id: id.to_owned(), timestamp, key };
        (0..self.0.len())
            .map(stamp)
            .find(|stamp| {
                signatures.iter().any(|signature| {
                    self.request_mac(stamp, body).is_some_and(|mac| mac.verify_slice(signature).is_ok())
                })
            })
            .ok_or(Refusal::Forged)
    }

    /// The value of `webhook-signature` for a call of ours, signed with the first secret.
    #[must_use]
    pub fn sign_request(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let stamp = Stamp { id: id.to_owned(), timestamp, key: 0 };
        self.request_mac(&stamp, body).map(encoded).unwrap_or_default()
    }

    /// The value of `webhook-signature` for the answer to a verified call, over
    /// `resp.{id}.{timestamp}.{status}.{body}` and with the secret that the caller used: it has it
    /// for sure. The prefix keeps an answer from being sent back as a request.
    #[must_use]
    pub fn sign_answer(&self, stamp: &Stamp, status: u16, body: &[u8]) -> String {
        let head = format!("resp.{}.{}.{status}.", stamp.id, stamp.timestamp);
        self.mac(stamp.key, head.as_bytes(), body).map(encoded).unwrap_or_default()
    }

    fn request_mac(&self, stamp: &Stamp, body: &[u8]) -> Option<Hmac<Sha256>> {
        self.mac(stamp.key, format!("{}.{}.", stamp.id, stamp.timestamp).as_bytes(), body)
    }

    fn mac(&self, key: usize, head: &[u8], body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.get(key)?.expose_secret()).ok()?;
        mac.update(head);
        mac.update(body);
        Some(mac)
    }
}

fn encoded(mac: Hmac<Sha256>) -> String {
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The one value of a header; a repeated header is refused, because two readers may pick different
/// ones.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(axum::http::HeaderValue::to_str), values.next()) {
        (Some(Ok(value)), None) => Ok(value),
        _ => Err(Refusal::Malformed),
    }
}

/// Plain decimal digits: no sign, no fraction, no spaces.
fn unix_seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The `v1` signatures of the header; other versions and broken ones are passed over.
fn decoded(header: &str) -> Vec<Vec<u8>> {
    header
        .split(' ')
        .take(MAX_SIGNATURES)
        .filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const KNOWN: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secrets(texts: &[&str]) -> Secrets {
        let texts: Vec<SecretString> = texts.iter().map(|text| SecretString::from(*text)).collect();
        Secrets::parse(&texts).unwrap()
    }

    fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
        [(ID, id), (TIMESTAMP, timestamp), (SIGNATURE, signature)]
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn verify_at(headers: &HeaderMap, body: &[u8], now: i64) -> Result<Stamp, Refusal> {
        let now = DateTime::from_timestamp(now, 0).unwrap();
        secrets(&[OTHER, SECRET]).verify(headers, body, now, TimeDelta::seconds(60))
    }

    #[test]
    fn the_vector_of_the_reference_libraries_signs_and_verifies() {
        assert_eq!(secrets(&[SECRET]).sign_request(MESSAGE, AT, BODY), KNOWN);
        let stamp = verify_at(&headers(MESSAGE, &AT.to_string(), KNOWN), BODY, AT).unwrap();
        assert_eq!((stamp.id.as_str(), stamp.timestamp, stamp.key), (MESSAGE, AT, 1));
    }

    #[test]
    fn one_flipped_bit_anywhere_is_a_forgery() {
        let good = headers(MESSAGE, &AT.to_string(), KNOWN);
        for index in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[index] ^= 1;
            assert_eq!(verify_at(&good, &body, AT), Err(Refusal::Forged), "body byte {index}");
        }
        let other_id = headers("msg_p5jXN8AQM9LWM0D4loKWxJel", &AT.to_string(), KNOWN);
        assert_eq!(verify_at(&other_id, BODY, AT), Err(Refusal::Forged));
        let other_time = headers(MESSAGE, &(AT + 1).to_string(), KNOWN);
        assert_eq!(verify_at(&other_time, BODY, AT), Err(Refusal::Forged));
    }

    #[test]
    fn the_tolerance_holds_to_the_second_on_both_sides() {
        let good = headers(MESSAGE, &AT.to_string(), KNOWN);
        for late in [-60, 60] {
            assert!(verify_at(&good, BODY, AT + late).is_ok(), "{late}");
        }
        for late in [-61, 61] {
            assert_eq!(verify_at(&good, BODY, AT + late), Err(Refusal::Stale), "{late}");
        }
    }

    #[test]
    fn strange_headers_are_malformed_and_never_panic() {
        let at = AT.to_string();
        for (id, timestamp, signature) in [
            ("", at.as_str(), KNOWN),
            ("msg.1", &at, KNOWN),
            ("msg 1", &at, KNOWN),
            (MESSAGE, "-1614265330", KNOWN),
            (MESSAGE, "1614265330.0", KNOWN),
            (MESSAGE, "99999999999999999999", KNOWN),
            (MESSAGE, "", KNOWN),
            (MESSAGE, &at, ""),
            (MESSAGE, &at, "V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            (MESSAGE, &at, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            (MESSAGE, &at, "v1,not base64"),
        ] {
            let seen = verify_at(&headers(id, timestamp, signature), BODY, AT);
            assert_eq!(seen, Err(Refusal::Malformed), "{id} {timestamp} {signature}");
        }
        let mut twice = headers(MESSAGE, &at, KNOWN);
        twice.append(ID, HeaderValue::from_static(MESSAGE));
        assert_eq!(verify_at(&twice, BODY, AT), Err(Refusal::Malformed));
        let long = headers(&"m".repeat(129), &at, KNOWN);
        assert_eq!(verify_at(&long, BODY, AT), Err(Refusal::Malformed));
        assert_eq!(verify_at(&HeaderMap::new(), BODY, AT), Err(Refusal::Malformed));
    }

    #[test]
    fn a_caller_that_rotates_sends_both_signatures_and_junk_is_passed_over() {
        let old = secrets(&[OTHER]).sign_request(MESSAGE, AT, BODY);
        let both = headers(MESSAGE, &AT.to_string(), &format!("v1a,xx {old} v1,AAAA"));
        assert_eq!(verify_at(&both, BODY, AT).unwrap().key, 0);
        let hundred = format!("{}{KNOWN}", "v1,AAAA ".repeat(100));
        assert_eq!(
            verify_at(&headers(MESSAGE, &AT.to_string(), &hundred), BODY, AT),
            Err(Refusal::Forged),
            "only the first ten are looked at"
        );
    }

    #[test]
    fn an_answer_cannot_be_sent_back_as_a_request() {
        let secrets = secrets(&[SECRET]);
        let stamp = Stamp { id: MESSAGE.to_owned(), timestamp: AT, key: 0 };
        assert_ne!(secrets.sign_answer(&stamp, 200, BODY), secrets.sign_request(MESSAGE, AT, BODY));
        assert_ne!(secrets.sign_answer(&stamp, 200, BODY), secrets.sign_answer(&stamp, 201, BODY));
    }

    #[test]
    fn a_secret_needs_its_prefix_and_enough_bytes() {
        for text in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_!",
            &format!("whsec_{}", STANDARD.encode([7_u8; 65])),
        ] {
            assert_eq!(Secrets::parse(&[SecretString::from(text)]).unwrap_err(), InvalidSecret, "{text}");
        }
    }
}
