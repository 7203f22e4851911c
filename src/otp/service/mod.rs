//! The use cases, each in one transaction with the answer to its call.

mod command;
mod import;
mod issue;
mod notices;
mod prefixes;
mod proof;
mod receipts;
mod resend;
mod staff;
mod upkeep;
mod verify;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use phonenumber::country;
use serde::Serialize;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

pub use command::{Command, Issue, Resend, Verify};
pub use import::{Import, ImportError, ImportOutcome, ImportResult};
pub use notices::SmsBudget;
pub use prefixes::{BlockedPrefix, Spend, Spent};
pub use proof::{AskProof, ProofOf, ProofRef, ProvenAddress};
pub use staff::{Reset, StaffAct};
pub use verify::CODES_FAILED;

use self::command::Door;
use super::{
    code::Codes,
    config::{LimitsConfig, OtpConfig},
    delivery::{Courier, Routes},
    destination::{Destination, Unusable},
    error::{OtpError, Refusal, database_problem},
    limits::{Ask, Conversion, Limits, Sending},
    model::{ChallengeId, Channel, FactorId, MessageId, MessageState, State, resend_wait},
    store::{
        challenges, factors,
        failures::Strictness,
        limits::{self as limit_rows, UsedUp},
    },
};
use crate::{
    adapters::{mail::Mailer, sms::SmsSender},
    platform::{
        clock::SharedClock,
        config::Profile,
        entropy::SharedEntropy,
        problem::StatusCode,
        webhook::{Answer, Claim, SignedRequest, answers},
    },
};

/// How many sends of this process are between their limits and their commit: one has the row of its channel's
/// total, one of each channel waits for it at the database. The others wait here, where waiting costs nothing.
const BOOKING_AT_ONCE: usize = 3;

/// The world that codes need: time, chance, and who carries messages, the first asked first.
#[derive(Clone)]
pub struct OtpPorts {
    /// Time.
    pub clock: SharedClock,
    /// Chance.
    pub entropy: SharedEntropy,
    /// Mail servers.
    pub mailers: Vec<Arc<dyn Mailer>>,
    /// SMS providers.
    pub sms: Vec<Arc<dyn SmsSender>>,
}

/// The configuration was not validated before.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("otp.peppers: expected usable peppers")]
pub struct StartError;

/// One-time codes. Cheap to clone.
#[derive(Clone)]
pub struct Otp(Arc<Inner>);

struct Inner {
    pool: PgPool,
    codes: Arc<Codes>,
    courier: Courier,
    ports: OtpPorts,
    countries: Vec<country::Id>,
    limits: Limits,
    conversion: Conversion,
    booking: Semaphore,
    prices: LimitsConfig,
    strictness: Strictness,
    config: OtpConfig,
}

/// What a call did, before it is an answer.
enum Done {
    /// A challenge to show; `message` was queued for it.
    Challenge { status: StatusCode, shown: PendingCode, message: Option<Outgoing> },
    /// The right code of a login or an enrolment.
    Approved(FactorShown),
    /// The right code of an address that is no factor.
    Proven(ProvenAddress),
}

/// A message that was queued, and the limits that are still to be taken for it: last before the commit, since
/// their rows are shared by everybody and locked until then.
struct Outgoing {
    message: MessageId,
    challenge: ChallengeId,
    taking: Taking,
}

/// What one send takes from the limits.
struct Taking {
    asks: Vec<Ask>,
    /// The country of a text message.
    country: Option<String>,
    /// Its price in millionths of the currency unit.
    price: i64,
}

/// A challenge as its page needs it.
#[derive(Debug, Clone, Serialize)]
pub struct PendingCode {
    /// Its id.
    pub challenge_id: ChallengeId,
    /// How the code travels.
    pub channel: Channel,
    /// The masked destination.
    pub hint: String,
    /// Digits of the code.
    pub code_length: u32,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
    /// When the message may be asked for again.
    pub resend_at: DateTime<Utc>,
    /// Wrong codes that are still looked at.
    pub attempts_left: u32,
    /// Other factors that the person may choose instead.
    pub alternatives: Vec<Alternative>,
}

/// Another way to get the code.
#[derive(Debug, Clone, Serialize)]
pub struct Alternative {
    /// How it travels.
    pub channel: Channel,
    /// The masked destination.
    pub hint: String,
}

#[derive(Debug, Serialize)]
struct FactorShown {
    id: FactorId,
    channel: Channel,
    hint: String,
}

impl From<UsedUp> for OtpError {
    fn from(UsedUp { scope, wait }: UsedUp) -> Self {
        Self::Refused(Refusal::RateLimited { scope, wait })
    }
}

impl Otp {
    /// The feature over `pool`. `public_host` stands in for a missing `origin_host`; `tasks` holds
    /// the deliveries, so that a stop can wait for them.
    pub fn new(
        pool: PgPool,
        config: &OtpConfig,
        profile: Profile,
        public_host: &str,
        ports: OtpPorts,
        tasks: TaskTracker,
    ) -> Result<Self, StartError> {
        let codes = Codes::new(&config.peppers, config.digits).map_err(|_| StartError)?;
        let codes = Arc::new(codes.with_test_numbers(config.test_numbers.clone()));
        let routes = Routes::new(&ports.mailers, &ports.sms, &ports.clock);
        let courier = Courier::new(pool.clone(), Arc::clone(&codes), routes, config, public_host, tasks);
        Ok(Self(Arc::new(Inner {
            pool,
            codes,
            courier,
            countries: config.country_ids(),
            limits: config.limits.rules(profile),
            conversion: config.conversion.rule(profile),
            booking: Semaphore::new(BOOKING_AT_ONCE),
            prices: config.limits.clone(),
            strictness: Strictness { tries: config.tries, failures_until_lock: config.failures_until_lock },
            config: config.clone(),
            ports,
        })))
    }

    /// Carries out a signed call once and gives its answer, also when it is repeated.
    ///
    /// The id of the call, the effect and the answer are one transaction; the message goes out after
    /// the commit. When the provider refuses within the configured wait, the answer says so, and so
    /// does that to a repetition: a person who waits for nothing is worse off than one who is told.
    /// A slower provider is not waited for; the page asks for the state of the delivery.
    pub async fn execute(&self, request: &SignedRequest, command: Command) -> Answer {
        let answer = match self.execute_once(request, &command).await {
            Err(OtpError::Refused(limited)) => self.refuse(request, &command, &limited).await,
            Err(OtpError::Database(error)) => Err(error),
            Ok(answer) => Ok(answer),
        };
        answer.unwrap_or_else(|error| database_problem(&error).into())
    }

    /// Fails with a refusal only when a limit is used up: then nothing of the call is left.
    async fn execute_once(&self, request: &SignedRequest, command: &Command) -> Result<Answer, OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        if let Some(answer) = claimed(&mut transaction, request).await? {
            return Ok(answer);
        }
        let done = kept(self.carry_out(&mut transaction, command).await)?;
        let refusal = done.as_ref().err().cloned();
        let (answer, outgoing) = match done {
            // A proof cannot come by this way: the door leads to no such challenge.
            Ok(Done::Proven(_)) => (Answer::from(Refusal::NotFound.problem()), None),
            Err(refusal) => (Answer::from(refusal.problem()), None),
            Ok(Done::Approved(factor)) => {
                let body = serde_json::json!({"status": State::Approved, "factor": factor});
                (Answer::json(StatusCode::OK, &body), None)
            }
            Ok(Done::Challenge { status, shown, message }) => (Answer::json(status, &shown), message),
        };
        answers::keep(&mut transaction, &request.id, &answer).await?;
        self.commit(transaction, outgoing.as_ref()).await?;
        command::count(command.name(), refusal.as_ref());
        match outgoing {
            Some(outgoing) => Ok(self.deliver(request, answer, &outgoing).await?),
            None => Ok(answer),
        }
    }

    /// Keeps that a limit refused a call whose transaction was undone.
    async fn refuse(
        &self,
        request: &SignedRequest,
        command: &Command,
        limited: &Refusal,
    ) -> sqlx::Result<Answer> {
        let mut transaction = self.0.pool.begin().await?;
        if let Some(answer) = claimed(&mut transaction, request).await? {
            return Ok(answer);
        }
        let answer = Answer::from(limited.problem());
        answers::keep(&mut transaction, &request.id, &answer).await?;
        transaction.commit().await?;
        command::count(command.name(), Some(limited));
        Ok(answer)
    }

    async fn carry_out(&self, connection: &mut PgConnection, command: &Command) -> Result<Done, OtpError> {
        match command {
            Command::Issue(issue) => self.issue(connection, issue).await,
            Command::Verify(verify) => self.verify(connection, verify, Door::Login).await,
            Command::Resend(resend) => self.resend(connection, resend, Door::Login).await,
        }
    }

    /// Takes the limits for what is to go out, and commits; undoes the transaction when one is used up.
    async fn commit(
        &self,
        mut transaction: Transaction<'_, Postgres>,
        outgoing: Option<&Outgoing>,
    ) -> Result<(), OtpError> {
        let Some(outgoing) = outgoing else { return Ok(transaction.commit().await?) };
        // The semaphore is never closed.
        let _turn = self.0.booking.acquire().await.ok();
        if let Err(used_up) = take(&mut transaction, &outgoing.taking).await? {
            transaction.rollback().await?;
            return Err(used_up.into());
        }
        Ok(transaction.commit().await?)
    }

    /// Hands the message to a worker and waits a moment for a refusal.
    async fn deliver(
        &self,
        request: &SignedRequest,
        answer: Answer,
        outgoing: &Outgoing,
    ) -> sqlx::Result<Answer> {
        if !self.is_refused_by_all(outgoing).await? {
            return Ok(answer);
        }
        let answer = Answer::from(Refusal::DeliveryUnavailable.problem());
        let mut connection = self.0.pool.acquire().await?;
        answers::keep(&mut connection, &request.id, &answer).await?;
        Ok(answer)
    }

    /// Hands a message to a worker and waits a moment for whether everybody refuses it; then the
    /// challenge is given up.
    async fn is_refused_by_all(&self, outgoing: &Outgoing) -> sqlx::Result<bool> {
        if self.0.courier.dispatch_and_wait(outgoing.message).await != Some(MessageState::Failed) {
            return Ok(false);
        }
        challenges::give_up_undelivered(&self.0.pool, outgoing.challenge).await?;
        Ok(true)
    }

    /// Where a challenge stands and what became of its newest message.
    pub(super) async fn status(&self, id: ChallengeId) -> sqlx::Result<Option<(State, MessageState)>> {
        challenges::status(&self.0.pool, id).await
    }

    /// The live factors of a person, the primary one first.
    pub(super) async fn factors(&self, realm: &str, user_id: &str) -> sqlx::Result<Vec<factors::Factor>> {
        factors::list(&self.0.pool, realm, user_id).await
    }

    /// What a send takes from every limit it falls under.
    fn taking(&self, sending: &Sending<'_>) -> Taking {
        let phone = sending.to.and_then(|to| to.phone.as_ref());
        let price = phone.map_or(0, |phone| self.0.prices.price(&phone.country));
        let asks = self.0.limits.asks(sending, price);
        Taking { asks, country: phone.map(|phone| phone.country.clone()), price }
    }

    /// Reads a destination, counting what is refused.
    fn destination(&self, channel: Channel, typed: &str) -> Result<Destination, Refusal> {
        super::destination::parse(channel, typed, &self.0.countries).map_err(unusable)
    }

    fn attempts_left(&self, tries: i32) -> u32 {
        self.0.strictness.tries.saturating_sub(u32::try_from(tries).unwrap_or(0))
    }

    fn new_message_id(&self) -> MessageId {
        MessageId::generate(&*self.0.ports.clock, &*self.0.ports.entropy)
    }
}

/// The answer to a call that was carried out before; nothing when it is ours to carry out.
async fn claimed(connection: &mut PgConnection, request: &SignedRequest) -> sqlx::Result<Option<Answer>> {
    Ok(match answers::claim(connection, request).await? {
        Claim::New => None,
        Claim::Answered(answer) => Some(answer),
        Claim::Reused => Some(Answer::id_reused()),
    })
}

/// Takes a send from its limits, or says which is used up: then the transaction must be undone. Counts either.
async fn take(connection: &mut PgConnection, taking: &Taking) -> sqlx::Result<Result<(), UsedUp>> {
    let taken = limit_rows::book(connection, &taking.asks).await?;
    match (&taken, &taking.country) {
        (Ok(()), Some(country)) => {
            metrics::counter!("gatehouse_otp_spend_micros_total", "country" => country.clone())
                .increment(u64::try_from(taking.price).unwrap_or(0));
        }
        (Ok(()), None) => {}
        (Err(used_up), _) => {
            metrics::counter!("gatehouse_otp_limited_total", "limit" => used_up.scope.name()).increment(1);
        }
    }
    Ok(taken)
}

/// Counts a destination that cannot be used.
fn unusable(reason: Unusable) -> Refusal {
    metrics::counter!("gatehouse_otp_destinations_refused_total", "reason" => reason.name()).increment(1);
    Refusal::DestinationInvalid(reason)
}

/// A refusal is an outcome whose effects are kept. What undoes a transaction are the database's failures and
/// a limit that is used up: it takes nothing, and nor do the others.
fn kept<T>(done: Result<T, OtpError>) -> Result<Result<T, Refusal>, OtpError> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(OtpError::Refused(refusal)) if !matches!(refusal, Refusal::RateLimited { .. }) => {
            Ok(Err(refusal))
        }
        Err(undoing) => Err(undoing),
    }
}

/// When the next message may be asked for after `sent` messages, the newest at `last`.
fn resend_at(sent: i64, last: DateTime<Utc>) -> DateTime<Utc> {
    last + resend_wait(u32::try_from(sent).unwrap_or(u32::MAX))
}
