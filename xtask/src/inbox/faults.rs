//! Failures of the providers, on demand.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::messages::Channel;

/// How much later a slow provider answers.
const SLOW: Duration = Duration::from_secs(2);
/// How long a provider that never answers keeps a caller waiting at most.
const NEVER: Duration = Duration::from_mins(2);

/// How a provider behaves.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As it should.
    #[default]
    Ok,
    /// Says no at once.
    Refuse,
    /// Takes the call and never answers.
    Timeout,
    /// Answers, two seconds late.
    Slow,
    /// Says that there are too many calls.
    Throttle,
    /// Breaks inside.
    Error,
}

/// How each channel behaves now.
#[derive(Debug)]
pub struct Faults {
    email: watch::Sender<Mode>,
    sms: watch::Sender<Mode>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { email: watch::Sender::new(Mode::Ok), sms: watch::Sender::new(Mode::Ok) }
    }
}

impl Faults {
    /// Changes how a channel behaves from now on.
    pub fn set(&self, channel: Channel, mode: Mode) {
        self.channel(channel).send_replace(mode);
    }

    /// Waits as long as a call must, and tells how the provider then behaves.
    pub async fn meet(&self, channel: Channel) -> Mode {
        let mode = *self.channel(channel).borrow();
        match mode {
            Mode::Slow => tokio::time::sleep(SLOW).await,
            Mode::Timeout => tokio::time::sleep(NEVER).await,
            Mode::Ok | Mode::Refuse | Mode::Throttle | Mode::Error => {}
        }
        mode
    }

    fn channel(&self, channel: Channel) -> &watch::Sender<Mode> {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.sms,
        }
    }
}
