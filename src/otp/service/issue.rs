//! Asking for a code.

use sqlx::PgConnection;

use super::{Alternative, Done, Issue, Otp, Outgoing, PendingCode, resend_at, unusable};
use crate::otp::{
    destination::{Destination, Unusable},
    error::{OtpError, Refusal},
    limits::Sending,
    model::{ChallengeId, Channel, FactorId, Purpose},
    store::{
        challenges::{self, Challenge, Key, Made, NewChallenge},
        factors::{self, Factor, Fitness},
        imports,
    },
};
use crate::platform::problem::StatusCode;

/// What was found to send a code to.
pub(super) enum Aim {
    /// Somewhere.
    Target(Target),
    /// Nothing, and so the refusal is all that comes of the call.
    Nobody(Refusal),
}

/// Where a code will go, and where it could go instead.
pub(super) struct Target {
    to: Destination,
    factor: Option<FactorId>,
    alternatives: Vec<Alternative>,
}

impl Otp {
    /// Finds where the code of a call goes.
    pub(super) async fn aim(&self, connection: &mut PgConnection, issue: &Issue) -> Result<Aim, OtpError> {
        match issue.purpose {
            purpose if purpose.is_to_factor() => self.factor_target(connection, issue).await,
            Purpose::Enrol => Ok(Aim::Target(self.enrolment_target(connection, issue).await?)),
            _ => Ok(Aim::Target(self.typed_target(issue)?)),
        }
    }

    /// Makes the challenge, or shows the live one. Without anything to send to, the request is counted as if there
    /// were something, so that counters tell nothing about who exists.
    pub(super) async fn issue(
        &self,
        connection: &mut PgConnection,
        issue: &Issue,
        aim: Aim,
    ) -> Result<Done, OtpError> {
        match aim {
            Aim::Target(target) => self.make(connection, issue, target).await,
            Aim::Nobody(refusal) => {
                let taking = self.taking(&sending(issue, None));
                Ok(Done::Nobody { refusal, taking })
            }
        }
    }

    async fn make(
        &self,
        connection: &mut PgConnection,
        issue: &Issue,
        target: Target,
    ) -> Result<Done, OtpError> {
        let key = Key {
            realm: &issue.realm,
            user_id: &issue.user_id,
            auth_session_id: &issue.auth_session_id,
            purpose: issue.purpose,
            channel: target.to.channel,
        };
        let ports = &self.0.ports;
        let new = NewChallenge {
            id: ChallengeId::generate(&*ports.clock, &*ports.entropy),
            message: self.new_message_id(),
            key,
            client_id: &issue.client_id,
            to: &target.to,
            factor: target.factor,
            locale: &issue.locale,
            pepper_version: self.0.codes.current_version(),
            life_seconds: self.0.config.life_seconds,
        };
        let Some(made) = challenges::insert(connection, &new).await? else {
            // The page was loaded again, or a call beside this one, a double click, made it first.
            let live = challenges::live(connection, &key, &target.to.address).await?;
            return live.map(|live| self.shown_again(live, target)).ok_or(Refusal::CodeExpired.into());
        };
        let outgoing = Outgoing { message: new.message, challenge: new.id };
        let taking = self.taking(&sending(issue, Some(&target.to)));
        Ok(Done::Challenge {
            status: StatusCode::CREATED,
            shown: self.shown_first(outgoing.challenge, &made, target),
            message: Some((outgoing, taking)),
        })
    }

    /// The address of a new factor, typed or imported. Whoever stole a phone must not get it in again after
    /// staff disabled it, nor at once after its owner gave it up.
    async fn enrolment_target(
        &self,
        connection: &mut PgConnection,
        issue: &Issue,
    ) -> Result<Target, OtpError> {
        let Issue { realm, user_id, .. } = issue;
        let imported = match (&issue.destination, issue.channel) {
            (None, Some(channel)) => imports::of_channel(connection, realm, user_id, channel).await?,
            _ => None,
        };
        let target = match imported {
            Some(address) => self.typed_target(&Issue { destination: Some(address), ..issue.clone() })?,
            None => self.typed_target(issue)?,
        };
        let cool_off = self.0.config.cool_off_hours;
        match factors::fitness(connection, realm, user_id, &target.to.address, cool_off).await? {
            Fitness { is_barred: true, .. } => Err(unusable(Unusable::Barred).into()),
            Fitness { is_cooling: true, .. } => Err(unusable(Unusable::Cooling).into()),
            Fitness { .. } => Ok(target),
        }
    }

    /// The typed address that is to be proven.
    fn typed_target(&self, issue: &Issue) -> Result<Target, Refusal> {
        let needed = |field| Refusal::Invalid(format!("{field}: needed to enrol"));
        let channel = issue.channel.ok_or_else(|| needed("channel"))?;
        let typed = issue.destination.as_ref().ok_or_else(|| needed("destination"))?;
        let to = self.destination(channel, typed.expose())?;
        Ok(Target { to, factor: None, alternatives: Vec::new() })
    }

    /// The wanted factor, or the first usable one.
    async fn factor_target(&self, connection: &mut PgConnection, issue: &Issue) -> Result<Aim, OtpError> {
        if issue.destination.is_some() {
            return Err(Refusal::Invalid("destination: only for purpose enrol".into()).into());
        }
        let factors = factors::of_person(connection, &issue.realm, &issue.user_id).await?;
        match choose(&factors, issue.channel) {
            Ok(factor) => Ok(Aim::Target(self.target(factor, &factors)?)),
            Err(refusal) => Ok(Aim::Nobody(refusal)),
        }
    }

    fn target(&self, factor: &Factor, all: &[Factor]) -> Result<Target, Refusal> {
        Ok(Target {
            to: self.destination(factor.channel, factor.destination.expose())?,
            factor: Some(factor.id),
            alternatives: alternatives(all, factor.channel),
        })
    }

    fn shown_first(&self, id: ChallengeId, made: &Made, target: Target) -> PendingCode {
        PendingCode {
            challenge_id: id,
            channel: target.to.channel,
            hint: target.to.hint,
            code_length: self.0.config.digits,
            expires_at: made.expires_at,
            resend_at: resend_at(1, made.created_at),
            attempts_left: self.0.strictness.tries,
            alternatives: target.alternatives,
        }
    }

    /// The live challenge once more: nothing is sent, nothing is counted.
    fn shown_again(&self, live: Challenge, target: Target) -> Done {
        Done::Challenge {
            status: StatusCode::CREATED,
            shown: self.shown(live, target.alternatives),
            message: None,
        }
    }

    pub(super) fn shown(&self, challenge: Challenge, alternatives: Vec<Alternative>) -> PendingCode {
        PendingCode {
            challenge_id: challenge.id,
            channel: challenge.channel,
            hint: challenge.hint,
            code_length: self.0.config.digits,
            expires_at: challenge.expires_at,
            resend_at: resend_at(challenge.sent, challenge.last_sent_at.unwrap_or(challenge.now)),
            attempts_left: self.attempts_left(challenge.tries),
            alternatives,
        }
    }
}

/// Who asks for a code, as the limits count it.
fn sending<'a>(issue: &'a Issue, to: Option<&'a Destination>) -> Sending<'a> {
    Sending { realm: &issue.realm, user_id: &issue.user_id, client: Some(issue.ip_address), to }
}

/// The factor on the wanted channel, or the first that can be used. A locked factor is said to be
/// locked only when nothing else can be used instead.
pub(super) fn choose(factors: &[Factor], wanted: Option<Channel>) -> Result<&Factor, Refusal> {
    let fitting: Vec<&Factor> = factors
        .iter()
        .filter(|factor| {
            factor.disabled_at.is_none() && wanted.is_none_or(|channel| factor.channel == channel)
        })
        .collect();
    match fitting.iter().find(|factor| !factor.locked) {
        Some(factor) => Ok(factor),
        None if fitting.is_empty() => Err(Refusal::NoFactor),
        None => Err(Refusal::Locked),
    }
}

/// The other factors that can be used.
pub(super) fn alternatives(factors: &[Factor], chosen: Channel) -> Vec<Alternative> {
    factors
        .iter()
        .filter(|factor| factor.channel != chosen && factor.disabled_at.is_none() && !factor.locked)
        .map(|factor| Alternative { channel: factor.channel, hint: factor.hint.clone() })
        .collect()
}
