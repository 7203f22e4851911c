//! The `[admission]` section.

use chrono::TimeDelta;
use serde::Deserialize;

use super::Mode;
use crate::platform::config::Findings;

/// Who may sign up, and how those are followed up who ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmissionConfig {
    /// `open` or `closed`.
    pub mode: Mode,
    /// Who is reminded of requests that wait: an e-mail address. Nobody, when absent.
    pub staff: Option<String>,
    /// Hours until the first reminder, 1 to 720.
    pub remind_after_hours: u32,
    /// Hours between reminders, 1 to 720.
    pub remind_every_hours: u32,
    /// Days until a request is forgotten, since it was asked or decided, 1 to 365. An approval is good for as long.
    pub keep_days: u32,
    /// How often one address of the client may ask in a minute, 1 to 1000, whichever process it meets.
    pub per_address: u32,
    /// The most requests that wait at a time, 1 to 1000000; beyond it nobody else is noted.
    pub most_waiting: u32,
}

impl AdmissionConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        let mut between = |value: u32, most: u32, key: &str, unit: &str| {
            let expected = format!("1 to {most}{unit}");
            findings.expect((1..=most).contains(&value), &format!("admission.{key}"), &expected);
        };
        between(self.remind_after_hours, 720, "remind_after_hours", " hours");
        between(self.remind_every_hours, 720, "remind_every_hours", " hours");
        between(self.keep_days, 365, "keep_days", " days");
        between(self.per_address, 1000, "per_address", " in a minute");
        between(self.most_waiting, 1_000_000, "most_waiting", "");
        let is_address = |address: &String| address.contains('@');
        findings.expect(self.staff.as_ref().is_none_or(is_address), "admission.staff", "an e-mail address");
    }

    /// The wait before the first reminder, and between reminders.
    #[must_use]
    pub fn reminder_waits(&self) -> (TimeDelta, TimeDelta) {
        (TimeDelta::hours(self.remind_after_hours.into()), TimeDelta::hours(self.remind_every_hours.into()))
    }

    /// In how long what one address of the client took is given back, by one request and by all of them.
    #[must_use]
    pub fn per_address(&self) -> (TimeDelta, TimeDelta) {
        let all = TimeDelta::minutes(1);
        (TimeDelta::microseconds(60_000_000 / i64::from(self.per_address)), all)
    }

    /// How long a request is kept.
    #[must_use]
    pub fn kept(&self) -> TimeDelta {
        TimeDelta::days(self.keep_days.into())
    }
}
