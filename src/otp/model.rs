//! The rules of challenges: what they are for, how they move, how long people wait.

use std::time::Duration;

use serde::{Deserialize, Serialize};

crate::typed_id! {
    /// One request for a code.
    ChallengeId
}
crate::typed_id! {
    /// One destination that a person has proven to be theirs.
    FactorId
}
crate::typed_id! {
    /// One message with a code.
    MessageId
}

/// A text that names no variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an unknown name")]
pub struct UnknownName;

/// Gives each variant its one name: on the wire, in the database and in metrics.
macro_rules! names {
    ($kind:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $kind {
            /// Every variant, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire, in the database and in metrics.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The variant of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }

        impl TryFrom<String> for $kind {
            type Error = UnknownName;
            fn try_from(name: String) -> Result<Self, UnknownName> {
                Self::named(&name).ok_or(UnknownName)
            }
        }
    };
}

names!(Channel { Sms = "sms", Email = "email" });
names!(Purpose {
    Login = "login",
    Enrol = "enrol",
    Reset = "reset",
    StepUp = "step_up",
    Contact = "contact",
    Billing = "billing",
    LoginAddress = "login_address",
});
names!(State {
    Pending = "pending",
    Approved = "approved",
    Failed = "failed",
    Expired = "expired",
    Cancelled = "cancelled",
});
names!(MessageState {
    Queued = "queued",
    Sending = "sending",
    Sent = "sent",
    Delivered = "delivered",
    Failed = "failed",
    Unknown = "unknown",
});

/// How a code travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message to a mobile number.
    Sms,
    /// A mail.
    Email,
}

/// What the person wants to do with the code. A code for one purpose is no use for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The second factor of a login.
    Login,
    /// The proof that a new destination is the person's.
    Enrol,
    /// The second factor of a forgotten password.
    Reset,
    /// A fresh proof inside a session.
    StepUp,
    /// The proof that an address is the person's; it becomes no factor.
    Contact,
    /// The proof that invoices reach somebody at an address; it becomes no factor.
    Billing,
    /// The proof that the address that somebody wants to sign in with is theirs; it becomes no factor.
    LoginAddress,
}

impl Purpose {
    /// Whether the code goes to a factor that was proven before; the others prove a typed address.
    #[must_use]
    pub const fn is_to_factor(self) -> bool {
        matches!(self, Self::Login | Self::Reset | Self::StepUp)
    }

    /// Whether the code is entered in a login, so that only Keycloak may ask for it.
    #[must_use]
    pub const fn is_of_logins(self) -> bool {
        self.is_to_factor() || matches!(self, Self::Enrol)
    }
}

/// Where a challenge stands. Only `Pending` is alive; nothing leaves another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waiting for the code.
    Pending,
    /// The right code came.
    Approved,
    /// All tries were used.
    Failed,
    /// Nobody entered the code in time.
    Expired,
    /// Given up: another destination was chosen, or the message could not be handed over.
    Cancelled,
}

/// What can happen to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    /// The right code was entered in time.
    RightCode,
    /// A wrong code was entered and tries are left.
    WrongCode,
    /// A wrong code was entered and it was the last try.
    LastWrongCode,
    /// Its life is over.
    TimeUp,
    /// It is replaced or cannot be delivered.
    GivenUp,
}

impl State {
    /// The one table of moves: where `happening` leads from here, or nothing when it cannot happen.
    #[must_use]
    pub const fn after(self, happening: Happening) -> Option<Self> {
        match (self, happening) {
            (Self::Pending, Happening::RightCode) => Some(Self::Approved),
            (Self::Pending, Happening::WrongCode) => Some(Self::Pending),
            (Self::Pending, Happening::LastWrongCode) => Some(Self::Failed),
            (Self::Pending, Happening::TimeUp) => Some(Self::Expired),
            (Self::Pending, Happening::GivenUp) => Some(Self::Cancelled),
            (Self::Approved | Self::Failed | Self::Expired | Self::Cancelled, _) => None,
        }
    }
}

/// What became of the newest message of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waiting for a worker.
    Queued,
    /// In the hands of a worker.
    Sending,
    /// A provider took it.
    Sent,
    /// The provider says that it arrived.
    Delivered,
    /// Nobody took it, for certain.
    Failed,
    /// A provider may have taken it: it is never sent again by itself.
    Unknown,
}

/// What can happen to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// A worker took it.
    Leased,
    /// A provider took it.
    Taken,
    /// Nobody took it, for certain.
    NotTaken,
    /// A provider may have taken it.
    Unclear,
    /// The provider reports that it arrived.
    ReportedDelivered,
    /// The provider reports that it never will.
    ReportedFailed,
}

impl MessageState {
    /// The one table of moves: where `fate` leads from here, or nothing when it cannot happen. A report
    /// may be quicker than our own note that the provider took the message; then the note is not made
    /// any more. An arrival is the last word.
    #[must_use]
    pub const fn after(self, fate: Fate) -> Option<Self> {
        match (self, fate) {
            (Self::Queued, Fate::Leased) => Some(Self::Sending),
            (Self::Sending, Fate::Taken) => Some(Self::Sent),
            (Self::Sending, Fate::Unclear) => Some(Self::Unknown),
            (Self::Sending | Self::Sent | Self::Unknown | Self::Failed, Fate::ReportedDelivered) => {
                Some(Self::Delivered)
            }
            (Self::Queued | Self::Sending, Fate::NotTaken)
            | (Self::Sending | Self::Sent | Self::Unknown, Fate::ReportedFailed) => Some(Self::Failed),
            _ => None,
        }
    }

    /// The names of the states that `fate` can happen in, for a statement's condition.
    #[must_use]
    pub fn before(fate: Fate) -> Vec<&'static str> {
        Self::ALL.iter().filter(|state| state.after(fate).is_some()).map(|state| state.name()).collect()
    }

    /// The state as callers know it: a message being handed over is still queued to them.
    #[must_use]
    pub const fn reported(self) -> Self {
        match self {
            Self::Sending => Self::Queued,
            other => other,
        }
    }
}

/// How long the person waits for the next message after the `sent`-th one (1 is the first): 30, 60,
/// then 120 seconds.
#[must_use]
pub const fn resend_wait(sent: u32) -> Duration {
    Duration::from_secs(match sent {
        0 | 1 => 30,
        2 => 60,
        _ => 120,
    })
}

/// Failures in a row that cost no wait: as many as one code has tries by default.
const FREE_FAILURES: u32 = 4;
/// The longest wait between two failures, in seconds (NIST SP 800-63B-4, 3.2.2: up to one hour).
const LONGEST_WAIT: u32 = 3600;

/// How many seconds no code is looked at after the `failures`-th wrong one in a row on a channel:
/// none for the first four, then 30 s, doubling up to one hour.
#[must_use]
pub const fn failure_wait(failures: u32) -> u32 {
    if failures <= FREE_FAILURES {
        return 0;
    }
    let doublings = failures - FREE_FAILURES - 1;
    if doublings >= 7 { LONGEST_WAIT } else { 30 << doublings }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a06_19_the_wait_after_failures_grows_to_one_hour_and_never_shrinks() {
        let waits: Vec<u32> = (1..=13).map(failure_wait).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        for failures in 1..u32::from(u16::MAX) {
            assert!(failure_wait(failures) <= failure_wait(failures + 1));
        }
    }

    #[test]
    fn names_lead_back_to_what_they_name() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::named(purpose.name()), Some(*purpose));
        }
        assert_eq!(Channel::named("sms"), Some(Channel::Sms));
        assert_eq!(Channel::named("email"), Some(Channel::Email));
        assert_eq!(Channel::named("SMS"), None);
    }

    fn happening() -> impl Strategy<Value = Happening> {
        prop_oneof![
            Just(Happening::RightCode),
            Just(Happening::WrongCode),
            Just(Happening::LastWrongCode),
            Just(Happening::TimeUp),
            Just(Happening::GivenUp),
        ]
    }

    const FATES: [Fate; 6] = [
        Fate::Leased,
        Fate::Taken,
        Fate::NotTaken,
        Fate::Unclear,
        Fate::ReportedDelivered,
        Fate::ReportedFailed,
    ];

    #[test]
    fn the_states_of_a_statement_are_those_of_the_table() {
        assert_eq!(MessageState::before(Fate::Leased), ["queued"]);
        assert_eq!(MessageState::before(Fate::NotTaken), ["queued", "sending"]);
        assert_eq!(MessageState::before(Fate::ReportedFailed), ["sending", "sent", "unknown"]);
    }

    proptest! {
        /// The reference: what was leased is told of once, by us or by a report; a report of failure may
        /// still be put right by one of arrival; nothing follows an arrival.
        #[test]
        fn a_message_is_handed_over_once_and_an_arrival_is_the_last_word(
            fates in prop::collection::vec(prop::sample::select(FATES.as_slice()), 0..20)
        ) {
            let mut state = MessageState::Queued;
            let (mut leased, mut told, mut arrived, mut expected) = (0, false, false, MessageState::Queued);
            for fate in fates {
                if let Some(after) = state.after(fate) {
                    leased += u32::from(fate == Fate::Leased);
                    prop_assert_ne!(after, state, "every move leads somewhere");
                    state = after;
                }
                let fresh = expected == MessageState::Queued;
                expected = match fate {
                    _ if arrived => expected,
                    Fate::Leased if fresh => MessageState::Sending,
                    Fate::NotTaken if fresh => { told = true; MessageState::Failed }
                    _ if fresh => expected,
                    Fate::Taken if !told => { told = true; MessageState::Sent }
                    Fate::NotTaken if !told => { told = true; MessageState::Failed }
                    Fate::Unclear if !told => { told = true; MessageState::Unknown }
                    Fate::ReportedDelivered => { told = true; arrived = true; MessageState::Delivered }
                    Fate::ReportedFailed => { told = true; MessageState::Failed }
                    _ => expected,
                };
                prop_assert_eq!(state, expected);
            }
            prop_assert!(leased <= 1, "handed over {} times", leased);
        }

        /// The reference: the first happening that is not a plain wrong code decides for ever.
        #[test]
        fn a_challenge_is_decided_once_and_for_ever(happenings in prop::collection::vec(happening(), 0..20)) {
            let mut state = State::Pending;
            for happening in &happenings {
                state = state.after(*happening).unwrap_or(state);
            }
            let expected = match happenings.iter().find(|it| **it != Happening::WrongCode) {
                None => State::Pending,
                Some(Happening::RightCode) => State::Approved,
                Some(Happening::TimeUp) => State::Expired,
                Some(Happening::GivenUp) => State::Cancelled,
                Some(_) => State::Failed,
            };
            prop_assert_eq!(state, expected);
        }
    }
}
