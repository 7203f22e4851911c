//! What a caller can ask for, checked in form.

use std::net::IpAddr;

use crate::{
    otp::{
        error::Refusal,
        model::{ChallengeId, Channel, Purpose},
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
    /// The login that asks.
    pub auth_session_id: String,
    /// What the code is for.
    pub purpose: Purpose,
    /// The application that the person logs in to.
    pub client_id: String,
    /// How the code should travel; the primary factor decides when absent.
    pub channel: Option<Channel>,
    /// Where to, as typed; only for an enrolment.
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
    /// The login that asked for it.
    pub auth_session_id: String,
    /// What the person typed.
    pub code: Masked<String>,
}

/// Ask for the message again.
#[derive(Debug, Clone)]
pub struct Resend {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The login that asked for it.
    pub auth_session_id: String,
    /// Another channel, for a person with several factors.
    pub channel: Option<Channel>,
}

impl Command {
    /// Counts the call by what came of it.
    pub(super) fn count(&self, refusal: Option<&Refusal>) {
        let call = match self {
            Self::Issue(_) => "issue",
            Self::Verify(_) => "verify",
            Self::Resend(_) => "resend",
        };
        let outcome = refusal.map_or("ok", Refusal::name);
        metrics::counter!("gatehouse_otp_calls_total", "call" => call, "outcome" => outcome).increment(1);
        tracing::info!(call, outcome, "a call for codes was answered");
    }
}
