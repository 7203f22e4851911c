//! What the parts of a stack hold, reduced to what the checker compares.

use std::collections::BTreeMap;
use std::time::Duration;

/// A person as every place must show them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the records")]
pub struct Person {
    pub email: String,
    pub email_verified: bool,
    pub first_name: String,
    pub last_name: String,
    pub enabled: bool,
}

/// A company as the store and its topic must show it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the records")]
pub struct Company {
    pub name: String,
    pub members: i64,
}

/// One record of a compacted topic; without a state it is a tombstone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<T> {
    /// The id that it is about.
    pub key: String,
    /// Its number; tombstones have none.
    pub revision: Option<i64>,
    /// The state.
    pub state: Option<T>,
}

/// One record of the events topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The user or organisation that it is about.
    pub key: String,
    /// The same when it is sent again.
    pub id: String,
    /// Grows for each key.
    pub sequence: i64,
    /// The user's state; nothing for organisations and for who is gone.
    pub person: Option<Person>,
}

/// Messages with codes to one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sends {
    /// That the store knows of.
    pub noted: usize,
    /// That arrived.
    pub arrived: usize,
}

/// What a part wrote to its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The part.
    pub part: String,
    /// The text.
    pub text: String,
}

/// Everything that is compared with a history.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// People in Keycloak, by id.
    pub keycloak: BTreeMap<String, Person>,
    /// People in the store, by id.
    pub store: BTreeMap<String, Person>,
    /// The topic of people, in order for each key.
    pub users: Vec<Record<Person>>,
    /// Names of organisations in Keycloak, by id.
    pub organizations: BTreeMap<String, String>,
    /// Names of organisations in the store, by id.
    pub organizations_in_store: BTreeMap<String, String>,
    /// Companies in the store, by id.
    pub companies_in_store: BTreeMap<String, Company>,
    /// The topic of companies, in order for each key.
    pub companies: Vec<Record<Company>>,
    /// What Keycloak sent, in order for each key.
    pub events: Vec<Event>,
    /// How many codes for a login were accepted, by user id.
    pub accepted: BTreeMap<String, usize>,
    /// Messages with codes, by address.
    pub sends: BTreeMap<String, Sends>,
    /// The codes that were in them.
    pub codes: Vec<String>,
    /// What was logged.
    pub logs: Vec<Log>,
    /// What is still on its way: Keycloak's outbox, events that were not read yet, changed keys, jobs that are due.
    pub backlog: usize,
    /// Time since the last fault was healed.
    pub since_heal: Duration,
    /// How long the system may take to settle after that.
    pub settle_within: Duration,
}

/// A compacted topic as its reader ends up with it.
#[must_use]
pub fn fold<T: Clone>(records: &[Record<T>]) -> BTreeMap<String, T> {
    let mut folded = BTreeMap::new();
    for record in records {
        match &record.state {
            Some(state) => folded.insert(record.key.clone(), state.clone()),
            None => folded.remove(&record.key),
        };
    }
    folded
}
