//! What an entry says, and what is searched for.

use std::{net::IpAddr, str::FromStr};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

crate::typed_id! {
    /// One entry of the audit trail.
    AuditId
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A human, by Keycloak's id.
    Person {
        /// Keycloak's id.
        user_id: String,
    },
    /// Another system, by its client.
    System {
        /// The OAuth client.
        client_id: String,
    },
    /// This service by itself.
    Service,
    /// Somebody at the command line of the service.
    Operator {
        /// As they are called there.
        name: String,
    },
}

impl Actor {
    /// The kind as it is stored, and the id when there is one.
    #[must_use]
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Person { user_id } => ("person", Some(user_id)),
            Self::System { client_id } => ("system", Some(client_id)),
            Self::Service => ("service", None),
            Self::Operator { name } => ("operator", Some(name)),
        }
    }
}

/// To whom or what it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// For example `person`, `company`, `factor`.
    pub kind: &'static str,
    /// Its id; never personal data.
    pub id: String,
}

impl Subject {
    /// A person, by Keycloak's id.
    pub fn person(user_id: impl Into<String>) -> Self {
        Self { kind: "person", id: user_id.into() }
    }

    /// A company.
    pub fn company(company_id: impl Into<Uuid>) -> Self {
        Self { kind: "company", id: company_id.into().to_string() }
    }
}

/// From where it was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client.
    pub ip_address: Option<IpAddr>,
    /// The application it was done with.
    pub client_id: Option<String>,
    /// Leads to the logs of the request.
    pub trace_id: Option<String>,
}

/// What was done. `before` and `after` hold masked values only.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Who did it.
    pub actor: Actor,
    /// What, as `thing.done`: `factor.locked`.
    pub action: &'static str,
    /// To whom or what.
    pub subject: Subject,
    /// Whose company it concerns.
    pub company_id: Option<Uuid>,
    /// What was there.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
}

/// An entry as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Recorded {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub entry_id: AuditId,
    /// When it was done.
    pub occurred_at: DateTime<Utc>,
    /// `person`, `system`, `service` or `operator`.
    pub actor_kind: String,
    /// A user id, a client id or a name.
    pub actor_id: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: String,
    /// Whose company it concerns.
    pub company_id: Option<Uuid>,
    /// What was there, masked.
    pub before: Option<Value>,
    /// What is there now, masked.
    pub after: Option<Value>,
    /// Why.
    pub reason: Option<String>,
    /// From which address.
    pub ip_address: Option<String>,
    /// With which application.
    pub client_id: Option<String>,
    /// Leads to the logs.
    pub trace_id: Option<String>,
}

impl Recorded {
    /// The place of this entry in the trail.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { occurred_at: self.occurred_at, entry_id: self.entry_id }
    }
}

/// Which entries; what is none is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// To this kind of thing.
    pub subject_kind: Option<String>,
    /// To the thing of this id.
    pub subject_id: Option<String>,
    /// By the person, system or operator of this id.
    pub actor_id: Option<String>,
    /// This action.
    pub action: Option<String>,
    /// Concerning this company.
    pub company_id: Option<Uuid>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Older than the entry at this place.
    pub after: Option<Cursor>,
}

/// A place in the trail, which is read from the newest to the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When the entry at this place was made.
    pub occurred_at: DateTime<Utc>,
    /// Its id.
    pub entry_id: AuditId,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.occurred_at.timestamp_micros().to_be_bytes());
        bytes[8..].copy_from_slice(self.entry_id.0.as_bytes());
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// The text is no place that was given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a cursor of an earlier answer")]
pub struct UnknownCursor;

impl FromStr for Cursor {
    type Err = UnknownCursor;

    fn from_str(text: &str) -> Result<Self, UnknownCursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| UnknownCursor)?;
        let (micros, id) = bytes.split_first_chunk::<8>().ok_or(UnknownCursor)?;
        let occurred_at =
            DateTime::from_timestamp_micros(i64::from_be_bytes(*micros)).ok_or(UnknownCursor)?;
        let entry_id = Uuid::from_slice(id).map(AuditId).map_err(|_| UnknownCursor)?;
        Ok(Self { occurred_at, entry_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let cursor = Cursor {
            occurred_at: DateTime::from_timestamp_micros(1_795_000_000_123_456).unwrap(),
            entry_id: AuditId(Uuid::from_u128(7)),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "!", "AAAA", &"A".repeat(400)] {
            assert_eq!(text.parse::<Cursor>(), Err(UnknownCursor), "{text}");
        }
    }
}
