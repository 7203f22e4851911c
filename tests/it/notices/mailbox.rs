//! A notice on its whole way: Kafka, PostgreSQL, SMTP, and the mailbox.

use std::sync::Arc;

use gatehouse::{
    adapters::mail::{MailConfig, SmtpMailer, TlsPolicy},
    app::Ports,
    platform::{clock::SystemClock, entropy::OsEntropy},
};
use serde_json::Value;
use uuid::Uuid;

use super::world::{CREDENTIAL, UPDATE, password};
use crate::support::{Service, TestDatabase, TestKafka, eventually, keycloak_events::Person};

#[tokio::test]
async fn a_notice_arrives_in_the_mailbox_in_the_persons_language() {
    let inbox = xtask::testing::inbox().await.expect("an inbox for tests");
    let mailer = SmtpMailer::all(&MailConfig {
        host: "127.0.0.1".to_owned(),
        port: inbox.smtp_port,
        tls: TlsPolicy::None,
        username: None,
        password: None,
        from: "Gatehouse <no-reply@example.com>".to_owned(),
        timeout_millis: 5000,
        connections: 2,
        ca_file: None,
        second: None,
    })
    .unwrap()
    .remove(0);
    let ports = Ports {
        keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
        provider: Arc::new(gatehouse::adapters::oidc::MemoryProvider::default()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        mailers: vec![Arc::new(mailer)],
        sms: Vec::new(),
    };
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let extra = "notices.support = \"support@contoh.example\"";
    let _service = Service::start_over(database.pool.clone(), &kafka, Arc::default(), ports, extra);

    let person = Person::new(&Uuid::new_v4().to_string()).with("/locale", "zh-CN");
    let address = person.state["email"].as_str().unwrap();
    let events = kafka.events();
    kafka.send(&[person.event(&events, UPDATE, 1)]).await;
    kafka.send(&[person.event_saying(&events, CREDENTIAL, 2, &password())]).await;

    let url = url::Url::parse_with_params(&format!("{}/messages", inbox.url), [("to", address)]).unwrap();
    let ask = async || reqwest::get(url.clone()).await.unwrap().json::<Vec<Value>>().await.unwrap();
    let messages = eventually("the notice to arrive", ask, |messages| !messages.is_empty()).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["subject"], "您的密码已更改");
    let text = messages[0]["text"].as_str().unwrap();
    assert!(text.contains("support@contoh.example") && text.contains("Asia/Jakarta"), "{text}");
    assert!(messages[0]["html"].as_str().unwrap().contains("support@contoh.example"));
}
