//! Notices of other rooms: their own kinds and words, sent the same way.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use chrono::Days;
use gatehouse::{
    adapters::{mail::MemoryMailer, sms::MemorySms},
    app::Config,
    notices::{
        Address, Button, Carriers, Composer, Due, ForgetNotices, Letter, Notice, NoticeId, SEND_NOTICE,
        SendNotices, store,
    },
    otp::SmsBudget,
    platform::{
        clock::{Clock as _, SystemClock},
        entropy::OsEntropy,
        jobs::{Done, Failed, Handler as _, Job},
        language::Language,
        masked::Masked,
    },
};
use serde_json::json;
use sqlx::PgPool;

use crate::{config::MINIMAL, support::TestDatabase};

/// Greets, as long as there is reason to.
struct Greeter {
    has_reason: AtomicBool,
}

#[async_trait]
impl Composer for Greeter {
    fn kinds(&self) -> &'static [&'static str] {
        &["test.greeting"]
    }

    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed> {
        let name = due.facts.expose()["name"].as_str().unwrap_or_default();
        let mut letter = Letter::new("Welcome", format!("Hello {name}."));
        letter.text_message = Some(format!("Hello {name}."));
        letter.button =
            Some(Button { label: "Start".to_owned(), url: "https://portal.example/start".parse().unwrap() });
        Ok(self.has_reason.load(Ordering::SeqCst).then_some(letter))
    }
}

fn greeting(name: &str) -> Notice {
    Notice {
        notice_id: NoticeId::generate(&SystemClock, &OsEntropy),
        user_id: None,
        kind: "test.greeting",
        to: Address::Email(Masked::new("new@contoh.example".to_owned())),
        language: Language::Malay,
        facts: Masked::new(json!({"name": name})),
        hourly: None,
    }
}

struct Sending {
    pool: PgPool,
    mail: Arc<MemoryMailer>,
    sms: Arc<MemorySms>,
    greeter: Arc<Greeter>,
    sender: SendNotices,
}

impl Sending {
    async fn new() -> Self {
        Self::with("").await
    }

    async fn with(settings: &str) -> Self {
        let pool = TestDatabase::create().await.pool;
        let mail = Arc::new(MemoryMailer::default());
        let greeter = Arc::new(Greeter { has_reason: AtomicBool::new(true) });
        let composers: [Arc<dyn Composer>; 1] = [greeter.clone()];
        let sms = Arc::new(MemorySms::default());
        let config = Config::from_toml(&format!("{MINIMAL}\n{settings}")).unwrap();
        let budget = SmsBudget::new(pool.clone(), &config.otp, config.profile);
        let carriers = Carriers {
            mailers: vec![mail.clone()],
            sms: vec![sms.clone()],
            budget: Arc::new(budget),
            clock: Arc::new(SystemClock),
        };
        let sender = SendNotices::new(pool.clone(), &composers, carriers, "Gatehouse");
        Self { pool, mail, sms, greeter, sender }
    }

    async fn enqueue(&self, notices: &[Notice]) -> Vec<NoticeId> {
        let mut tx = self.pool.begin().await.unwrap();
        let queued = store::enqueue_in_tx(&mut tx, notices).await.unwrap();
        tx.commit().await.unwrap();
        queued
    }

    async fn run(&self, notice: NoticeId) -> Result<Done, Failed> {
        let job = Job { kind: SEND_NOTICE.to_owned(), key: notice.to_string(), attempts: 0 };
        self.sender.run(&job).await
    }

    async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.pool).await.unwrap()
    }
}

#[tokio::test]
async fn a_room_brings_its_words_and_what_was_sent_is_forgotten() {
    let sending = Sending::new().await;
    let queued = sending.enqueue(&[greeting("<Ali>"), greeting("Ani")]).await;
    assert_eq!(queued.len(), 2, "without a matter there is no limit");
    sending.run(queued[0]).await.unwrap();
    sending.run(queued[0]).await.unwrap();
    let mails = sending.mail.mails();
    assert_eq!(mails.len(), 1, "what was sent is not sent again");
    assert!(mails[0].text.expose().contains("Start:\nhttps://portal.example/start"));
    assert!(
        mails[0].html.expose().contains("Hello &#60;Ali&#62;.")
            && mails[0].html.expose().contains("lang=\"ms\"")
    );
    let kept =
        sending.count("SELECT count(*) FROM notices WHERE address IS NOT NULL OR facts IS NOT NULL").await;
    assert_eq!(kept, 1, "of the one that was sent, neither address nor content is kept");
}

#[tokio::test]
async fn what_is_taken_back_is_never_sent() {
    let sending = Sending::new().await;
    let mut tx = sending.pool.begin().await.unwrap();
    store::enqueue_in_tx(&mut tx, &[greeting("Ali")]).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(sending.count("SELECT count(*) FROM jobs").await, 0);

    let queued = sending.enqueue(&[greeting("Ali")]).await;
    sending.greeter.has_reason.store(false, Ordering::SeqCst);
    sending.run(queued[0]).await.unwrap();
    assert!(sending.mail.mails().is_empty());
    assert_eq!(sending.count("SELECT count(*) FROM notices").await, 0);
}

#[tokio::test]
async fn a_kind_that_nobody_writes_is_parked() {
    let sending = Sending::new().await;
    let queued = sending.enqueue(&[Notice { kind: "test.unknown", ..greeting("Ali") }]).await;
    let ended = sending.run(queued[0]).await;
    assert!(matches!(&ended, Err(Failed::Park(why)) if why.contains("test.unknown")), "{ended:?}");
}

#[tokio::test]
async fn of_two_transactions_at_once_one_tells() {
    let sending = Sending::new().await;
    let hourly = |name: &str| Notice { hourly: Some("greeting".to_owned()), ..greeting(name) };
    let (one, other) = ([hourly("Ali"), hourly("Ali")], [hourly("Ali")]);
    let (one, other) = tokio::join!(sending.enqueue(&one), sending.enqueue(&other));
    assert_eq!(one.len() + other.len(), 1);
}

#[tokio::test]
async fn old_rows_go_away() {
    let sending = Sending::new().await;
    let notice = Notice { hourly: Some("greeting".to_owned()), ..greeting("Ali") };
    sending.enqueue(&[notice]).await;
    for statement in [
        "UPDATE notices SET created_at = now() - interval '31 days'",
        "UPDATE notice_times SET told_at = now() - interval '61 minutes'",
        "INSERT INTO known_devices (user_id, device, last_seen_at)
         VALUES ('siti', sha256('a'), now() - interval '401 days'), ('siti', sha256('b'), now())",
    ] {
        sqlx::query(statement).execute(&sending.pool).await.unwrap();
    }
    let forget = ForgetNotices { pool: sending.pool.clone(), clock: Arc::new(SystemClock) };
    let job = Job { kind: "notices.forget".to_owned(), key: "nightly".to_owned(), attempts: 0 };
    let before = SystemClock.now();
    let Done::Until(next) = forget.run(&job).await.unwrap() else { panic!("it is periodic") };
    assert!(next >= before + Days::new(1));
    for (statement, left) in [
        ("SELECT count(*) FROM notices", 0),
        ("SELECT count(*) FROM notice_times", 0),
        ("SELECT count(*) FROM known_devices", 1),
    ] {
        assert_eq!(sending.count(statement).await, left, "{statement}");
    }
}

fn greeting_by_phone(number: &str) -> Notice {
    Notice { to: Address::Phone(Masked::new(number.to_owned())), ..greeting("Ani") }
}

#[tokio::test]
async fn a06_33_a_notice_by_text_message_is_paid_from_the_same_budget_and_waits_when_it_is_spent() {
    let sending = Sending::with("otp.limits.money_per_hour = 1\notp.limits.price_micros = 400000").await;
    let numbers = ["+6281210000001", "+6281220000001", "+6281230000001"];
    let queued = sending.enqueue(&numbers.map(greeting_by_phone)).await;
    let before = SystemClock.now();
    assert_eq!(sending.run(queued[0]).await.unwrap(), Done::Finished);
    assert_eq!(sending.run(queued[1]).await.unwrap(), Done::Finished);
    let Done::Until(again) = sending.run(queued[2]).await.unwrap() else { panic!("it should wait") };
    let wait = again - before;
    assert!((3000..=3700).contains(&wait.num_seconds()), "until there is room in the hour: {wait}");
    assert_eq!(sending.sms.messages().len(), 2, "nothing leaves that was not reserved");
    assert_eq!(sending.count("SELECT count(*) FROM notices WHERE sent_at IS NULL").await, 1);

    sqlx::query("DELETE FROM otp_limits").execute(&sending.pool).await.unwrap();
    assert_eq!(sending.run(queued[2]).await.unwrap(), Done::Finished);
    assert_eq!(sending.sms.messages().len(), 3);
}

#[tokio::test]
async fn a06_29_fifty_notices_to_one_prefix_never_exceed_its_limit() {
    let sending = Sending::with("otp.limits.per_prefix = 7").await;
    let notices: Vec<Notice> = (0..50).map(|n| greeting_by_phone(&format!("+62812100000{n:02}"))).collect();
    let queued = sending.enqueue(&notices).await;
    let runs = futures::future::join_all(queued.into_iter().map(|notice| sending.run(notice))).await;
    let sent = runs.iter().filter(|run| matches!(run, Ok(Done::Finished))).count();
    assert_eq!((sent, sending.sms.messages().len()), (7, 7));
}

#[tokio::test]
async fn a06_31_a_notice_to_a_number_that_gets_no_codes_is_parked_without_naming_it() {
    let sending = Sending::new().await;
    let queued = sending.enqueue(&[greeting_by_phone("+4915123456789")]).await;
    let Err(Failed::Park(why)) = sending.run(queued[0]).await else { panic!("it should be parked") };
    assert_eq!(why, "no text message is sent there: country");
    assert!(sending.sms.messages().is_empty());
}
