//! SMS providers on the wire: the protocol of Amazon SNS and the HTTP gateway.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use gatehouse::{
    adapters::{
        sending::NotSent,
        sms::{GatewayConfig, HttpGateway, Sms, SmsSender, Sns, SnsConfig},
    },
    platform::masked::Masked,
};
use serde_json::{Value, json};
use url::Url;

/// How long the adapters wait here.
const TIMEOUT: Duration = Duration::from_millis(600);

/// A request as the provider saw it.
type Call = (HeaderMap, Vec<u8>);

/// A provider that gives one answer to everything and remembers what it got.
#[derive(Clone)]
struct Provider {
    answer: Option<(u16, &'static str)>,
    seen: Arc<Mutex<Vec<Call>>>,
}

impl Provider {
    /// Starts it; without an answer it never answers.
    async fn start(answer: Option<(u16, &'static str)>) -> (Self, Url) {
        let provider = Self { answer, seen: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(Self::take).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (provider, url)
    }

    async fn take(
        State(provider): State<Self>,
        headers: HeaderMap,
        body: Bytes,
    ) -> (StatusCode, &'static str) {
        provider.seen.lock().unwrap().push((headers, body.to_vec()));
        match provider.answer {
            Some((status, body)) => (StatusCode::from_u16(status).unwrap(), body),
            None => std::future::pending().await,
        }
    }

    fn only(&self) -> Call {
        let seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "asked once");
        seen[0].clone()
    }
}

fn sms() -> Sms {
    Sms {
        to: Masked::new("+6281234567890".to_owned()),
        text: Masked::new("Gatehouse: 012345 is your code".to_owned()),
        reference: "m-1".to_owned(),
    }
}

async fn sns(endpoint: Url) -> Sns {
    let config = SnsConfig {
        region: "ap-southeast-1".to_owned(),
        endpoint: Some(endpoint),
        access_key_id: Some("AKIDEXAMPLE".to_owned()),
        secret_access_key: Some("secret".into()),
        sender_id: Some("Gatehouse".to_owned()),
    };
    Sns::new(&config, TIMEOUT).await
}

async fn nobody_listens() -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap()
}

const TAKEN: &str = r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>aws-1</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"#;
const BAD_NUMBER: &str = r#"<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>+6281234567890 is not a number</Message></Error><RequestId>r</RequestId></ErrorResponse>"#;
const THROTTLED: &str = r#"<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>Throttled</Code><Message>slow down</Message></Error><RequestId>r</RequestId></ErrorResponse>"#;
const DENIED: &str = r#"<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"#;

#[tokio::test]
async fn sns_gets_one_transactional_message_and_its_id_is_kept() {
    let (provider, url) = Provider::start(Some((200, TAKEN))).await;
    let receipt = sns(url).await.send(&sms()).await.unwrap();
    assert_eq!(receipt.provider_message_id.as_deref(), Some("aws-1"));
    let (headers, body) = provider.only();
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    assert_eq!(form["Action"], "Publish");
    assert_eq!(form["PhoneNumber"], "+6281234567890");
    assert_eq!(form["Message"], "Gatehouse: 012345 is your code");
    let attributes: BTreeMap<&str, &str> = (1..=2)
        .map(|n| {
            let name = &form[&format!("MessageAttributes.entry.{n}.Name")];
            let value = &form[&format!("MessageAttributes.entry.{n}.Value.StringValue")];
            (name.as_str(), value.as_str())
        })
        .collect();
    assert_eq!(attributes["AWS.SNS.SMS.SMSType"], "Transactional");
    assert_eq!(attributes["AWS.SNS.SMS.SenderID"], "Gatehouse");
    let authorization = headers["authorization"].to_str().unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
}

#[tokio::test]
async fn what_sns_says_decides_whether_somebody_else_may_try() {
    for (status, body, expected) in [
        (400, BAD_NUMBER, NotSent::Refused { reason: "number" }),
        (400, THROTTLED, NotSent::Unavailable { reason: "busy" }),
        (403, DENIED, NotSent::Unavailable { reason: "credentials" }),
        (503, "", NotSent::Unavailable { reason: "busy" }),
        (500, "", NotSent::Unknown { reason: "http_5xx" }),
    ] {
        let (provider, url) = Provider::start(Some((status, body))).await;
        assert_eq!(sns(url).await.send(&sms()).await, Err(expected), "{status}");
        provider.only();
    }
    let (provider, url) = Provider::start(None).await;
    assert_eq!(sns(url).await.send(&sms()).await, Err(NotSent::Unknown { reason: "timeout" }));
    provider.only();
    let nobody = sns(nobody_listens().await).await.send(&sms()).await;
    assert_eq!(nobody, Err(NotSent::Unavailable { reason: "connect" }));
}

fn gateway(url: &Url) -> HttpGateway {
    let config: GatewayConfig = serde_json::from_value(json!({
        "url": url, "token": "bearer-secret", "to_field": "msisdn", "text_field": "body",
        "fixed_fields": {"sender": "Gatehouse"}, "id_field": "message_id",
    }))
    .unwrap();
    HttpGateway::new(config, TIMEOUT).unwrap()
}

#[tokio::test]
async fn the_gateway_gets_the_configured_fields_and_its_id_is_kept() {
    let (provider, url) = Provider::start(Some((202, r#"{"message_id": "gw-1"}"#))).await;
    let receipt = gateway(&url).send(&sms()).await.unwrap();
    assert_eq!(receipt.provider_message_id.as_deref(), Some("gw-1"));
    let (headers, body) = provider.only();
    assert_eq!(headers["authorization"], "Bearer bearer-secret");
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        json!({"msisdn": "+6281234567890", "body": "Gatehouse: 012345 is your code", "reference": "m-1",
               "sender": "Gatehouse"})
    );
}

#[tokio::test]
async fn what_the_gateway_says_decides_whether_somebody_else_may_try() {
    for (status, expected) in [
        (400, NotSent::Refused { reason: "http_4xx" }),
        (302, NotSent::Refused { reason: "http_4xx" }),
        (401, NotSent::Unavailable { reason: "credentials" }),
        (429, NotSent::Unavailable { reason: "busy" }),
        (503, NotSent::Unavailable { reason: "busy" }),
        (500, NotSent::Unknown { reason: "http_5xx" }),
    ] {
        let (provider, url) = Provider::start(Some((status, "+6281234567890"))).await;
        assert_eq!(gateway(&url).send(&sms()).await, Err(expected), "{status}");
        provider.only();
    }
    let (provider, url) = Provider::start(None).await;
    assert_eq!(gateway(&url).send(&sms()).await, Err(NotSent::Unknown { reason: "timeout" }));
    provider.only();
    let nobody = gateway(&nobody_listens().await).send(&sms()).await;
    assert_eq!(nobody, Err(NotSent::Unavailable { reason: "connect" }));
    let (_, url) = Provider::start(Some((200, "not json"))).await;
    assert_eq!(gateway(&url).send(&sms()).await.unwrap().provider_message_id, None, "taken all the same");
}
