//! The `[intake]` section.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::Deserialize;

use super::{Columns, Kind};
use crate::{
    adapters::sheets::SheetPlace,
    platform::{config::Findings, language::Language},
};

/// How requests come in and are followed up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeConfig {
    /// Where the help desk takes tickets. Without it nothing is ever brought about.
    pub help_desk: Option<String>,
    /// Who is told of requests that go one step up, and of those that wait for the third time; the help desk, when
    /// nobody is named.
    pub escalate_to: Option<String>,
    /// Hours until a request that nobody decided goes one step up, 1 to 2160.
    pub escalate_after_hours: u32,
    /// Hours that somebody has for a request that was handed to them, 1 to 2160.
    pub decide_within_hours: u32,
    /// Hours until the first reminder, 1 to 720.
    pub remind_after_hours: u32,
    /// Hours between reminders, 1 to 720.
    pub remind_every_hours: u32,
    /// The task of whoever joins a project.
    pub task: String,
    /// The language of mails to people whose row names none: `en`, `id`, `zh-Hans` or `ms`.
    pub language: String,
    /// Columns that are elsewhere than in the sheets of old: a field with a title or a number, counted from 0.
    pub columns: BTreeMap<String, String>,
    /// The same for requests for quotas.
    pub quota_columns: BTreeMap<String, String>,
    /// Google Sheets with requests.
    pub sheets: SheetSources,
    /// Links in mails.
    pub links: Links,
}

/// Google Sheets with requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetSources {
    /// Where people ask for accounts and projects.
    pub access: Option<SheetPlace>,
    /// Where people ask for quotas.
    pub quota: Option<SheetPlace>,
    /// How often we look by ourselves, up to 1440 minutes; 0 means only when told.
    pub every_minutes: u32,
    /// The IANA zone of the stamps that we write.
    pub time_zone: String,
}

impl SheetSources {
    /// The sheet of a kind, if there is one.
    #[must_use]
    pub fn place(&self, kind: Kind) -> Option<&SheetPlace> {
        match kind {
            Kind::Access => self.access.as_ref(),
            Kind::Quota => self.quota.as_ref(),
        }
    }

    /// Whether there is any.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.access.is_some() || self.quota.is_some()
    }

    /// The zone of stamps.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or_default()
    }
}

/// What mails lead to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Links {
    pub login: String,
    pub terms: String,
    pub getting_started: String,
    pub requests: String,
    pub support_email: String,
}

impl IntakeConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        let mut hours = |value: u32, key: &str| {
            findings.expect((1..=720).contains(&value), &format!("intake.{key}"), "1 to 720 hours");
        };
        hours(self.remind_after_hours, "remind_after_hours");
        hours(self.remind_every_hours, "remind_every_hours");
        let mut long = |value: u32, key: &str| {
            findings.expect((1..=2160).contains(&value), &format!("intake.{key}"), "1 to 2160 hours");
        };
        long(self.escalate_after_hours, "escalate_after_hours");
        long(self.decide_within_hours, "decide_within_hours");
        let is_address = |address: &String| address.contains('@');
        findings.expect(
            self.help_desk.iter().chain(&self.escalate_to).all(is_address),
            "intake.help_desk",
            "an e-mail address, as intake.escalate_to",
        );
        findings.expect(self.sheets.every_minutes <= 1440, "intake.sheets.every_minutes", "0 to 1440");
        findings.expect(
            self.sheets.time_zone.parse::<Tz>().is_ok(),
            "intake.sheets.time_zone",
            "an IANA zone, such as Asia/Jakarta",
        );
        findings.expect(!self.task.is_empty(), "intake.task", "a key of openstack.tasks");
    }

    /// The columns of a kind of table.
    #[must_use]
    pub fn columns(&self, kind: Kind) -> Columns {
        Columns::of(kind, if kind == Kind::Quota { &self.quota_columns } else { &self.columns })
    }

    /// The language of people whose row names none.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of(&self.language)
    }

    /// How long a request may wait for a decision at all, and how long with whom it was handed to.
    #[must_use]
    pub fn decision_waits(&self) -> (TimeDelta, TimeDelta) {
        (
            TimeDelta::hours(self.escalate_after_hours.into()),
            TimeDelta::hours(self.decide_within_hours.into()),
        )
    }

    /// The wait before the first reminder, and between reminders.
    #[must_use]
    pub fn reminder_waits(&self) -> (TimeDelta, TimeDelta) {
        (TimeDelta::hours(self.remind_after_hours.into()), TimeDelta::hours(self.remind_every_hours.into()))
    }
}
