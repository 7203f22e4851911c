//! Each alert comes when its condition is there, and no other does. The condition is caused at a running service; of
//! Prometheus there is its own evaluation of the chart's alerts. `GatehouseOutboxWaits` rests on a metric of Keycloak, and
//! is caused in `tests/keycloak/outbox.rs`.

use gatehouse::platform::kafka::Outgoing;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};
use uuid::Uuid;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use super::{
    prometheus::{Scrape, Then, fires},
    scene::Scene,
};
use crate::support::{eventually, keycloak_events::Person};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";
const CREDENTIAL: &str = "org.keycloak.user.UPDATE_CREDENTIAL";
const EVENTS: &str = "gatehouse_events_total";
const NOTICES: &str = "gatehouse_notices_total";
const WITHOUT_ADMIN: &str = "gatehouse_companies_without_admin";

fn garbage(scene: &Scene) -> Outgoing {
    let good = Person::new("siti").event(&scene.kafka.events(), CHANGE, 1);
    Outgoing { value: Some(b"garbage".to_vec()), ..good }
}

async fn execute(scene: &Scene, statement: &'static str) {
    sqlx::query(statement).execute(&scene.database.pool).await.unwrap();
}

/// Asks for a code by SMS for somebody new.
async fn ask_for_a_code(scene: &Scene, number: u32) {
    scene.call(&enrolment(number)).await;
}

fn enrolment(number: u32) -> Value {
    json!({"realm": "gatehouse", "user_id": Uuid::new_v4(), "auth_session_id": Uuid::new_v4(), "purpose": "enrol",
           "client_id": "gatehouse-portal", "locale": "en", "ip_address": "192.0.2.1", "channel": "sms",
           "destination": format!("+62812{:08}", 10_000_000 + number * 10_000)})
}

/// A provider of text messages that answers so, and the settings that name it.
async fn provider(answer: ResponseTemplate) -> (MockServer, String) {
    let provider = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&provider).await;
    let settings = format!(
        "sms.sns.endpoint = \"{}\"\nsms.sns.access_key_id = \"key\"\nsms.sns.secret_access_key = \"secret\"",
        provider.uri()
    );
    (provider, settings)
}

/// A mail server that takes nothing, for good, and the setting that names it.
async fn refusing_mail_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"554 no mail here\r\n").await;
        }
    });
    format!("mail.port = {port}")
}

/// New passwords of so many people, of which each is told by mail.
async fn change_passwords(scene: &Scene, people: usize) {
    let changed = json!({"details": {"credential_type": "password", "reason": null}});
    let people = (0..people).map(|number| Person::new(&format!("person-{number}")));
    let events: Vec<Outgoing> = people
        .flat_map(|person| {
            let topic = scene.kafka.events();
            [person.event(&topic, CHANGE, 1), person.event_saying(&topic, CREDENTIAL, 2, &changed)]
        })
        .collect();
    scene.kafka.send(&events).await;
}

#[tokio::test]
async fn nobody_answers() {
    let mut scene = Scene::new("").await;
    let before = scene.scrape().await;
    scene.kill().await;
    fires(&before, &scene.scrape().await, Then::AsSince(&before), &["GatehouseAway"]).await;
}

#[tokio::test]
async fn one_event_cannot_be_read() {
    let scene = Scene::new("").await;
    let before = scene.scrape().await;
    scene.kafka.send(&[garbage(&scene)]).await;
    scene.kafka.read_until(&scene.kafka.parked(), "the parked record", |seen| !seen.is_empty()).await;
    let after = scene.until("the count", |seen| seen.sum(&[EVENTS, "parked"]) >= 1.0).await;
    fires(&before, &after, Then::Nothing, &["GatehouseRecordsParked"]).await;
}

#[tokio::test]
async fn hardly_an_event_can_be_read() {
    let scene = Scene::new("kafka.parked_in_a_row = 3").await;
    let before = scene.scrape().await;
    scene.kafka.send(&[garbage(&scene), garbage(&scene), garbage(&scene)]).await;
    let after = scene.until("the halt", |seen| seen.sum(&["gatehouse_consumer_halted"]) >= 1.0).await;
    fires(&before, &after, Then::Nothing, &["GatehouseEventsHalted", "GatehouseRecordsParked"]).await;
}

/// Its group is new and has committed nothing, and while the database is away it fetches nothing.
#[tokio::test]
async fn the_database_is_locked() {
    let scene = Scene::new("").await;
    let topic = scene.kafka.events();
    let events = |sequence| -> Vec<Outgoing> {
        let people = (0..3_000).map(|number| Person::new(&format!("person-{number}")));
        people.map(|person| person.event(&topic, CHANGE, sequence)).collect()
    };
    let before = scene.scrape().await;
    let mut other = PgConnection::connect(&scene.database.url).await.unwrap();
    let mut lock = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
    scene.kafka.send(&events(1)).await;
    let retries = |seen: &Scrape| seen.sum(&["gatehouse_batches_retried_total"]);
    // Until then it tries more often than it will.
    let slow = scene.until("the longest pause", |seen| retries(seen) >= 8.0).await;
    scene.kafka.send(&events(2)).await;
    let is_locked = |seen: &Scrape| retries(seen) >= 10.0 && seen.sum(&["gatehouse_consumer_lag"]) >= 6_000.0;
    let after = scene.until("retries and all of the lag", is_locked).await;
    fires(&before, &after, Then::AsSince(&slow), &["GatehouseDatabaseRefuses", "GatehouseEventsLag"]).await;
    lock.rollback().await.unwrap();
    scene.until("no lag", |seen| seen.sum(&["gatehouse_consumer_lag"]) < 1.0).await;
}

#[tokio::test]
async fn kafka_takes_no_records() {
    let scene = Scene::without_kafka("api,worker,consumer").await;
    records_wait(&scene).await;
}

#[tokio::test]
async fn no_worker_runs() {
    let scene = Scene::without_kafka("api").await;
    records_wait(&scene).await;
}

async fn records_wait(scene: &Scene) {
    let before = scene.scrape().await;
    // Somebody is gone, and the topic has to hear of it.
    execute(
        scene,
        "WITH published AS (INSERT INTO published_records (stream, key, key_range, revision, is_tombstone)
                            VALUES ('users', 'siti', 0, nextval('record_revisions'), false))
         INSERT INTO changed_keys (stream, key, marked_at) VALUES ('users', 'siti', now() - interval '6 minutes')",
    )
    .await;
    let oldest = "gatehouse_changed_keys_oldest_seconds";
    let after = scene.until("the age", |seen| seen.sum(&[oldest]) > 300.0).await;
    fires(&before, &after, Then::AsSince(&before), &["GatehouseRecordsWait"]).await;
}

#[tokio::test]
async fn a_due_job_is_not_done() {
    let scene = Scene::new("").await;
    let before = scene.scrape().await;
    // In the hands of somebody who does not let go.
    execute(
        &scene,
        "INSERT INTO jobs (kind, key, run_at, leased_until)
         VALUES ('notices.send', 'stuck', now() - interval '16 minutes', now() + interval '1 hour')",
    )
    .await;
    let oldest = ["gatehouse_jobs_oldest_seconds", "notices.send", "waiting"];
    let after = scene.until("the age", |seen| seen.sum(&oldest) > 900.0).await;
    fires(&before, &after, Then::AsSince(&before), &["GatehouseJobsLate"]).await;
}

#[tokio::test]
async fn a_mail_is_refused_for_good() {
    let scene = Scene::new(&refusing_mail_server().await).await;
    let before = scene.scrape().await;
    change_passwords(&scene, 1).await;
    let after =
        scene.until("the parked job", |seen| seen.sum(&["gatehouse_jobs_waiting", "parked"]) >= 1.0).await;
    fires(&before, &after, Then::Nothing, &["GatehouseJobsParked"]).await;
}

#[tokio::test]
async fn the_mail_server_is_away() {
    let scene = Scene::new("mail.port = 1").await;
    let before = scene.scrape().await;
    change_passwords(&scene, 12).await;
    let after = scene.until("mails not sent", |seen| seen.sum(&[NOTICES, "unavailable"]) >= 12.0).await;
    fires(&before, &after, Then::AsSince(&before), &["GatehouseNoticesNotSent"]).await;
}

#[tokio::test]
async fn a_provider_refuses_codes() {
    let (_provider, settings) = provider(ResponseTemplate::new(403)).await;
    let scene = Scene::new(&settings).await;
    let before = scene.scrape().await;
    for number in 0..3 {
        ask_for_a_code(&scene, number).await;
    }
    let after =
        scene.until("refused messages", |seen| seen.sum(&["gatehouse_otp_messages_total"]) >= 3.0).await;
    fires(&before, &after, Then::AsSince(&before), &["GatehouseCodesNotSent"]).await;
}

#[tokio::test]
async fn the_money_for_codes_is_spent() {
    // In the profile "development" ten messages at ten units spend a hundred times one unit.
    let limits = "otp.limits.money_per_hour = 1\notp.limits.price_micros_by_country.ID = 10000000";
    let taken = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
    let (_provider, settings) = provider(ResponseTemplate::new(200).set_body_raw(taken, "text/xml")).await;
    let scene = Scene::new(&format!("{settings}\n{limits}")).await;
    let before = scene.scrape().await;
    for number in 0..20 {
        ask_for_a_code(&scene, number).await;
    }
    let limited = ["gatehouse_otp_limited_total", "money_hour"];
    let after = scene.until("the limit", |seen| seen.sum(&limited) >= 10.0).await;
    fires(&before, &after, Then::AsSince(&before), &["GatehouseCodesLimited"]).await;
}

#[tokio::test]
async fn a_company_loses_its_last_admin_in_keycloak() {
    let scene = Scene::new("").await;
    let id = "00000000-0000-0000-0000-000000000007";
    let siti = Person::new("siti").in_organization(&format!("org-{id}"), id, "PT Contoh");
    execute(
        &scene,
        "INSERT INTO companies (company_id, realm, name, claim_key, status, organization_id, created_at, updated_at)
         VALUES ('00000000-0000-0000-0000-000000000007', 'gatehouse', 'PT Contoh', 'pt contoh', 'active',
             'org-00000000-0000-0000-0000-000000000007', now(), now())",
    )
    .await;
    scene.kafka.send(&[siti.event(&scene.kafka.events(), CHANGE, 1)]).await;
    let known = || async {
        let members = "SELECT count(*) FROM company_members JOIN people USING (user_id)";
        sqlx::query_scalar(members).fetch_one(&scene.database.pool).await.unwrap()
    };
    eventually("the member", known, |count: &i64| *count == 1).await;
    execute(&scene, "UPDATE company_members SET role = 'admin'").await;
    let led = scene.until("an admin", |seen| seen.sum(&[WITHOUT_ADMIN]) < 1.0).await;
    scene.kafka.send(&[siti.with("/enabled", false).event(&scene.kafka.events(), CHANGE, 2)]).await;
    let after = scene.until("nobody who leads", |seen| seen.sum(&[WITHOUT_ADMIN]) >= 1.0).await;
    fires(&led, &after, Then::AsSince(&led), &["GatehouseCompaniesWithoutAdmin"]).await;
}

#[tokio::test]
async fn calls_are_signed_with_another_key() {
    let scene = Scene::new("").await;
    let before = scene.scrape().await;
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(scene.call_signed_by(other, &enrolment(0)).await, 401);
    let after =
        scene.until("refused calls", |seen| seen.sum(&["gatehouse_webhook_requests_total"]) >= 1.0).await;
    fires(&before, &after, Then::AsSince(&before), &["GatehouseWebhookRefused"]).await;
}
