//! One trace from the request at Keycloak to the record that readers get.

use std::{
    io::Write as _,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use gatehouse::platform::kafka::Outgoing;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{Seen, Service, TestDatabase, TestKafka, eventually, keycloak_events::Person};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";
/// What Keycloak's extension begins where nobody was before it: not recorded by anybody.
const BEGUN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn traced(mut event: Outgoing, parent: &str) -> Outgoing {
    event.headers.push(("traceparent".to_owned(), Some(parent.as_bytes().to_vec())));
    event
}

#[tokio::test]
async fn a_record_carries_the_trace_of_the_event_that_it_came_of_and_garbage_is_no_trace() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (siti, budi) = (Person::new("siti").of_company("PT Contoh"), Person::new("budi"));
    kafka.send(&[traced(siti.event(&kafka.events(), CHANGE, 1), BEGUN)]).await;
    let seen = kafka.users_until("the record", |seen| !seen.is_empty()).await;
    assert_eq!(seen[0].header("traceparent"), Some(BEGUN));
    let companies = kafka.companies_until("the company", |seen| !seen.is_empty()).await;
    assert_eq!(companies[0].header("traceparent"), Some(BEGUN), "the event has caused the company, too");

    kafka.send(&[traced(budi.event(&kafka.events(), CHANGE, 1), "00-garbage-\u{1f4a9}-01")]).await;
    let of_budi = |seen: &[Seen]| seen.iter().find(|seen| seen.key.as_deref() == Some("budi")).cloned();
    let seen = kafka.users_until("the other record", |seen| of_budi(seen).is_some()).await;
    assert_eq!(of_budi(&seen).unwrap().header("traceparent"), None);
    service.stop().await;
}

/// The service as people start it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(config: &str) -> (Process, tempfile::NamedTempFile) {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all(config.as_bytes()).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .arg("--config")
        .arg(file.path())
        .arg("serve")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    (Process(child), file)
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_collector_gets_event_record_and_request_as_parts_of_one_trace() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let collector = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&collector).await;
    let (public, operations) = (free_address(), free_address());
    let rest = crate::config::MINIMAL_BUT_KAFKA
        .replace("postgres://gatehouse:secret@localhost/gatehouse", &database.url);
    let (_service, _file) = start(&format!(
        "profile = \"development\"\nhttp.listen = \"{public}\"\nhttp.operations_listen = \"{operations}\"\n\
         telemetry.traces_url = \"{}/v1/traces\"\ntelemetry.traces_share = 1.0\n{rest}\n{}",
        collector.uri(),
        kafka.config()
    ));

    kafka.send(&[traced(Person::new("siti").event(&kafka.events(), CHANGE, 1), BEGUN)]).await;
    let seen = kafka.users_until("the record", |seen| !seen.is_empty()).await;
    let header = seen[0].header("traceparent").unwrap();
    assert!(header.starts_with(&format!("00-{TRACE}-")) && header.ends_with("-01"), "{header}");
    assert_ne!(header, BEGUN, "the record follows from the span that published it");

    let request = || async {
        let call = reqwest::Client::new().get(format!("http://{public}/")).header("traceparent", BEGUN);
        call.send().await.is_ok()
    };
    eventually("the public port", request, |answered| *answered).await;
    let trace: Vec<u8> =
        (0..16).map(|byte| u8::from_str_radix(&TRACE[byte * 2..][..2], 16).unwrap()).collect();
    let spans = || async {
        let bodies: Vec<u8> = collector
            .received_requests()
            .await
            .unwrap()
            .into_iter()
            .flat_map(|request| request.body)
            .collect();
        let is_sent = |word: &[u8]| bodies.windows(word.len()).any(|part| part == word);
        [&trace[..], b"event", b"publish", b"http"].map(is_sent)
    };
    eventually("trace, event, record and request at the collector", spans, |sent| *sent == [true; 4]).await;
}
