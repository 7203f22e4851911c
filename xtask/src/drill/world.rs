//! Sound histories made by chance, for the tests of the checker.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rand::{Rng, RngExt as _};

use super::history::{Act, Operation, Outcome};
use super::invariants::{Evidence, check};
use super::observed::{Company, Event, Log, Observed, Person, Record, Sends};

const DOMAIN: &str = "load.example";

/// Whatever happened, it left every place equal.
pub fn sound(chance: &mut dyn Rng) -> Evidence {
    let mut world = World::default();
    for number in 0..chance.random_range(1..8) {
        world.live(number, chance);
    }
    let World { operations, mut observed } = world;
    observed.codes.push("123456".to_owned());
    observed.logs.push(Log {
        part: "gatehouse".to_owned(),
        text: "2026-11-22T01:02:03.123456Z a-123456-b sent\n".to_owned(),
    });
    observed.organizations = BTreeMap::from([("org".to_owned(), "Acme".to_owned())]);
    observed.organizations_in_store.clone_from(&observed.organizations);
    let company = Company { name: "Acme".to_owned(), members: 1 };
    observed.companies_in_store.insert("acme".to_owned(), company.clone());
    observed.companies.push(Record { key: "acme".to_owned(), revision: Some(1), state: Some(company) });
    Evidence { domain: DOMAIN.to_owned(), operations, observed }
}

#[derive(Default)]
struct World {
    operations: Vec<Operation>,
    observed: Observed,
}

impl World {
    /// Signs somebody up and changes them, now with an answer, now without, now refused.
    fn live(&mut self, number: usize, chance: &mut dyn Rng) {
        let (id, email) = (format!("id-{number}"), format!("p{number}@{DOMAIN}"));
        let mut person = Person {
            email: email.clone(),
            email_verified: true,
            first_name: "Ani".to_owned(),
            last_name: "Start".to_owned(),
            enabled: true,
        };
        self.asked(&email, Act::SignUp { last_name: person.last_name.clone() }, Outcome::Ok);
        self.sent(&id, Some(&person), chance);
        for change in 0..chance.random_range(0..6) {
            let outcome = [Outcome::Ok, Outcome::Failed, Outcome::Unknown][chance.random_range(0..3)];
            let last_name = format!("Name {change}");
            self.asked(&email, Act::Rename { last_name: last_name.clone() }, outcome);
            if outcome == Outcome::Ok || outcome == Outcome::Unknown && chance.random_bool(0.5) {
                person.last_name = last_name;
                self.sent(&id, Some(&person), chance);
            }
        }
        for outcome in [Outcome::Ok, Outcome::Failed] {
            self.asked(&email, Act::Verify { challenge: format!("challenge-{number}") }, outcome);
        }
        self.asked(&email, Act::LogIn, Outcome::Ok);
        self.observed.accepted.insert(id.clone(), 1);
        self.observed.sends.insert(email.clone(), Sends { noted: 2, arrived: 2 });
        if number > 0 && chance.random_bool(0.3) {
            self.asked(&email, Act::Delete, Outcome::Ok);
            return self.sent(&id, None, chance);
        }
        self.observed.keycloak.insert(id.clone(), person.clone());
        self.observed.store.insert(id, person);
    }

    fn asked(&mut self, subject: &str, act: Act, outcome: Outcome) {
        let started = DateTime::<Utc>::UNIX_EPOCH;
        let operation =
            Operation { subject: subject.to_owned(), act, started, ended: Some(started), outcome };
        self.operations.push(operation);
    }

    /// Both topics get the state; what Keycloak sent may have been sent twice.
    fn sent(&mut self, key: &str, person: Option<&Person>, chance: &mut dyn Rng) {
        let sequence = i64::try_from(self.observed.events.len()).unwrap() + 1;
        let event =
            Event { key: key.to_owned(), id: format!("event-{sequence}"), sequence, person: person.cloned() };
        for _ in 0..chance.random_range(1..3) {
            self.observed.events.push(event.clone());
        }
        let revision = person.map(|_| sequence);
        self.observed.users.push(Record { key: key.to_owned(), revision, state: person.cloned() });
    }
}

#[test]
fn an_unanswered_change_may_come_late_and_a_refused_one_never() {
    use rand::SeedableRng as _;

    let mut evidence = sound(&mut rand::rngs::StdRng::seed_from_u64(1));
    let last = Operation {
        subject: format!("p0@{DOMAIN}"),
        act: Act::Rename { last_name: "Late".to_owned() },
        started: Utc::now(),
        ended: None,
        outcome: Outcome::Unknown,
    };
    evidence.operations.push(last.clone());
    let observed = &mut evidence.observed;
    let records = observed.users.iter_mut().filter(|record| record.key == "id-0");
    let states = records.filter_map(|record| record.state.as_mut());
    for person in states.chain(observed.keycloak.get_mut("id-0")).chain(observed.store.get_mut("id-0")) {
        "Late".clone_into(&mut person.last_name);
    }
    assert_eq!(check(&evidence), []);

    evidence.operations.last_mut().unwrap().outcome = Outcome::Failed;
    let seen = check(&evidence);
    assert!(seen.iter().any(|violation| violation.invariant == "I1"), "{seen:?}");
    assert!(seen.iter().any(|violation| violation.invariant == "I2"), "{seen:?}");
}

#[test]
fn messages_to_somebody_who_was_deleted_are_not_counted() {
    use rand::SeedableRng as _;

    let mut evidence = sound(&mut rand::rngs::StdRng::seed_from_u64(1));
    let gone = format!("gone@{DOMAIN}");
    let sends = Sends { noted: 0, arrived: 5 };
    evidence.observed.sends.insert(gone.clone(), sends);
    assert_eq!(check(&evidence)[0].invariant, "I7");

    let started = DateTime::<Utc>::UNIX_EPOCH;
    let (act, outcome) = (Act::Delete, Outcome::Ok);
    evidence.operations.push(Operation { subject: gone, act, started, ended: Some(started), outcome });
    assert_eq!(check(&evidence), []);
}
