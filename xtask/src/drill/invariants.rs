//! What must hold after any fault.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;

use super::history::{Act, Operation, Outcome};
use super::observed::{Observed, Person, Record, fold};

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Violation {
    /// The number of the promise: `I1` to `I9`.
    pub invariant: &'static str,
    /// What was seen.
    pub seen: String,
}

/// What is compared.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The domain of the load's addresses.
    pub domain: String,
    /// What was asked, in the order of sending.
    pub operations: Vec<Operation>,
    /// What is there.
    pub observed: Observed,
}

/// One promise: what it says, and the function that finds where it is broken.
pub struct Invariant {
    /// `I1` to `I9`.
    pub number: &'static str,
    /// In words.
    pub promise: &'static str,
    find: fn(&Evidence) -> Vec<String>,
}

/// All of them.
pub const INVARIANTS: [Invariant; 9] = [
    Invariant {
        number: "I1",
        promise: "every acknowledged change is in Keycloak, the store and the topics",
        find: nothing_is_lost,
    },
    Invariant {
        number: "I2",
        promise: "nothing is anywhere that nobody asked for",
        find: nothing_is_invented,
    },
    Invariant { number: "I3", promise: "the store is what Keycloak is", find: store_equals_keycloak },
    Invariant { number: "I4", promise: "the topics fold to the store", find: fold_equals_store },
    Invariant { number: "I5", promise: "the numbers of a key never go down", find: numbers_never_go_down },
    Invariant {
        number: "I6",
        promise: "a code is accepted once at most, and no login goes without one",
        find: codes_open_once,
    },
    Invariant { number: "I7", promise: "no message is sent twice", find: messages_are_sent_once },
    Invariant { number: "I8", promise: "no log shows a code or an address", find: logs_tell_nothing },
    Invariant { number: "I9", promise: "nothing waits once the fault is healed", find: backlog_drains },
];

/// Every broken promise.
#[must_use]
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let broken = |invariant: &Invariant| {
        let number = invariant.number;
        (invariant.find)(evidence).into_iter().map(move |seen| Violation { invariant: number, seen })
    };
    INVARIANTS.iter().flat_map(broken).collect()
}

/// What the operations on one person leave open at the end.
#[derive(Debug, Default)]
struct Expected<'a> {
    signed_up: bool,
    may_be_gone: bool,
    deleted: bool,
    last_names: BTreeSet<&'a str>,
    enabled: BTreeSet<bool>,
}

/// The value of the last acknowledged change, or that of any whose answer was lost: such a one may still be under way.
fn settle<T: Ord + Copy>(changes: &[(T, Outcome)]) -> BTreeSet<T> {
    let last = changes.iter().rfind(|(_, outcome)| *outcome == Outcome::Ok);
    let open = changes.iter().filter(|(_, outcome)| *outcome == Outcome::Unknown);
    open.chain(last).map(|(value, _)| *value).collect()
}

fn expected(operations: &[Operation]) -> BTreeMap<&str, Expected<'_>> {
    let mut by_subject: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        by_subject.entry(&operation.subject).or_default().push(operation);
    }
    by_subject.into_iter().map(|(subject, operations)| (subject, expected_of(operations))).collect()
}

fn expected_of(operations: Vec<&Operation>) -> Expected<'_> {
    let mut expected = Expected::default();
    let (mut names, mut enabled) = (Vec::new(), vec![(true, Outcome::Ok)]);
    for operation in operations {
        let outcome = operation.outcome;
        match &operation.act {
            Act::SignUp { last_name } => {
                expected.signed_up |= outcome == Outcome::Ok;
                names.push((last_name.as_str(), outcome));
            }
            Act::Rename { last_name } => names.push((last_name, outcome)),
            Act::Enable { enabled: value } => enabled.push((*value, outcome)),
            Act::Delete => {
                expected.may_be_gone |= outcome != Outcome::Failed;
                expected.deleted |= outcome == Outcome::Ok;
            }
            Act::LogIn | Act::Verify { .. } => {}
        }
    }
    (expected.last_names, expected.enabled) = (settle(&names), settle(&enabled));
    expected
}

fn by_email(people: &BTreeMap<String, Person>) -> HashMap<&str, (&String, &Person)> {
    people.iter().map(|(id, person)| (person.email.as_str(), (id, person))).collect()
}

/// I1. An acknowledged sign-up, change or deletion that is missing in any place.
fn nothing_is_lost(evidence: &Evidence) -> Vec<String> {
    let observed = &evidence.observed;
    let folded = fold(&observed.users);
    let places = [("Keycloak", &observed.keycloak), ("the store", &observed.store), ("the topic", &folded)];
    let announced: HashSet<&str> = observed.events.iter().map(|event| event.key.as_str()).collect();
    let mut lost = Vec::new();
    for (place, people) in places {
        let people = by_email(people);
        for (subject, expected) in expected(&evidence.operations) {
            match people.get(subject) {
                None if expected.signed_up && !expected.may_be_gone => {
                    lost.push(format!("{subject} was acknowledged and is not in {place}"));
                }
                Some(_) if expected.deleted => {
                    lost.push(format!("{subject} was deleted and is in {place}"));
                }
                Some((_, person)) if !expected.last_names.contains(person.last_name.as_str()) => {
                    let (name, asked) = (&person.last_name, &expected.last_names);
                    lost.push(format!("{subject} is called {name} in {place}, asked was {asked:?}"));
                }
                Some((_, person)) if !expected.enabled.contains(&person.enabled) => {
                    let (enabled, asked) = (person.enabled, &expected.enabled);
                    lost.push(format!("{subject} has enabled={enabled} in {place}, asked was {asked:?}"));
                }
                Some((id, _)) if !announced.contains(id.as_str()) => {
                    lost.push(format!("{subject} has no record on the events topic"));
                }
                _ => {}
            }
        }
    }
    lost
}

/// I2. A person or a name that no operation brought about, wherever it was seen, be it for a moment.
fn nothing_is_invented(evidence: &Evidence) -> Vec<String> {
    let observed = &evidence.observed;
    let mut asked: HashMap<&str, HashSet<&str>> = HashMap::new();
    for operation in evidence.operations.iter().filter(|operation| operation.outcome != Outcome::Failed) {
        if let Act::SignUp { last_name } | Act::Rename { last_name } = &operation.act {
            asked.entry(&operation.subject).or_default().insert(last_name);
        }
    }
    let ours = format!("@{}", evidence.domain);
    let seen = [
        ("Keycloak", observed.keycloak.values().collect::<Vec<_>>()),
        ("the store", observed.store.values().collect()),
        ("the events topic", observed.events.iter().filter_map(|event| event.person.as_ref()).collect()),
        ("the topic", observed.users.iter().filter_map(|record| record.state.as_ref()).collect()),
    ];
    let mut invented = BTreeSet::new();
    for (place, people) in seen {
        for person in people.into_iter().filter(|person| person.email.ends_with(&ours)) {
            match asked.get(person.email.as_str()) {
                None => invented.insert(format!("{} in {place} never signed up", person.email)),
                Some(names) if !names.contains(person.last_name.as_str()) => invented
                    .insert(format!("nobody called {} {} as {place} does", person.email, person.last_name)),
                Some(_) => continue,
            };
        }
    }
    invented.into_iter().collect()
}

/// I3. A person or an organisation that the store shows otherwise than Keycloak.
fn store_equals_keycloak(evidence: &Evidence) -> Vec<String> {
    let observed = &evidence.observed;
    let mut different = differences("the store", &observed.keycloak, &observed.store);
    let organizations = (&observed.organizations, &observed.organizations_in_store);
    different.extend(differences("the store", organizations.0, organizations.1));
    different
}

/// I4. A person or a company that a topic's reader ends up with otherwise than the store.
fn fold_equals_store(evidence: &Evidence) -> Vec<String> {
    let observed = &evidence.observed;
    let mut different = differences("the fold", &observed.store, &fold(&observed.users));
    different.extend(differences("the fold", &observed.companies_in_store, &fold(&observed.companies)));
    different
}

fn differences<T: PartialEq + Debug>(
    place: &str,
    truth: &BTreeMap<String, T>,
    other: &BTreeMap<String, T>,
) -> Vec<String> {
    let keys: BTreeSet<&String> = truth.keys().chain(other.keys()).collect();
    let different = |key: &String| match (truth.get(key), other.get(key)) {
        (Some(_), None) => Some(format!("{key} is missing in {place}")),
        (None, Some(_)) => Some(format!("{key} is only in {place}")),
        (Some(truth), Some(seen)) if truth != seen => {
            Some(format!("{key} is {seen:?} in {place}, not {truth:?}"))
        }
        _ => None,
    };
    keys.into_iter().filter_map(different).collect()
}

/// I5. A number that is lower than the one before, unless the record came before with the same number.
fn numbers_never_go_down(evidence: &Evidence) -> Vec<String> {
    let observed = &evidence.observed;
    let mut down = revisions_down(&observed.users);
    down.extend(revisions_down(&observed.companies));
    let mut highest: HashMap<&str, i64> = HashMap::new();
    let mut sent: HashMap<&str, i64> = HashMap::new();
    for event in &observed.events {
        let before = highest.entry(&event.key).or_insert(0);
        let again = sent.get(event.id.as_str()) == Some(&event.sequence);
        if event.sequence <= *before && !again {
            down.push(format!("event {} of {}: {} after {before}", event.id, event.key, event.sequence));
        }
        *before = event.sequence.max(*before);
        sent.insert(&event.id, event.sequence);
    }
    down
}

fn revisions_down<T>(records: &[Record<T>]) -> Vec<String> {
    let mut highest: HashMap<&str, i64> = HashMap::new();
    let mut down = Vec::new();
    for record in records {
        let Some(revision) = record.revision else { continue };
        let before = highest.insert(&record.key, revision).unwrap_or(0);
        if revision < before {
            down.push(format!("{}: revision {revision} after {before}", record.key));
        }
    }
    down
}

/// I6. A challenge that was approved twice, or a person who got in more often than a code of theirs was accepted.
fn codes_open_once(evidence: &Evidence) -> Vec<String> {
    let (mut approved, mut logins) = (BTreeMap::new(), BTreeMap::new());
    for operation in evidence.operations.iter().filter(|operation| operation.outcome == Outcome::Ok) {
        match &operation.act {
            Act::Verify { challenge } => *approved.entry(challenge.as_str()).or_insert(0) += 1,
            Act::LogIn => *logins.entry(operation.subject.as_str()).or_insert(0) += 1,
            _ => {}
        }
    }
    let mut wrong: Vec<String> = approved
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(challenge, times)| format!("challenge {challenge} was approved {times} times"))
        .collect();
    let ids = by_email(&evidence.observed.keycloak);
    for (subject, logins) in logins {
        let Some((id, _)) = ids.get(subject) else { continue };
        let accepted = evidence.observed.accepted.get(*id).copied().unwrap_or(0);
        if logins > accepted {
            wrong.push(format!("{subject} got in {logins} times with {accepted} codes"));
        }
    }
    wrong
}

/// I7. More messages with codes at an address than the store sent. With a person goes what the store knew of them.
fn messages_are_sent_once(evidence: &Evidence) -> Vec<String> {
    let gone: HashSet<&str> = evidence
        .operations
        .iter()
        .filter(|operation| operation.act == Act::Delete && operation.outcome != Outcome::Failed)
        .map(|operation| operation.subject.as_str())
        .collect();
    let known = evidence.observed.sends.iter().filter(|(to, _)| !gone.contains(to.as_str()));
    let sends = known.filter(|(_, sends)| sends.arrived > sends.noted);
    sends
        .map(|(to, sends)| format!("{to} got {} messages, {} were to be sent", sends.arrived, sends.noted))
        .collect()
}

/// I8. A log line with a code that was sent, or with an address of the load.
fn logs_tell_nothing(evidence: &Evidence) -> Vec<String> {
    let observed = &evidence.observed;
    let codes: HashSet<&str> = observed.codes.iter().map(String::as_str).collect();
    let ours = format!("@{}", evidence.domain);
    let mut told = Vec::new();
    for log in &observed.logs {
        for (number, line) in log.text.lines().enumerate() {
            if line.contains(&ours) {
                told.push(format!("line {} of the log of {} shows an address", number + 1, log.part));
            }
            if numbers(line).any(|number| codes.contains(number)) {
                told.push(format!("line {} of the log of {} shows a code", number + 1, log.part));
            }
        }
    }
    told
}

/// Numbers that stand alone: not the fraction of a second, not a part of an identifier.
fn numbers(line: &str) -> impl Iterator<Item = &str> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    line.split(word).filter(|word| word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// I9. Rows that still wait when the time to settle is over.
fn backlog_drains(evidence: &Evidence) -> Vec<String> {
    let Observed { backlog, since_heal, settle_within, .. } = evidence.observed;
    let mut waiting = Vec::new();
    if backlog > 0 && since_heal >= settle_within {
        waiting.push(format!("{backlog} rows wait {} s after the fault was healed", since_heal.as_secs()));
    }
    waiting
}
