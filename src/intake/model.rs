//! A request and its way.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};

use crate::{
    adapters::keystone::QuotaService,
    openstack::{CloudProjectId, CloudUserId},
    platform::{language::Language, masked::Masked},
    typed_id,
};

typed_id!(
    /// A request.
    RequestId
);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An account, a project, or a place in one.
    Access,
    /// Other quotas for a project.
    Quota,
}

impl Kind {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Quota => "quota",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Access, Self::Quota].into_iter().find(|kind| kind.name() == name)
    }

    /// What the help desk calls it.
    #[must_use]
    pub const fn ticket(self) -> &'static str {
        match self {
            Self::Access => "Access Request",
            Self::Quota => "Change Quota",
        }
    }
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it; the way is drawn at the top of the room")]
pub enum State {
    Received,
    Notified,
    Approved,
    Rejected,
    Provisioning,
    Done,
    Failed,
    Cancelled,
}

impl State {
    /// The word in the database and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Notified => "notified",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Provisioning => "provisioning",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// Whether nobody has decided yet.
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::Received | Self::Notified)
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Ask {
    /// The address, which is the name to sign in with.
    pub email: Masked<String>,
    pub first_name: Masked<String>,
    pub last_name: Masked<String>,
    /// Whether they have no account yet.
    pub is_new_user: bool,
    pub organization: String,
    pub role: String,
    pub phone: Masked<String>,
    pub sponsor: String,
    pub comment: String,
    pub project: ProjectAsk,
    pub quotas: Vec<QuotaAsk>,
    pub ends_on: Option<NaiveDate>,
    pub language: Language,
}

impl Ask {
    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> Masked<String> {
        Masked::new(format!("{} {}", self.first_name.expose(), self.last_name.expose()).trim().to_owned())
    }

    /// When what is asked for ends, if it does: at the end of its last day (UTC).
    #[must_use]
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.ends_on.map(|day| day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1))
    }

    /// Whether what is asked for has ended.
    #[must_use]
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ends_at().is_some_and(|end| end <= now)
    }

    /// Who asks for what, whatever the case: the same again is the same request.
    #[must_use]
    pub fn natural_key(&self, kind: Kind) -> String {
        let email = self.email.expose().to_lowercase();
        let ends = self.ends_on.map(|date| format!("/{date}")).unwrap_or_default();
        format!("{}/{email}/{}{ends}", kind.name(), self.project.name().to_lowercase())
    }
}

/// Which project it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ProjectAsk {
    /// One to be made.
    New { name: String, description: String, extra_users: Vec<Masked<String>> },
    /// One that is there.
    Existing { name: String, contact_name: Masked<String>, contact_email: Masked<String> },
}

impl ProjectAsk {
    /// The project's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::New { name, .. } | Self::Existing { name, .. } => name,
        }
    }
}

/// So much of a resource; RAM is in MB, -1 is unlimited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct QuotaAsk {
    pub service: QuotaService,
    pub resource: String,
    pub value: i64,
    /// Whether it follows from something else that is asked, so that more is fine, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_floor: bool,
}

/// A request.
#[derive(Debug, Clone, FromRow)]
pub struct Request {
    /// Its id.
    pub request_id: RequestId,
    /// What kind, as a word.
    pub kind: String,
    /// How it stands, as a word.
    pub state: String,
    /// What is asked.
    pub ask: Json<Ask>,
    /// The sealed PIN.
    pub sealed_pin: Option<Vec<u8>>,
    /// The version of its key.
    pub pin_version: Option<i16>,
    /// Whether the sheet says that it is approved.
    pub approved_at_source: bool,
    /// Where it came from.
    pub source: String,
    /// The row there, counted from 1.
    pub source_row: Option<i32>,
    /// Who is to decide: a person of staff, by Keycloak's id.
    pub assignee: Option<String>,
    /// Since when.
    pub assigned_at: Option<DateTime<Utc>>,
    /// When it went one step up.
    pub escalated_at: Option<DateTime<Utc>>,
    /// Why it was rejected, or failed.
    pub reason: Option<String>,
    /// What was wanted for it.
    pub cloud_project_id: Option<CloudProjectId>,
    /// Who was wanted for it.
    pub cloud_user_id: Option<CloudUserId>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl Request {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        State::named(&self.state).unwrap_or(State::Failed)
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::named(&self.kind).unwrap_or(Kind::Access)
    }
}

/// One step of its way.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Step {
    pub state: String,
    pub actor: String,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}
