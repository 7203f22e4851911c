//! The stream of the service with carriers of messages that remember.

use std::sync::Arc;

use gatehouse::{
    adapters::{
        mail::{Mail, MemoryMailer},
        sms::MemorySms,
    },
    app::Ports,
    platform::{clock::SystemClock, entropy::OsEntropy, kafka::Outgoing},
};
use serde_json::{Value, json};

use crate::support::{Service, TestDatabase, TestKafka, eventually, keycloak_events::Person};

pub const UPDATE: &str = "org.keycloak.user.UPDATE_PROFILE";
pub const CREDENTIAL: &str = "org.keycloak.user.UPDATE_CREDENTIAL";
pub const LOGIN: &str = "org.keycloak.user.LOGIN";

pub struct World {
    pub database: TestDatabase,
    pub kafka: TestKafka,
    pub mail: Arc<MemoryMailer>,
    pub sms: Arc<MemorySms>,
    _service: Service,
}

impl World {
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let kafka = TestKafka::create().await;
        let (mail, sms) = (Arc::new(MemoryMailer::default()), Arc::new(MemorySms::default()));
        let service = start(&database, &kafka, &mail, &sms);
        Self { database, kafka, mail, sms, _service: service }
    }

    /// Another service of a group that has read nothing: every record comes again.
    pub fn read_again(&self) -> Service {
        start(&self.database, &self.kafka.forgotten(), &self.mail, &self.sms)
    }

    pub async fn send(&self, records: &[Outgoing]) {
        self.kafka.send(records).await;
    }

    /// Sends a state of the person.
    pub async fn becomes(&self, person: &Person, sequence: i64) {
        self.send(&[person.event(&self.kafka.events(), UPDATE, sequence)]).await;
    }

    /// Sends an event of the person that says something.
    pub async fn says(&self, person: &Person, kind: &str, sequence: i64, details: &Value) {
        self.send(&[person.event_saying(&self.kafka.events(), kind, sequence, details)]).await;
    }

    /// Waits until the directory is as far as this record of the person.
    pub async fn reached(&self, person: &Person, sequence: i64) {
        let ask = async || {
            sqlx::query_scalar::<_, i64>("SELECT sequence FROM people WHERE user_id = $1")
                .bind(&person.id)
                .fetch_optional(&self.database.pool)
                .await
                .unwrap()
        };
        eventually("the record to be applied", ask, |seen| *seen == Some(sequence)).await;
    }

    /// Waits until every notice is sent, and gives the mails as address and subject.
    pub async fn told(&self) -> Vec<(String, String)> {
        self.all_sent().await;
        let shown = |mail: &Mail| (mail.to.expose().clone(), mail.subject.clone());
        let mut told: Vec<(String, String)> = self.mail.mails().iter().map(shown).collect();
        told.sort();
        told
    }

    /// Waits until nothing is left to be sent.
    pub async fn all_sent(&self) {
        let ask = async || self.count("SELECT count(*) FROM notices WHERE sent_at IS NULL").await;
        eventually("every notice to be sent", ask, |left| *left == 0).await;
    }

    pub async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.database.pool).await.unwrap()
    }

    /// Gives the person another contact that is proven.
    pub async fn add_contact(&self, person: &Person, kind: &str, value: &str) {
        sqlx::query(
            "INSERT INTO contacts (contact_id, user_id, kind, value, purposes, is_primary, verified_at, proof,
                                   created_at, updated_at)
             VALUES (gen_random_uuid(), $1, $2, $3, '{notice}', false, now(), 'code', now(), now())",
        )
        .bind(&person.id)
        .bind(kind)
        .bind(value)
        .execute(&self.database.pool)
        .await
        .unwrap();
    }

    /// Makes every notice an hour older.
    pub async fn an_hour_passes(&self) {
        sqlx::query("UPDATE notice_times SET told_at = told_at - interval '1 hour'")
            .execute(&self.database.pool)
            .await
            .unwrap();
    }
}

fn start(
    database: &TestDatabase,
    kafka: &TestKafka,
    mail: &Arc<MemoryMailer>,
    sms: &Arc<MemorySms>,
) -> Service {
    let ports = Ports {
        keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
        provider: Arc::new(gatehouse::adapters::oidc::MemoryProvider::default()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        mailers: vec![mail.clone()],
        sms: vec![sms.clone()],
    };
    Service::start_over(database.pool.clone(), kafka, Arc::default(), ports, "")
}

/// Siti, who has proven her address and has no second factor yet.
pub fn siti() -> Person {
    Person::new("siti").with("/factors", json!([]))
}

/// What a login says of the browser.
pub fn browser(id: char) -> Value {
    json!({"device": {"id": id.to_string().repeat(42) + "A", "browser": "Firefox", "system": "Linux"}})
}

pub fn password() -> Value {
    json!({"details": {"credential_type": "password", "reason": null}})
}
