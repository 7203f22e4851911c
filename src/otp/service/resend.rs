//! Asking for the message again, on the same channel or another.

use sqlx::PgConnection;

use super::{
    Done, Otp, Outgoing, Resend,
    command::Door,
    issue::{alternatives, choose},
    resend_at,
};
use crate::otp::{
    destination::Destination,
    error::{OtpError, Refusal},
    limits::Sending,
    model::{FactorId, State},
    store::{
        challenges::{self, Challenge},
        factors::{self, Factor},
        messages,
    },
};
use crate::platform::problem::StatusCode;

impl Otp {
    pub(super) async fn resend(
        &self,
        connection: &mut PgConnection,
        resend: &Resend,
        door: Door<'_>,
    ) -> Result<Done, OtpError> {
        let mut challenge =
            challenges::lock(connection, resend.challenge, &resend.auth_session_id, resend.channel)
                .await?
                .filter(|challenge| door.leads_to(challenge))
                .ok_or(Refusal::NotFound)?;
        match challenge.state {
            State::Pending if challenge.in_time => {}
            State::Approved => return Err(Refusal::AlreadyUsed.into()),
            _ => return Err(Refusal::CodeExpired.into()),
        }
        let factors = factors::of_person(connection, &challenge.realm, &challenge.user_id).await?;
        let (to, factor) = self.resend_target(resend, &challenge, &factors)?;
        if let Some(last) = challenge.last_sent_at {
            let wait = resend_at(challenge.sent, last) - challenge.now;
            if let Ok(wait) = wait.to_std()
                && !wait.is_zero()
            {
                return Err(Refusal::TooSoon { wait }.into());
            }
        }
        if to.channel != challenge.channel
            && let Some(factor) = factor
        {
            challenges::switch(connection, challenge.id, factor, &to).await?;
        }
        let message = self.new_message_id();
        messages::queue(connection, message, challenge.id, &to).await?;
        let sending =
            Sending { realm: &challenge.realm, user_id: &challenge.user_id, client: None, to: Some(&to) };
        let outgoing = (Outgoing { message, challenge: challenge.id }, self.taking(&sending));
        challenge.sent += 1;
        challenge.last_sent_at = Some(challenge.now);
        challenge.channel = to.channel;
        challenge.hint = to.hint;
        let others = match factor {
            Some(_) => alternatives(&factors, challenge.channel),
            None => Vec::new(),
        };
        Ok(Done::Challenge {
            status: StatusCode::ACCEPTED,
            shown: self.shown(challenge, others),
            message: Some(outgoing),
        })
    }

    /// Where the message goes: to the address that is being proven, or to a factor that still is the
    /// person's.
    fn resend_target(
        &self,
        resend: &Resend,
        challenge: &Challenge,
        factors: &[Factor],
    ) -> Result<(Destination, Option<FactorId>), Refusal> {
        let channel = resend.channel.unwrap_or(challenge.channel);
        if !challenge.purpose.is_to_factor() {
            if channel != challenge.channel {
                return Err(Refusal::NoFactor);
            }
            return Ok((self.destination(channel, challenge.destination.expose())?, None));
        }
        let factor = choose(factors, Some(channel))?;
        if channel == challenge.channel && Some(factor.id) != challenge.factor_id {
            return Err(Refusal::CodeExpired);
        }
        Ok((self.destination(channel, factor.destination.expose())?, Some(factor.id)))
    }
}
