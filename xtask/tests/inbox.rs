//! The inbox against the clients that the service uses: the AWS SDK for text messages, lettre for mail.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::time::{Duration, Instant};

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_sns::config::Credentials;
use aws_sdk_sns::error::SdkError;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use xtask::testing::{self, Inbox};

/// There is one inbox: what a test does to it must not disturb another.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

struct Case {
    inbox: Inbox,
    http: reqwest::Client,
    _turn: MutexGuard<'static, ()>,
}

impl Case {
    async fn new() -> Self {
        let turn = ONE_AT_A_TIME.lock().await;
        let inbox = testing::inbox().await.expect("an inbox");
        let case = Self { inbox, http: reqwest::Client::new(), _turn: turn };
        case.fault("sms", "ok").await;
        case.fault("email", "ok").await;
        let deleted = case.http.delete(case.url("/messages")).send().await.unwrap();
        assert_eq!(deleted.status(), 204);
        case
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.inbox.url)
    }

    async fn fault(&self, channel: &str, mode: &str) {
        let order = json!({"channel": channel, "mode": mode});
        let answer = self.http.post(self.url("/faults")).json(&order).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    async fn messages(&self, to: &str) -> Vec<Value> {
        let answer = self.http.get(self.url("/messages")).query(&[("to", to)]).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn sns(&self) -> aws_sdk_sns::Client {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&self.inbox.sns_endpoint)
            .region(Region::new("ap-southeast-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(4)).build())
            .load()
            .await;
        aws_sdk_sns::Client::new(&config)
    }

    async fn mail(&self, to: &str, subject: &str, text: &str) -> Result<(), lettre::transport::smtp::Error> {
        let mail = Message::builder()
            .from("gatehouse@gatehouse.example".parse().unwrap())
            .to(to.parse().unwrap())
            .subject(subject)
            .body(text.to_owned())
            .unwrap();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(self.inbox.smtp_port)
            .build();
        transport.send(mail).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_text_message_arrives_as_the_sdk_sends_it() {
    let case = Case::new().await;
    let text = "Kode Gatehouse: 123456. Jangan berikan kepada siapa pun.\n@localhost #123456";
    let sent = case.sns().await.publish().phone_number("+6281234567890").message(text).send().await.unwrap();
    assert!(sent.message_id().is_some_and(|id| !id.is_empty()), "{sent:?}");

    let messages = case.messages("+6281234567890").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["channel"], "sms");
    assert_eq!(messages[0]["text"], text);
    assert_eq!(messages[0]["subject"], Value::Null);
    assert!(case.messages("+6280000000000").await.is_empty());
}

#[tokio::test]
async fn a_number_that_is_none_is_an_error_of_the_sender() {
    let case = Case::new().await;
    let refused = case.sns().await.publish().phone_number("0812").message("hi").send().await.unwrap_err();
    let error = refused.into_service_error();
    assert!(error.is_invalid_parameter_exception(), "{error:?}");
}

#[tokio::test]
async fn an_unsigned_call_is_refused_as_sns_does() {
    let case = Case::new().await;
    let fields = [("Action", "Publish"), ("PhoneNumber", "+6281234567890"), ("Message", "hi")];
    let answer = case.http.post(&case.inbox.sns_endpoint).form(&fields).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let body = answer.text().await.unwrap();
    assert!(body.contains("<Code>MissingAuthenticationToken</Code>"), "{body}");
    assert!(case.messages("+6281234567890").await.is_empty());
}

#[tokio::test]
async fn a_text_message_provider_fails_on_demand() {
    let case = Case::new().await;
    let sns = case.sns().await;
    let publish = || sns.publish().phone_number("+6281234567890").message("hi").send();

    case.fault("sms", "refuse").await;
    let refused = publish().await.unwrap_err().into_service_error();
    assert!(refused.is_authorization_error_exception(), "{refused:?}");
    case.fault("sms", "throttle").await;
    let throttled = publish().await.unwrap_err().into_service_error();
    assert_eq!(throttled.meta().code(), Some("Throttling"), "{throttled:?}");
    case.fault("sms", "error").await;
    let broken = publish().await.unwrap_err().into_service_error();
    assert!(broken.is_internal_error_exception(), "{broken:?}");
    case.fault("sms", "timeout").await;
    let waited = publish().await.unwrap_err();
    assert!(matches!(waited, SdkError::TimeoutError(_)), "{waited:?}");
    assert!(case.messages("+6281234567890").await.is_empty());

    case.fault("sms", "slow").await;
    let began = Instant::now();
    publish().await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(case.messages("+6281234567890").await.len(), 1);
}

#[tokio::test]
async fn mail_arrives_through_the_mail_server() {
    let case = Case::new().await;
    case.mail("Siti <Siti@kunci.example>", "Kode é", "Halo,\n.titik\n123456\n").await.unwrap();
    // The sender has been told that the mail is taken: it is there, without waiting.
    let messages = case.messages("siti@KUNCI.example").await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["channel"], "email");
    assert_eq!(messages[0]["subject"], "Kode é");
    assert_eq!(messages[0]["text"].as_str().unwrap().replace("\r\n", "\n").trim(), "Halo,\n.titik\n123456");
    assert_eq!(messages[0]["html"], Value::Null);
}

#[tokio::test]
async fn a_mail_server_fails_on_demand() {
    let case = Case::new().await;
    case.fault("email", "refuse").await;
    let refused = case.mail("siti@kunci.example", "hi", "hi").await.unwrap_err();
    assert!(refused.is_permanent(), "{refused:?}");
    case.fault("email", "timeout").await;
    // lettre's own time limit is for connecting only.
    let mail = case.mail("siti@kunci.example", "hi", "hi");
    let waited = tokio::time::timeout(Duration::from_secs(2), mail).await;
    assert!(waited.is_err(), "{waited:?}");
    assert!(case.messages("siti@kunci.example").await.is_empty());

    case.fault("email", "slow").await;
    let began = Instant::now();
    case.mail("siti@kunci.example", "hi", "hi").await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(case.messages("siti@kunci.example").await.len(), 1);
}

#[tokio::test]
async fn the_page_shows_what_arrived() {
    let case = Case::new().await;
    case.mail("siti@kunci.example", "Prove <it>", "Open http://localhost:8180/x?a=1&b=2 now").await.unwrap();
    let page = case.http.get(case.url("/")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Prove &lt;it&gt;"), "{page}");
    assert!(page.contains("href=\"http://localhost:8180/x?a=1&amp;b=2\""), "{page}");
}
