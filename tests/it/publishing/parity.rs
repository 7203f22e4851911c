//! A reader in another language rebuilds its table from nothing, and proves that it has everything.

use std::path::{Path, PathBuf};

use gatehouse::publishing;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::{
    Seen, Service, TestDatabase, TestKafka, api::Api, eventually, keycloak_events::Person, latest,
};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

/// The example of the documentation, with a table of its own.
struct Reader {
    python: PathBuf,
    table: PathBuf,
    _folder: tempfile::TempDir,
}

impl Reader {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let python = xtask::testing::consumer_python().await.expect("a Python that reads Kafka");
        Self { python, table: folder.path().join("customers.db"), _folder: folder }
    }

    async fn run(&self, words: &[&str], input: Option<&Value>) -> (bool, String) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/billing_consumer.py");
        let mut command = Command::new(&self.python);
        command.arg(script).args(words);
        let input = input.map(Value::to_string).unwrap_or_default();
        let sheet = self.table.with_extension("json");
        tokio::fs::write(&sheet, input).await.unwrap();
        command.stdin(std::fs::File::open(&sheet).unwrap());
        let output = command.output().await.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    /// Reads to the end of the topics.
    async fn follow(&self, kafka: &TestKafka) {
        let (servers, users, companies) =
            (xtask::testing::kafka_bootstrap().await.unwrap(), kafka.users(), kafka.companies());
        let table = self.table.display().to_string();
        let words =
            ["follow", "--once", "--bootstrap", &servers, "--topics", &users, &companies, "--", &table];
        let (done, text) = self.run(&words, None).await;
        assert!(done, "{text}");
    }

    async fn check(&self, topic: &str, published: &Value) -> (bool, String) {
        self.run(&["check", &self.table.display().to_string(), topic], Some(published)).await
    }
}

#[tokio::test]
async fn a_reader_in_python_rebuilds_its_table_and_proves_it_whole() {
    let (api, kafka, reader) = (Api::open().await, TestKafka::create().await, Reader::new().await);
    let service = Service::start_with(api.pool.clone(), &kafka, std::sync::Arc::default(), "");
    let billing = api.system("billing", None).await;
    let operator = api.staff_token("dewi", &["operator"]);
    let look = json!({"client_id": "billing", "permission": "records.view"});
    api.post("/system/grants", &operator, look).await.expect(201);
    let topic = kafka.events();
    let people: Vec<Person> = (0..40).map(|n| Person::new(&format!("person-{n}"))).collect();
    let owner = Person::new("budi").of_company("PT Contoh");
    let mut events: Vec<_> = people.iter().map(|person| person.event(&topic, CHANGE, 1)).collect();
    events.push(owner.event(&topic, CHANGE, 1));
    events.push(people[0].deleted(&topic, 2));
    kafka.send(&events).await;
    let published = async |topic: &str| api.get(&format!("/parity/{topic}"), &billing).await.expect(200);
    let count = |sums: &Value| -> i64 {
        sums["ranges"].as_array().unwrap().iter().map(|range| range["count"].as_i64().unwrap()).sum()
    };
    let whole = async || (published("users").await, published("companies").await);
    let settled = eventually("all are published", whole, |(users, companies)| {
        users["waiting"] == 0 && (count(users), count(companies)) == (40, 1)
    })
    .await;

    reader.follow(&kafka).await;
    assert_eq!(reader.check("users", &settled.0).await, (true, "equal: 40 records\n".to_owned()));
    assert_eq!(reader.check("companies", &settled.1).await, (true, "equal: 1 records\n".to_owned()));

    // What changes is seen to be missing, down to its key, and is there after reading on.
    kafka.send(&[people[1].clone().with("/first_name", "Dewi").event(&topic, CHANGE, 2)]).await;
    let is_changed = |users: &Value| users["waiting"] == 0 && *users != settled.0;
    let changed = eventually("the change", || published("users"), is_changed).await;
    let (equal, text) = reader.check("users", &changed).await;
    assert!(!equal && text.contains("1 ranges differ"), "{text}");
    let range = format!("{:02x}", publishing::range_of("person-1"));
    assert!(text.contains(&format!("range {range}:")), "{text}");
    let keys = api.get(&format!("/parity/users/{range}"), &billing).await.expect(200);
    let is_dewi = |seen: &[Seen]| {
        latest(seen).get("person-1").is_some_and(|record| record.json()["name"]["first"] == "Dewi")
    };
    let revision = latest(&kafka.users_until("the change", is_dewi).await)["person-1"].revision();
    let listed = keys["items"].as_array().unwrap();
    assert!(listed.contains(&json!({"key": "person-1", "revision": revision})), "{keys}");
    reader.follow(&kafka).await;
    assert!(reader.check("users", &changed).await.0);
    service.stop().await;
}

#[tokio::test]
async fn the_ranges_are_for_those_who_may_read_all_records() {
    let api = Api::open().await;
    api.company("PT Satu", "siti").await;
    let outsider = api.system("reports", None).await;
    for path in ["/parity/users", "/parity/users/0a"] {
        api.get(path, "").await.expect_problem(401, "access/unauthorized");
        api.get(path, &api.token("siti")).await.expect_problem(403, "access/forbidden");
        api.get(path, &outsider).await.expect_problem(403, "access/forbidden");
    }
    let staff = api.staff_token("dewi", &["auditor"]);
    assert_eq!(api.get("/parity/companies", &staff).await.expect(200), json!({"waiting": 0, "ranges": []}));
    for path in ["/parity/people", "/parity/users/0A", "/parity/users/256", "/parity/users/+a"] {
        api.get(path, &staff).await.expect_problem(400, "request/invalid");
    }
}

#[tokio::test]
async fn one_record_is_published_again_and_nobody_elses() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (siti, budi, topic) = (Person::new("siti"), Person::new("budi"), kafka.events());
    kafka.send(&[siti.event(&topic, CHANGE, 1), budi.event(&topic, CHANGE, 1)]).await;
    kafka.users_until("two people", |seen| latest(seen).len() == 2).await;
    let marked = || async {
        sqlx::query_scalar::<_, String>("SELECT key FROM changed_keys")
            .fetch_all(&database.pool)
            .await
            .unwrap()
    };
    eventually("nothing to wait", marked, Vec::is_empty).await;
    let mut tx = database.pool.begin().await.unwrap();
    assert_eq!(publishing::mark_keys_in_tx(&mut tx, &["siti".to_owned()]).await.unwrap(), 1);
    assert_eq!(publishing::mark_keys_in_tx(&mut tx, &["nobody".to_owned()]).await.unwrap(), 0);
    let marked: Vec<String> =
        sqlx::query_scalar("SELECT key FROM changed_keys").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(marked, ["siti"]);
    tx.commit().await.unwrap();
    let of_siti = |seen: &[Seen]| -> Vec<i64> {
        seen.iter().filter(|seen| seen.key.as_deref() == Some("siti")).map(Seen::revision).collect()
    };
    let again = of_siti(&kafka.users_until("siti again", |seen| of_siti(seen).len() > 1).await);
    assert!(again.is_sorted_by(|one, next| one < next), "{again:?}");
    service.stop().await;
}
