//! What is an event and what is not.

use gatehouse::{
    events::{Subject, Unreadable, parse},
    platform::kafka::{Outgoing, Record},
};
use serde_json::{Value, json};

use crate::support::keycloak_events::{Person, organization, record};

const LOGIN: &str = "org.keycloak.user.LOGIN";

fn received(sent: Outgoing) -> Record {
    Record {
        topic: sent.topic,
        partition: 0,
        offset: 7,
        timestamp: Some(1),
        key: sent.key,
        value: sent.value,
        headers: sent.headers,
    }
}

fn siti() -> Record {
    received(Person::new("siti").event("events", LOGIN, 7))
}

fn with_header(name: &str, value: &str) -> Record {
    let mut record = siti();
    record.headers.retain(|(key, _)| key != name);
    if !value.is_empty() {
        record.headers.push((name.to_owned(), Some(value.as_bytes().to_vec())));
    }
    record
}

fn with_value(value: &Value) -> Record {
    received(record("events", "siti", LOGIN, 7, value))
}

#[test]
fn a_person_is_read_with_their_state() {
    let event = parse(&siti()).unwrap();
    assert_eq!((event.sequence, event.realm.as_str(), event.kind.as_str()), (7, "gatehouse", LOGIN));
    let Subject::Person { id, state: Some(person) } = event.subject else { panic!("{:?}", event.subject) };
    assert_eq!((id.as_str(), person.factors.len()), ("siti", 1));
    assert!(!format!("{person:?}").contains("Rahma"), "personal data can be printed");
}

#[test]
fn an_organization_is_read_with_its_state_and_its_deletion() {
    let sent = organization("events", "org-1", "contoh", Some("PT Contoh"), 3);
    let Subject::Organization { state: Some(state), .. } = parse(&received(sent)).unwrap().subject else {
        panic!("no organisation")
    };
    assert_eq!((state.alias.as_str(), state.enabled), ("contoh", true));
    let gone = parse(&received(organization("events", "org-1", "contoh", None, 4))).unwrap().subject;
    assert_eq!(gone, Subject::Organization { id: "org-1".to_owned(), state: None });
}

#[test]
fn fields_that_nobody_knows_are_passed_over() {
    let mut person = Person::new("siti");
    person.state["shoe_size"] = json!(38);
    let value = json!({"event": {"organization": null, "x": [1]}, "user": person.state, "more": {}});
    assert!(matches!(parse(&with_value(&value)).unwrap().subject, Subject::Person { state: Some(_), .. }));
}

#[test]
fn what_is_wrong_is_named() {
    let header = Unreadable::Header;
    for (record, expected) in [
        (Record { key: None, ..siti() }, Unreadable::Key),
        (Record { key: Some(vec![0xff, 0xfe]), ..siti() }, Unreadable::Key),
        (Record { key: Some(vec![b'x'; 256]), ..siti() }, Unreadable::Key),
        (Record { value: None, ..siti() }, Unreadable::NullValue),
        (Record { value: Some(b"{".to_vec()), ..siti() }, Unreadable::NotJson),
        (Record { value: Some(vec![0xff; 8]), ..siti() }, Unreadable::NotJson),
        (Record { value: Some("{\"a\":".repeat(100_000).into_bytes()), ..siti() }, Unreadable::NotJson),
        (Record { value: Some(vec![b' '; 1024 * 1024]), ..siti() }, Unreadable::TooLarge),
        (Record { key: Some(b"budi".to_vec()), ..siti() }, Unreadable::OtherSubject),
        (with_header("ce_specversion", ""), header("ce_specversion")),
        (with_header("ce_specversion", "2.0"), header("ce_specversion")),
        (with_header("ce_id", ""), header("ce_id")),
        (with_header("ce_source", "elsewhere"), header("ce_source")),
        (with_header("ce_time", "yesterday"), header("ce_time")),
        (with_header("ce_sequence", ""), header("ce_sequence")),
        (with_header("ce_sequence", "-1"), header("ce_sequence")),
        (with_header("ce_sequence", "1e3"), header("ce_sequence")),
        (with_header("ce_sequence", "9999999999999999999"), header("ce_sequence")),
        (with_value(&json!([])), Unreadable::WrongShape),
        (with_value(&json!({"event": {"organization": null}})), Unreadable::WrongShape),
        (with_value(&json!({"event": {"organization": null}, "user": 5})), Unreadable::WrongShape),
        (
            with_value(&json!({"event": {"organization": null}, "user": {"id": "siti"}})),
            Unreadable::WrongShape,
        ),
    ] {
        assert_eq!(parse(&record).unwrap_err(), expected);
    }
    let nul = Person::new("siti").with("/last_name", "Rah\0ma").event("events", LOGIN, 1);
    assert_eq!(parse(&received(nul)).unwrap_err(), Unreadable::WrongShape);
}

#[test]
fn of_an_unknown_type_only_a_state_counts() {
    let kind = "com.example.surprise";
    let state = Person::new("siti").event("events", kind, 7);
    assert!(matches!(parse(&received(state)).unwrap().subject, Subject::Person { state: Some(_), .. }));
    for value in [json!({"anything": 1}), json!({"event": {"organization": null}, "user": null})] {
        let event = parse(&received(record("events", "siti", kind, 7, &value))).unwrap();
        assert_eq!(event.subject, Subject::Unknown);
    }
}
