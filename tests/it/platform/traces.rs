//! One trace from the request at Keycloak to the record that readers get.

use gatehouse::platform::kafka::Outgoing;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{Program, Seen, Service, TestDatabase, TestKafka, eventually, keycloak_events::Person};

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

#[tokio::test]
async fn a_collector_gets_event_record_and_request_as_parts_of_one_trace() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let collector = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&collector).await;
    let rest = crate::config::MINIMAL_BUT_KAFKA
        .replace("postgres://gatehouse:secret@localhost/gatehouse", &database.url);
    let config = format!(
        "profile = \"development\"\ntelemetry.traces_url = \"{}/v1/traces\"\ntelemetry.traces_share = 1.0\n{rest}\n{}",
        collector.uri(),
        kafka.config()
    );
    let service = Program::serve(&config, "api,worker,consumer");

    kafka.send(&[traced(Person::new("siti").event(&kafka.events(), CHANGE, 1), BEGUN)]).await;
    let seen = kafka.users_until("the record", |seen| !seen.is_empty()).await;
    let header = seen[0].header("traceparent").unwrap();
    assert!(header.starts_with(&format!("00-{TRACE}-")) && header.ends_with("-01"), "{header}");
    assert_ne!(header, BEGUN, "the record follows from the span that published it");

    let request = || async {
        let call =
            reqwest::Client::new().get(format!("http://{}/", service.public)).header("traceparent", BEGUN);
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
