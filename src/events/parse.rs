//! A Kafka record as an event: CloudEvents 1.0 in binary content mode.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    Deed, MAX_ID, Organization, Person,
    deed::{RawDevice, Traces, deed},
};
use crate::platform::{
    kafka::{MAX_RECORD_BYTES, Record},
    trace::{self, TraceParent},
};

/// Something that happened in Keycloak, with the state of whom it happened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Source and id: the same however often the event is sent (CloudEvents 1.0, 3.1.1).
    pub id: String,
    /// What happened, for example `org.keycloak.user.REGISTER`.
    pub kind: String,
    /// The realm it happened in.
    pub realm: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Grows with every record of the same key.
    pub sequence: i64,
    /// What was done, where the state does not show it.
    pub deed: Option<Deed>,
    /// The request that it happened in.
    pub trace_parent: Option<TraceParent>,
    /// Whom it is about.
    pub subject: Subject,
}

/// Whom an event is about, and their state; none when they no longer exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    Person {
        /// Keycloak's id.
        id: String,
        /// Boxed, because the others are small.
        state: Option<Box<Person>>,
    },
    /// An organisation.
    Organization {
        /// Keycloak's id.
        id: String,
        /// Its state.
        state: Option<Organization>,
    },
    /// Nobody we know of: an event of a type that is none of ours.
    Unknown,
}

/// Why a record cannot be used. The text is safe to show: it quotes nothing of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Larger than any record may be.
    #[error("larger than 1 MiB")]
    TooLarge,
    /// No key, or one that is no id.
    #[error("the key is not an id")]
    Key,
    /// No value.
    #[error("the value is null")]
    NullValue,
    /// A CloudEvents header is missing or not what it should be.
    #[error("header {0} is missing or not valid")]
    Header(&'static str),
    /// The value is not JSON.
    #[error("the value is not JSON")]
    NotJson,
    /// The value is JSON of another shape.
    #[error("the value does not have the expected fields and types")]
    WrongShape,
    /// Key and value are about different subjects.
    #[error("the value is about another subject than the key")]
    OtherSubject,
}

/// The value. `user` and `organization` must be there, be it as null: a record that merely lacks
/// them must not read as a deletion.
#[derive(Deserialize)]
struct Value {
    event: Happened,
    #[serde(deserialize_with = "present")]
    user: Option<Box<Person>>,
}

#[derive(Deserialize)]
struct Happened {
    #[serde(default)]
    resource: Option<String>,
    #[serde(default)]
    path_kind: Option<String>,
    #[serde(default)]
    details: Option<Traces>,
    #[serde(default)]
    device: Option<RawDevice>,
    #[serde(deserialize_with = "present")]
    organization: Option<Organization>,
}

impl Happened {
    fn deed(&self, kind: &str) -> Option<Deed> {
        deed(kind, self.path_kind.as_deref(), self.details.as_ref(), self.device.as_ref())
    }
}

/// With this, serde refuses an absent field instead of reading it as `None`.
fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// Reads a record.
///
/// # Errors
/// Says what is wrong with the first thing that is.
pub fn parse(record: &Record) -> Result<Event, Unreadable> {
    if record.size() > MAX_RECORD_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let key = key(record)?;
    let value = record.value.as_deref().ok_or(Unreadable::NullValue)?;
    header(record, "ce_specversion", 8).and_then(|version| {
        if version == "1.0" { Ok(()) } else { Err(Unreadable::Header("ce_specversion")) }
    })?;
    let source = header(record, "ce_source", 512)?;
    let id = header(record, "ce_id", 255)?;
    let kind = header(record, "ce_type", 255)?;
    let realm = source.strip_prefix("/realms/").filter(|realm| !realm.is_empty());
    let sequence: i64 =
        number(header(record, "ce_sequence", 19)?).ok_or(Unreadable::Header("ce_sequence"))?;
    let time = DateTime::parse_from_rfc3339(header(record, "ce_time", 64)?)
        .map_err(|_| Unreadable::Header("ce_time"))?;
    let value = serde_json::from_slice::<Value>(value)
        .map_err(|error| if error.is_data() { Unreadable::WrongShape } else { Unreadable::NotJson });
    let deed = value.as_ref().ok().and_then(|value| value.event.deed(kind));
    let subject = value.and_then(|value| subject(key, kind, value));
    Ok(Event {
        id: format!("{source}#{id}"),
        realm: realm.ok_or(Unreadable::Header("ce_source"))?.to_owned(),
        time: time.to_utc(),
        sequence,
        deed,
        trace_parent: record.header(trace::HEADER).and_then(TraceParent::parse),
        subject: if is_known(kind) { subject? } else { of_unknown_kind(subject) },
        kind: kind.to_owned(),
    })
}

/// Of an event that we do not know, a state that we can read is taken; that it has none says nothing.
fn of_unknown_kind(subject: Result<Subject, Unreadable>) -> Subject {
    match subject {
        Ok(subject @ Subject::Person { state: Some(_), .. }) => subject,
        _ => Subject::Unknown,
    }
}

fn key(record: &Record) -> Result<&str, Unreadable> {
    record
        .key
        .as_deref()
        .and_then(|key| std::str::from_utf8(key).ok())
        .filter(|key| (1..=MAX_ID).contains(&key.len()) && !key.contains(char::is_control))
        .ok_or(Unreadable::Key)
}

fn header<'a>(record: &'a Record, name: &'static str, max: usize) -> Result<&'a str, Unreadable> {
    record
        .header(name)
        .filter(|text| (1..=max).contains(&text.len()) && !text.contains(char::is_control))
        .ok_or(Unreadable::Header(name))
}

/// A decimal number from 1 on, without sign or blanks.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?.filter(|number| *number > 0)
}

fn subject(key: &str, kind: &str, value: Value) -> Result<Subject, Unreadable> {
    let id = key.to_owned();
    let is_organization = kind.starts_with("org.keycloak.admin.ORGANIZATION.")
        || kind == "io.gatehouse.resync" && value.event.resource.as_deref() == Some("ORGANIZATION");
    if is_organization {
        let state = value.event.organization;
        return match &state {
            Some(organization) if organization.id != key => Err(Unreadable::OtherSubject),
            Some(organization) if !organization.is_storable() => Err(Unreadable::WrongShape),
            _ => Ok(Subject::Organization { id, state }),
        };
    }
    match &value.user {
        Some(person) if person.id != key => Err(Unreadable::OtherSubject),
        Some(person) if !person.is_storable() => Err(Unreadable::WrongShape),
        _ => Ok(Subject::Person { id, state: value.user }),
    }
}

/// Whether an event of this type comes from our extension, so that a missing state means deletion.
fn is_known(kind: &str) -> bool {
    kind == "io.gatehouse.resync"
        || kind.starts_with("org.keycloak.user.")
        || kind.starts_with("org.keycloak.admin.")
}
