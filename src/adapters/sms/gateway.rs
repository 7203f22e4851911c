//! Text messages through a gateway that takes JSON over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{StatusCode, redirect};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use super::{GatewayConfig, NotSent, Receipt, Sms, SmsSender};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 16 * 1024;

/// One gateway.
#[derive(Debug)]
pub struct HttpGateway {
    client: reqwest::Client,
    config: GatewayConfig,
}

impl HttpGateway {
    /// A sender for the gateway of `config`.
    pub fn new(config: GatewayConfig, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(1)))
            // A redirect would carry the number and the code to a place nobody configured.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { client, config })
    }

    fn body(&self, sms: &Sms) -> Map<String, Value> {
        let config = &self.config;
        let fixed = config.fixed_fields.iter().map(|(name, value)| (name.clone(), value.clone()));
        fixed
            .chain([
                (config.to_field.clone(), sms.to.expose().clone()),
                (config.text_field.clone(), sms.text.expose().clone()),
                (config.reference_field.clone(), sms.reference.clone()),
            ])
            .map(|(name, value)| (name, Value::String(value)))
            .collect()
    }

    /// The gateway's id of the message; a gateway that gives none has taken the message all the same.
    async fn receipt(&self, mut answer: reqwest::Response) -> Receipt {
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Receipt::default();
            }
            body.extend_from_slice(&chunk);
        }
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        Receipt::with_id(answer.get(&self.config.id_field).and_then(Value::as_str))
    }
}

#[async_trait]
impl SmsSender for HttpGateway {
    fn name(&self) -> &'static str {
        "http"
    }

    async fn send(&self, sms: &Sms) -> Result<Receipt, NotSent> {
        let mut request = self.client.post(self.config.url.clone()).json(&self.body(sms));
        if let Some(token) = &self.config.token {
            request = request.bearer_auth(token.expose_secret());
        }
        match request.send().await {
            Ok(answer) => match not_taken(answer.status()) {
                None => Ok(self.receipt(answer).await),
                Some(fault) => Err(fault),
            },
            Err(error) if error.is_connect() => Err(NotSent::Unavailable { reason: "connect" }),
            Err(error) if error.is_timeout() => Err(NotSent::Unknown { reason: "timeout" }),
            Err(_) => Err(NotSent::Unknown { reason: "connection_broke" }),
        }
    }
}

/// A gateway answers 2xx when it took the message. 429 and 503 say "later" (RFC 9110, 15.6.4); other
/// 4xx and redirects say "never"; other 5xx leave open what happened.
fn not_taken(status: StatusCode) -> Option<NotSent> {
    match status.as_u16() {
        200..300 => None,
        429 | 503 => Some(NotSent::Unavailable { reason: "busy" }),
        401 | 403 => Some(NotSent::Unavailable { reason: "credentials" }),
        300..500 => Some(NotSent::Refused { reason: "http_4xx" }),
        _ => Some(NotSent::Unknown { reason: "http_5xx" }),
    }
}
