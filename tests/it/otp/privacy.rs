//! What must not be seen is not seen: codes in the database, people and secrets in the log.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use gatehouse::adapters::sending::NotSent;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use super::world::{SECRET, World, enrolment, login, somebody, wrong};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Whether the digits stand alone in the text, not inside a longer number, word or id.
fn stands_alone(text: &str, digits: &str) -> bool {
    text.match_indices(digits).any(|(at, _)| {
        let edge = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[at + digits.len()..].chars().next())
    })
}

#[tokio::test]
async fn a06_49_nothing_personal_and_nothing_secret_is_logged_on_any_path() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // With one subscriber alone, tracing asks the thread that first meets a log line whether anybody
    // listens; in a run of many tests that may be another test's thread. A second one ends that.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let world = World::with(
        "profile = \"development\"\nsms.providers = [\"http\"]\nsms.http.url = \"https://sms.example\"\n\
         sms.http.receipts.secret = \"receiptcanary0123456789abcdefghij\"",
    )
    .await;
    let person = somebody();
    let mut codes = Vec::new();

    world.enrol_sms(&person).await;
    world.enrol_email(&person).await;
    let mut body = login(&person, "session-canary");
    body["ip_address"] = json!("203.0.113.77");
    let shown = world.issue(&body).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    codes.push(code.clone());
    let bad = wrong(&code);
    world.verify(&shown.challenge(), "session-canary", &bad).await.expect(422);
    world.verify(&shown.challenge(), "other-canary", &bad).await.expect(404);
    world.resend(&shown.challenge(), "session-canary", None).await.expect(429);
    world.resend(&shown.challenge(), "session-canary", Some("email")).await.expect(202);
    codes.push(world.last_code("email", &person.email));
    world.issue(&enrolment(&person, "s\r\nlevel=ERROR forged-line", "sms", "bad-canary")).await.expect(422);
    world.issue(&json!({"surplus": "surplus-canary"})).await.expect(400);
    for fault in [
        NotSent::Refused { reason: "number" },
        NotSent::Unavailable { reason: "connect" },
        NotSent::Unknown { reason: "timeout" },
    ] {
        world.sms.fail_with(Some(fault));
        let other = somebody();
        world.issue(&enrolment(&other, "s", "sms", &other.phone)).await;
    }
    for secret in ["receiptcanary0123456789abcdefghij", "guessed-canary"] {
        let report = axum::http::Request::post(format!("/delivery/v1/sms/{secret}"));
        world.send(report.body("id=message-canary&status=failed".into()).unwrap()).await;
    }
    let (_, _, _) =
        world.send(world.signed("msg.bad", "POST", "/otp/v1/challenges", b"unsigned-canary")).await;
    sqlx::query("ALTER TABLE otp_failures ADD CONSTRAINT broken CHECK (in_a_row < 0) NOT VALID")
        .execute(&world.pool)
        .await
        .unwrap();
    let failed = world.verify(&shown.challenge(), "session-canary", codes.last().unwrap()).await;
    failed.clone().expect_problem(500, "internal");

    let text = log.text();
    assert!(text.contains("a call for codes was answered"), "the log was captured");
    assert!(text.contains("the database refused a call for codes"), "failures too");
    let subscriber_number = &person.phone[3..];
    let (phone_local, mail_local) = (subscriber_number, person.email.split('@').next().unwrap());
    for canary in [phone_local, mail_local, "canary", "203.0.113.77", SECRET, "AAECAwQF", "forged-line"] {
        let line = text.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary} is in the log");
        assert!(!failed.body.to_string().contains(canary));
    }
    for code in codes.iter().chain([&bad]) {
        let line = text.lines().find(|line| stands_alone(line, code));
        assert_eq!(line, None, "a code is in the log");
    }
}

#[tokio::test]
async fn a06_05_no_code_is_in_the_database() {
    let world = World::with("profile = \"development\"\notp.limits.per_person = 50").await;
    let mut codes = Vec::new();
    for _ in 0..20 {
        let person = somebody();
        world.enrol_sms(&person).await;
        let shown = world.issue(&login(&person, "s")).await.expect(201);
        let code = world.last_code("sms", &person.phone);
        world.verify(&shown.challenge(), "s", &wrong(&code)).await.expect(422);
        codes.push(code);
    }
    let mut dump = Vec::new();
    for table in
        ["webhook_requests", "otp_challenges", "otp_messages", "otp_factors", "otp_failures", "otp_limits"]
    {
        let statement = sqlx::AssertSqlSafe(format!("SELECT to_jsonb(t) FROM {table} t"));
        let rows: Vec<Value> = sqlx::query_scalar(statement).fetch_all(&world.pool).await.unwrap();
        assert!(!rows.is_empty(), "{table}");
        dump.extend(rows.into_iter().map(|row| row.to_string()));
    }
    for code in codes {
        // Fractions of seconds have six digits too; they are followed by a zone.
        let row = dump.iter().find(|row| {
            let without_times = row.replace(&format!(".{code}+"), "").replace(&format!(".{code}Z"), "");
            stands_alone(&without_times, &code)
        });
        assert_eq!(row, None);
    }
}
