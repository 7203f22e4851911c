//! A notice, and who writes its letter.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Letter;
use crate::{
    platform::{jobs::Failed, language::Language, masked::Masked},
    typed_id,
};

typed_id!(
    /// One notice to one address.
    NoticeId
);

/// Where a notice goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// An e-mail address.
    Email(Masked<String>),
    /// A mobile number in E.164.
    Phone(Masked<String>),
}

impl Address {
    /// The name of the channel in the database and in metrics.
    #[must_use]
    pub const fn channel(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Phone(_) => "sms",
        }
    }

    /// The address itself.
    #[must_use]
    pub const fn value(&self) -> &Masked<String> {
        match self {
            Self::Email(value) | Self::Phone(value) => value,
        }
    }

    /// The address of a channel, as the database holds it.
    pub(super) fn of(channel: &str, value: Masked<String>) -> Self {
        if channel == "sms" { Self::Phone(value) } else { Self::Email(value) }
    }
}

/// Something to tell at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id; the same mail handed over twice carries it twice, so that mail servers can tell.
    pub notice_id: NoticeId,
    /// Keycloak's id of the person; none for somebody who has no account.
    pub user_id: Option<String>,
    /// What kind of notice: it names the [`Composer`].
    pub kind: &'static str,
    /// Where it goes.
    pub to: Address,
    /// The language of the person.
    pub language: Language,
    /// What the composer needs to write it. Kept until it is sent; a secret does not belong here, a
    /// composer may make one when it writes.
    pub facts: Masked<Value>,
    /// What an address is told of at most once an hour; none: no limit.
    pub hourly: Option<String>,
}

impl Notice {
    /// Names person and address without saying either.
    pub(super) fn recipient(&self) -> [u8; 32] {
        let user = self.user_id.as_deref().unwrap_or_default();
        let text = format!("{user}\0{}\0{}", self.to.channel(), self.to.value().expose());
        Sha256::digest(text.as_bytes()).into()
    }
}

/// A notice whose time has come.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its id.
    pub notice_id: NoticeId,
    /// Keycloak's id of the person; none for somebody who has no account.
    pub user_id: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Where it goes.
    pub to: Address,
    /// The language of the person.
    pub language: Language,
    /// What was given when it was queued.
    pub facts: Masked<Value>,
}

/// Whether a text message may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Yes, and it is counted.
    Now,
    /// A limit is used up.
    Later {
        /// When there is room again.
        wait: Duration,
    },
    /// Nothing is ever sent to this number.
    Never {
        /// Why, in a stable word.
        reason: &'static str,
    },
}

/// What text messages may cost; notices share it with everything else that is sent so.
#[async_trait]
pub trait Budget: Send + Sync {
    /// Reserves one message to a number, before it is handed to anybody.
    async fn reserve(&self, to: &Masked<String>) -> sqlx::Result<Reserved>;
}

/// Writes the letters of some kinds. A letter for a phone needs [`Letter::text_message`].
#[async_trait]
pub trait Composer: Send + Sync {
    /// The kinds.
    fn kinds(&self) -> &'static [&'static str];

    /// Writes the letter; none when it has lost its purpose. It runs in no transaction and may run
    /// again for the same notice.
    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed>;
}
