//! What a caller can ask for, checked in form.

use std::net::IpAddr;

use crate::{
    otp::{
        error::Refusal,
        model::{ChallengeId, Channel, Purpose},
        store::challenges::Challenge,
    },
    platform::masked::Masked,
};

/// One call with an effect.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask for a code.
    Issue(Issue),
    /// Enter a code.
    Verify(Verify),
    /// Ask for the message again.
    Resend(Resend),
}

/// Ask for a code.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The person's realm.
    pub realm: String,
    /// The person; they need not be known here.
    pub user_id: String,
    /// The login, or the person's session with us, that asks.
    pub auth_session_id: String,
    /// What the code is for.
    pub purpose: Purpose,
    /// The application that the person logs in to.
    pub client_id: String,
    /// How the code should travel; the primary factor decides when absent.
    pub channel: Option<Channel>,
    /// Where to, as typed; only for what proves an address.
    pub destination: Option<Masked<String>>,
    /// The person's language.
    pub locale: String,
    /// Where the person's browser is.
    pub ip_address: IpAddr,
}

/// Enter a code.
#[derive(Debug, Clone)]
pub struct Verify {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The login or session that asked for it.
    pub auth_session_id: String,
    /// What the person typed.
    pub code: Masked<String>,
}

/// Ask for the message again.
#[derive(Debug, Clone)]
pub struct Resend {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The login or session that asked for it.
    pub auth_session_id: String,
    /// Another channel, for a person with several factors.
    pub channel: Option<Channel>,
}

impl Command {
    /// The name of the call in metrics.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Issue(_) => "issue",
            Self::Verify(_) => "verify",
            Self::Resend(_) => "resend",
        }
    }
}

/// Counts a call by what came of it.
pub(super) fn count(call: &'static str, refusal: Option<&Refusal>) {
    let outcome = refusal.map_or("ok", Refusal::name);
    metrics::counter!("gatehouse_otp_calls_total", "call" => call, "outcome" => outcome).increment(1);
    tracing::info!(call, outcome, "a call for codes was answered");
}

/// From where a challenge is spoken of. One that was made elsewhere does not exist here.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door<'a> {
    /// A login at Keycloak.
    Login,
    /// A session of this person with us.
    Session {
        /// The person.
        user_id: &'a str,
    },
}

impl Door<'_> {
    /// Whether the challenge was made through this door.
    pub(super) fn leads_to(self, challenge: &Challenge) -> bool {
        match self {
            Self::Login => challenge.purpose.is_of_logins(),
            Self::Session { user_id } => !challenge.purpose.is_of_logins() && challenge.user_id == user_id,
        }
    }
}
