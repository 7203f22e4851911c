//! Records as CloudEvents 1.0 in Kafka's binary content mode: the value is the record alone, so that
//! a deletion can be a null value, which is what compaction removes.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::platform::{
    kafka::Outgoing,
    trace::{self, TraceParent},
};

/// What a stream of records is called outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The type of a record that carries a state.
    pub state: &'static str,
    /// The type of a deletion.
    pub deleted: &'static str,
    /// The schema of the value.
    pub schema: &'static str,
}

/// Names of the stream of people.
pub const USER: Names = Names {
    state: "io.gatehouse.user.state.v1",
    deleted: "io.gatehouse.user.deleted.v1",
    schema: "https://gatehouse.io/schemas/gatehouse.users.v1/1.0.0.json",
};

/// Names of the stream of companies.
pub const COMPANY: Names = Names {
    state: "io.gatehouse.company.state.v1",
    deleted: "io.gatehouse.company.deleted.v1",
    schema: "https://gatehouse.io/schemas/gatehouse.companies.v1/1.0.0.json",
};

/// A record, or a deletion when there is no value, as it goes on the wire.
pub fn outgoing(
    topic: &str,
    names: Names,
    key: &str,
    revision: i64,
    time: DateTime<Utc>,
    value: Option<Vec<u8>>,
) -> Outgoing {
    let mut headers = vec![
        ("ce_specversion", "1.0".to_owned()),
        ("ce_id", format!("{key}/{revision}")),
        ("ce_source", format!("/gatehouse/{topic}")),
        ("ce_type", if value.is_some() { names.state } else { names.deleted }.to_owned()),
        ("ce_subject", key.to_owned()),
        ("ce_time", time.to_rfc3339_opts(SecondsFormat::Millis, true)),
        ("ce_sequence", revision.to_string()),
        ("ce_partitionkey", key.to_owned()),
    ];
    if value.is_some() {
        headers.push(("ce_dataschema", names.schema.to_owned()));
        headers.push(("content-type", "application/json".to_owned()));
    }
    Outgoing {
        topic: topic.to_owned(),
        key: Some(key.as_bytes().to_vec()),
        value,
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Some(value.into_bytes())))
            .collect(),
    }
}

/// The record with what caused it (the extension of CloudEvents for distributed tracing names the header so, too).
pub fn caused(mut record: Outgoing, cause: &TraceParent) -> Outgoing {
    record.headers.push((trace::HEADER.to_owned(), Some(cause.as_str().as_bytes().to_vec())));
    record
}
