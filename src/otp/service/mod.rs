//! The use cases, each in one transaction with the answer to its call.

mod calls;
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

use super::{
    code::Codes,
    config::{LimitsConfig, OtpConfig},
    delivery::{Courier, Routes},
    destination::{Destination, Unusable},
    error::{OtpError, Refusal},
    limits::{Ask, Conversion, Limits, Sending},
    model::{ChallengeId, Channel, FactorId, MessageId, MessageState, State, resend_wait},
    store::{
        challenges, factors,
        failures::Strictness,
        limits::{self as limit_rows, Booked, UsedUp},
    },
};
use crate::{
    adapters::{mail::Mailer, sms::SmsSender},
    platform::{
        clock::SharedClock,
        config::Profile,
        entropy::SharedEntropy,
        problem::StatusCode,
        webhook::{Keeping, answers},
    },
};

/// How many sends of this process are between their limits and their commit: one has the row of its channel's
/// total, the next waits for it at the database and goes on at once. The others wait here, where waiting costs nothing.
const BOOKING_AT_ONCE: usize = 2;

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
    /// A challenge to show; `message` was queued for it, and takes so much from the limits.
    Challenge { status: StatusCode, shown: PendingCode, message: Option<(Outgoing, Taking)> },
    /// Nobody to send anything to; what the call takes from the limits all the same.
    Nobody { refusal: Refusal, taking: Taking },
    /// The right code of a login or an enrolment.
    Approved(FactorShown),
    /// The right code of an address that is no factor.
    Proven(ProvenAddress),
}

/// A message that was queued.
struct Outgoing {
    message: MessageId,
    challenge: ChallengeId,
}

/// What one send takes from the limits: last before the commit, since their rows are shared by everybody and
/// locked until then.
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

    /// Takes what a call takes from the limits, keeps its answer, and commits. Says whether the call is new; when it
    /// was answered before, or a limit is used up, the transaction is undone.
    async fn commit(
        &self,
        mut transaction: Transaction<'_, Postgres>,
        taking: Option<&Taking>,
        keeping: Option<Keeping<'_>>,
    ) -> Result<bool, OtpError> {
        let Some(taking) = taking else {
            if let Some(keeping) = keeping
                && !answers::keep(&mut transaction, &keeping).await?
            {
                transaction.rollback().await?;
                return Ok(false);
            }
            transaction.commit().await?;
            return Ok(true);
        };
        // The semaphore is never closed.
        let _turn = self.0.booking.acquire().await.ok();
        let booked = take(&mut transaction, taking, keeping).await?;
        match booked {
            Booked::Now => transaction.commit().await?,
            _ => transaction.rollback().await?,
        }
        match booked {
            Booked::Over(used_up) => Err(used_up.into()),
            booked => Ok(booked == Booked::Now),
        }
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

/// Takes a send from its limits and keeps the answer of its call; but for [`Booked::Now`] the transaction must be
/// undone. Counts what is spent, and what is refused.
async fn take(
    connection: &mut PgConnection,
    taking: &Taking,
    keeping: Option<Keeping<'_>>,
) -> sqlx::Result<Booked> {
    let booked = limit_rows::book(connection, &taking.asks, keeping).await?;
    match (booked, &taking.country) {
        (Booked::Now, Some(country)) => {
            metrics::counter!("gatehouse_otp_spend_micros_total", "country" => country.clone())
                .increment(u64::try_from(taking.price).unwrap_or(0));
        }
        (Booked::Now, None) | (Booked::AnsweredBefore, _) => {}
        (Booked::Over(used_up), _) => {
            metrics::counter!("gatehouse_otp_limited_total", "limit" => used_up.scope.name()).increment(1);
        }
    }
    Ok(booked)
}

/// Counts a destination that cannot be used.
fn unusable(reason: Unusable) -> Refusal {
    metrics::counter!("gatehouse_otp_destinations_refused_total", "reason" => reason.name()).increment(1);
    Refusal::DestinationInvalid(reason)
}

/// A refusal is an outcome whose effects are kept. What undoes a transaction are the database's failures and
/// a limit that is used up ([`Otp::commit`]): it takes nothing, and nor do the others.
fn kept<T>(done: Result<T, OtpError>) -> sqlx::Result<Result<T, Refusal>> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(OtpError::Refused(refusal)) => Ok(Err(refusal)),
        Err(OtpError::Database(error)) => Err(error),
    }
}

/// When the next message may be asked for after `sent` messages, the newest at `last`.
fn resend_at(sent: i64, last: DateTime<Utc>) -> DateTime<Utc> {
    last + resend_wait(u32::try_from(sent).unwrap_or(u32::MAX))
}
