//! Entering a code.

use std::time::Duration;

use sqlx::PgConnection;

use super::{
    Done, FactorShown, Otp, ProvenAddress, Verify,
    calls::approved,
    command::{self, Door},
};
use crate::otp::{
    code,
    error::{OtpError, Refusal},
    model::{FactorId, Purpose, State},
    store::{
        challenges::{self, Challenge},
        factors,
        failures::{self, Verdict},
        imports,
    },
};
use crate::platform::{
    jobs,
    webhook::{Answer, Keeping, SignedRequest, answers},
};

/// The kind of the work of telling a person, the key, that somebody who got as far as the codes fails at
/// them: whoever asks for a code knew the password, or had the mailbox, before.
pub const CODES_FAILED: &str = "otp.codes_failed";
/// Wrong codes in a row on one channel that a person hears of, at the least (OWASP ASVS 5.0, 6.3.5).
const FAILURES_TO_TELL: i32 = 5;

/// A challenge and whether the code that was entered is the right one. Whether it counts, only the one statement
/// that decides can say.
pub(super) struct Look {
    challenge: Challenge,
    right: bool,
}

impl FactorShown {
    fn of(challenge: &Challenge, id: FactorId) -> Self {
        Self { id, channel: challenge.channel, hint: challenge.hint.clone() }
    }
}

impl Otp {
    /// Compares a code with that of its challenge.
    pub(super) async fn look(
        &self,
        connection: &mut PgConnection,
        verify: &Verify,
        door: Door<'_>,
    ) -> Result<Look, OtpError> {
        let Some(input) = code::normalise(verify.code.expose()) else {
            return Err(Refusal::Invalid(format!("code: at most {} bytes", code::MAX_INPUT)).into());
        };
        let challenge = challenges::read(connection, verify.challenge, &verify.auth_session_id)
            .await?
            .filter(|challenge| door.leads_to(challenge))
            .ok_or(Refusal::NotFound)?;
        let right = self.0.codes.is_right(challenge.pepper_version, &challenge.bound(), &input);
        Ok(Look { challenge, right })
    }

    /// Accepts the right code of a factor and keeps the answer, in one statement and without a transaction around
    /// it: nearly every code that is entered. Nothing when there is more to do or a reason not to; then nothing was
    /// changed.
    pub(super) async fn approve_at_once(
        &self,
        connection: &mut PgConnection,
        request: &SignedRequest,
        look: &Look,
    ) -> sqlx::Result<Option<Answer>> {
        let Look { challenge, right: true } = look else { return Ok(None) };
        let Some(factor) = challenge.factor_id else { return Ok(None) };
        let answer = approved(&FactorShown::of(challenge, factor));
        let keeping = Keeping { request, answer: &answer };
        match failures::decide(connection, challenge, true, self.0.strictness, Some(keeping)).await {
            Ok(Some(Verdict { state: Some(_), .. })) => {
                count_approved(challenge);
                command::count("verify", None);
                Ok(Some(answer))
            }
            Ok(_) => Ok(None),
            Err(error) if answers::is_known(&error) => answers::given(connection, request).await.map(Some),
            Err(error) => Err(error),
        }
    }

    /// Decides about the code that was looked at.
    pub(super) async fn verify(&self, connection: &mut PgConnection, look: Look) -> Result<Done, OtpError> {
        let Look { challenge, right } = look;
        let verdict = failures::decide(connection, &challenge, right, self.0.strictness, None)
            .await?
            .ok_or(Refusal::NotFound)?;
        match verdict.state.clone().map(State::try_from) {
            Some(Ok(State::Approved)) => self.approve(connection, challenge).await,
            Some(_) => {
                if challenge.purpose.is_to_factor() && verdict.in_a_row >= Some(FAILURES_TO_TELL) {
                    jobs::enqueue_in_tx(connection, CODES_FAILED, &[challenge.user_id]).await?;
                }
                let attempts_left = self.attempts_left(verdict.tries.unwrap_or(i32::MAX));
                Err(Refusal::CodeWrong { attempts_left }.into())
            }
            None => Err(self.not_looked_at(connection, &challenge, &verdict).await?.into()),
        }
    }

    async fn approve(&self, connection: &mut PgConnection, challenge: Challenge) -> Result<Done, OtpError> {
        count_approved(&challenge);
        let id = match (challenge.purpose, challenge.factor_id) {
            (Purpose::Enrol, _) => {
                let Challenge { realm, user_id, destination, channel, .. } = &challenge;
                let cool_off = self.0.config.cool_off_hours;
                let fitness = factors::fitness(connection, realm, user_id, destination, cool_off).await?;
                if fitness.is_barred || fitness.is_cooling {
                    // Disabled or given up while its code was on the way.
                    return Err(Refusal::CodeExpired.into());
                }
                imports::take_away(connection, realm, user_id, *channel).await?;
                let id = FactorId::generate(&*self.0.ports.clock, &*self.0.ports.entropy);
                factors::bind(connection, id, &challenge).await?;
                // A new factor starts with no failures: it is not the one that was guessed at.
                failures::forget(connection, &challenge.realm, &challenge.user_id, challenge.channel).await?;
                id
            }
            (_, Some(factor)) => factor,
            (_, None) => {
                let Challenge { channel, destination, .. } = challenge;
                return Ok(Done::Proven(ProvenAddress { channel, destination }));
            }
        };
        Ok(Done::Approved(FactorShown::of(&challenge, id)))
    }

    /// Why the one statement decided nothing.
    async fn not_looked_at(
        &self,
        connection: &mut PgConnection,
        challenge: &Challenge,
        verdict: &Verdict,
    ) -> Result<Refusal, sqlx::Error> {
        if verdict.was == State::Approved {
            return Ok(Refusal::AlreadyUsed);
        }
        if verdict.was != State::Pending || !verdict.in_time || !verdict.factor_live {
            return Ok(Refusal::CodeExpired);
        }
        Ok(match failures::gate(connection, challenge).await? {
            Some(gate) if gate.locked => Refusal::Locked,
            Some(gate) => {
                let wait = gate.next_try_at.map(|at| (at - gate.now).to_std().unwrap_or_default());
                Refusal::TooSoon { wait: wait.unwrap_or(Duration::from_secs(1)) }
            }
            // The channel was switched between the two statements.
            None => Refusal::CodeExpired,
        })
    }
}

/// Beside the messages sent this is the conversion: how many codes come back.
fn count_approved(challenge: &Challenge) {
    metrics::counter!("gatehouse_otp_approved_total", "channel" => challenge.channel.name()).increment(1);
}
