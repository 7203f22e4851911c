//! Handing messages over: after the commit, at once, by a task of this process.
//!
//! A message moves queued → sending (with a lease) → sent, failed or unknown; a report of the provider
//! may make it delivered or failed later ([`MessageState::after`] is the table). Whatever was certainly not taken is tried with the next provider, and a
//! few times in quick succession; whatever may have been taken is never sent again by itself.

mod breaker;
mod routes;

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::sync::{Semaphore, oneshot};
use tokio_util::task::TaskTracker;

pub use routes::Routes;

use super::{
    code::Codes,
    config::OtpConfig,
    model::{Channel, Fate, MessageId, MessageState},
    store::messages::{self, Leased, Outcome},
    text::{self, Language, Telling},
};
use crate::{
    adapters::{
        mail::Mail,
        sending::{NotSent, Receipt},
        sms::Sms,
    },
    platform::masked::Masked,
};

/// Pauses before another round over all providers; a person is waiting, so they are short.
const PAUSES: [Duration; 2] = [Duration::from_millis(150), Duration::from_millis(450)];

/// Hands messages over. Cheap to clone.
#[derive(Clone)]
pub struct Courier(Arc<Inner>);

struct Inner {
    pool: PgPool,
    codes: Arc<Codes>,
    routes: Routes,
    slots: Semaphore,
    tasks: TaskTracker,
    wait: Duration,
    life: Duration,
    service_name: String,
    origin_host: String,
}

/// What is handed over, in the form of its channel.
enum Parcel {
    Sms(Sms),
    Mail(Mail),
}

/// Who took a message, or who was asked last and why nobody took it.
struct Handed {
    provider: String,
    result: Result<Receipt, NotSent>,
}

impl Courier {
    /// A courier over `routes`.
    pub fn new(
        pool: PgPool,
        codes: Arc<Codes>,
        routes: Routes,
        config: &OtpConfig,
        public_host: &str,
        tasks: TaskTracker,
    ) -> Self {
        Self(Arc::new(Inner {
            pool,
            codes,
            routes,
            slots: Semaphore::new(config.deliveries_at_once),
            tasks,
            wait: Duration::from_millis(config.delivery_wait_millis),
            life: config.life(),
            service_name: config.service_name.clone(),
            origin_host: config.origin_host.clone().unwrap_or_else(|| public_host.to_owned()),
        }))
    }

    /// Starts the delivery of a queued message; the receiver hears how it ended.
    pub fn dispatch(&self, message: MessageId) -> oneshot::Receiver<MessageState> {
        let (tell, heard) = oneshot::channel();
        let courier = self.clone();
        self.0.tasks.spawn(async move {
            let Ok(_slot) = courier.0.slots.acquire().await else { return };
            match courier.deliver(message).await {
                // Nobody may be listening any more.
                Ok(Some(state)) => drop(tell.send(state)),
                Ok(None) => {}
                Err(error) => {
                    let transient = crate::platform::db::is_transient(&error);
                    tracing::warn!(%message, transient, "the database did not take note of a delivery");
                }
            }
        });
        heard
    }

    /// Starts the delivery and waits a moment for its end.
    pub async fn dispatch_and_wait(&self, message: MessageId) -> Option<MessageState> {
        let heard = self.dispatch(message);
        tokio::time::timeout(self.0.wait, heard).await.ok()?.ok()
    }

    async fn deliver(&self, message: MessageId) -> sqlx::Result<Option<MessageState>> {
        let Some(leased) = messages::lease(&self.0.pool, message).await? else {
            // Taken by another worker, or its code is of no use any more.
            let too_late = outcome(Fate::NotTaken, None, None, Some("too_late"));
            messages::close_if_useless(&self.0.pool, message, &too_late).await?;
            return Ok(None);
        };
        let Some(parcel) = self.parcel(&leased) else {
            let failed = outcome(Fate::NotTaken, None, None, Some("no_text"));
            messages::finish(&self.0.pool, message, &failed).await?;
            return Ok(Some(MessageState::Failed));
        };
        if self.0.codes.is_test_number(&leased.destination) {
            let arrived = outcome(Fate::ReportedDelivered, Some("test_number"), None, None);
            messages::finish(&self.0.pool, message, &arrived).await?;
            return Ok(Some(MessageState::Delivered));
        }
        let useful = Duration::try_from_secs_f64(leased.seconds_left).unwrap_or_default();
        let handed = tokio::time::timeout(useful, self.hand_over(&parcel)).await.unwrap_or(Handed {
            provider: String::new(),
            result: Err(NotSent::Unknown { reason: "code_expired" }),
        });
        self.note(&leased, &handed).await.map(Some)
    }

    async fn note(&self, leased: &Leased, handed: &Handed) -> sqlx::Result<MessageState> {
        let (fate, state, reason) = match &handed.result {
            Ok(_) => (Fate::Taken, MessageState::Sent, None),
            Err(NotSent::Unknown { reason }) => (Fate::Unclear, MessageState::Unknown, Some(*reason)),
            Err(error) => (Fate::NotTaken, MessageState::Failed, Some(error.reason())),
        };
        let id = handed.result.as_ref().ok().and_then(|receipt| receipt.provider_message_id.as_deref());
        messages::finish(&self.0.pool, leased.id, &outcome(fate, Some(&handed.provider), id, reason)).await?;
        metrics::counter!("gatehouse_otp_messages_total", "channel" => leased.channel.name(),
            "outcome" => state.name())
        .increment(1);
        let (message, channel) = (leased.id, leased.channel.name());
        if state == MessageState::Sent {
            tracing::info!(%message, channel, provider = handed.provider, "a message was handed over");
        } else {
            tracing::warn!(%message, channel, provider = handed.provider, state = state.name(), reason,
                "a message was not handed over");
        }
        Ok(state)
    }

    /// Asks the providers in turn until one takes the message, may have taken it, or all have refused.
    async fn hand_over(&self, parcel: &Parcel) -> Handed {
        let mut handed = self.one_round(parcel).await;
        for pause in PAUSES {
            if !matches!(handed.result, Err(NotSent::Unavailable { .. })) {
                break;
            }
            tokio::time::sleep(pause).await;
            handed = self.one_round(parcel).await;
        }
        handed
    }

    async fn one_round(&self, parcel: &Parcel) -> Handed {
        match parcel {
            Parcel::Sms(sms) => self.0.routes.send_sms(sms).await,
            Parcel::Mail(mail) => self.0.routes.send_mail(mail).await,
        }
    }

    fn parcel(&self, leased: &Leased) -> Option<Parcel> {
        let code = self.0.codes.code(leased.pepper_version, &leased.bound())?;
        let telling = Telling {
            service: &self.0.service_name,
            origin_host: &self.0.origin_host,
            language: Language::of(&leased.locale),
            purpose: leased.purpose,
            code: &code,
            number: u32::try_from(leased.number).unwrap_or(1),
            life: self.0.life,
        };
        let to: Masked<String> = leased.destination.clone();
        Some(match leased.channel {
            Channel::Sms => {
                Parcel::Sms(Sms { to, text: text::sms(&telling), reference: leased.id.to_string() })
            }
            Channel::Email => {
                let mail = text::mail(&telling).ok()?;
                Parcel::Mail(Mail {
                    to,
                    subject: mail.subject,
                    text: mail.text,
                    html: mail.html,
                    message_id: leased.id.to_string(),
                })
            }
        })
    }
}

fn outcome<'a>(
    fate: Fate,
    provider: Option<&'a str>,
    provider_message_id: Option<&'a str>,
    reason: Option<&'a str>,
) -> Outcome<'a> {
    Outcome { fate, provider, provider_message_id, reason }
}
