//! The work after the commit: sending, and forgetting.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::Days;
use sqlx::PgPool;

use super::{Address, Budget, Composer, Due, Letter, NoticeId, Reserved, store};
use crate::{
    adapters::{
        mail::{Mail, Mailer},
        sending::{NotSent, Receipt},
        sms::{Sms, SmsSender},
    },
    platform::{
        clock::SharedClock,
        jobs::{Done, Failed, Handler, Job},
        masked::Masked,
    },
};

/// The kind of the work of sending; its key is the id of the notice.
pub const SEND_NOTICE: &str = "notices.send";
/// The kind of the work of forgetting.
pub const FORGET_NOTICES: &str = "notices.forget";

/// The shortest wait for room within a limit.
const SOON: Duration = Duration::from_secs(1);

/// Sends notices.
pub struct SendNotices {
    pool: PgPool,
    composers: HashMap<&'static str, Arc<dyn Composer>>,
    mailers: Vec<Arc<dyn Mailer>>,
    sms: Vec<Arc<dyn SmsSender>>,
    budget: Arc<dyn Budget>,
    clock: SharedClock,
    service_name: String,
}

/// Who carries notices, the first asked first, and within which bounds.
pub struct Carriers {
    /// Mail servers.
    pub mailers: Vec<Arc<dyn Mailer>>,
    /// SMS providers.
    pub sms: Vec<Arc<dyn SmsSender>>,
    /// What text messages may cost.
    pub budget: Arc<dyn Budget>,
    /// What time it is.
    pub clock: SharedClock,
}

impl SendNotices {
    /// Sends what these composers write, by these carriers.
    #[must_use]
    pub fn new(
        pool: PgPool,
        composers: &[Arc<dyn Composer>],
        carriers: Carriers,
        service_name: &str,
    ) -> Self {
        let composers = composers
            .iter()
            .flat_map(|composer| composer.kinds().iter().map(move |kind| (*kind, Arc::clone(composer))))
            .collect();
        let Carriers { mailers, sms, budget, clock } = carriers;
        Self { pool, composers, mailers, sms, budget, clock, service_name: service_name.to_owned() }
    }

    async fn send(&self, due: &Due, letter: &Letter) -> Result<(), Failed> {
        let sent = match &due.to {
            Address::Email(to) => self.mail(due, to, letter).await?,
            Address::Phone(to) => self.text(due, to, letter).await?,
        };
        let outcome = match &sent {
            Ok(_) => "sent",
            Err(NotSent::Refused { .. }) => "refused",
            Err(NotSent::Unavailable { .. }) => "unavailable",
            Err(NotSent::Unknown { .. }) => "unknown",
        };
        metrics::counter!("gatehouse_notices_total", "kind" => due.kind.clone(), "channel" => due.to.channel(),
            "outcome" => outcome)
        .increment(1);
        match sent {
            Ok(_) => Ok(()),
            Err(refused @ NotSent::Refused { .. }) => Err(Failed::Park(refused.to_string())),
            // Told twice is better than not told; the same Message-ID lets mail servers see it.
            Err(other) => Err(Failed::Retry(other.to_string())),
        }
    }

    /// Reserves a text message; how long it has to wait when a limit is used up.
    async fn has_to_wait(&self, due: &Due) -> Result<Option<Duration>, Failed> {
        let Address::Phone(to) = &due.to else { return Ok(None) };
        match self.budget.reserve(to).await? {
            Reserved::Now => Ok(None),
            Reserved::Later { wait } => {
                metrics::counter!("gatehouse_notices_total", "kind" => due.kind.clone(), "channel" => "sms",
                    "outcome" => "limited")
                .increment(1);
                Ok(Some(wait.max(SOON)))
            }
            Reserved::Never { reason } => {
                Err(Failed::Park(format!("no text message is sent there: {reason}")))
            }
        }
    }

    async fn mail(
        &self,
        due: &Due,
        to: &Masked<String>,
        letter: &Letter,
    ) -> Result<Result<Receipt, NotSent>, Failed> {
        let html =
            letter.html(&self.service_name, due.language).map_err(|error| Failed::Park(error.to_string()))?;
        let mail = Mail {
            to: to.clone(),
            subject: letter.title.clone(),
            text: Masked::new(letter.text(&self.service_name)),
            html: Masked::new(html),
            message_id: due.notice_id.to_string(),
        };
        let mut sent = Err(NotSent::Unavailable { reason: "nobody_to_ask" });
        for mailer in &self.mailers {
            sent = mailer.send(&mail).await;
            if !goes_on(&sent) {
                break;
            }
        }
        Ok(sent)
    }

    async fn text(
        &self,
        due: &Due,
        to: &Masked<String>,
        letter: &Letter,
    ) -> Result<Result<Receipt, NotSent>, Failed> {
        let text = letter.text_message.clone();
        let text =
            text.ok_or_else(|| Failed::Park("a notice of this kind has no text message".to_owned()))?;
        let sms = Sms { to: to.clone(), text: Masked::new(text), reference: due.notice_id.to_string() };
        let mut sent = Err(NotSent::Unavailable { reason: "nobody_to_ask" });
        for sender in &self.sms {
            sent = sender.send(&sms).await;
            if !goes_on(&sent) {
                break;
            }
        }
        Ok(sent)
    }
}

/// The next provider is asked only when this one certainly did not take it.
const fn goes_on(sent: &Result<Receipt, NotSent>) -> bool {
    matches!(sent, Err(NotSent::Unavailable { .. }))
}

#[async_trait]
impl Handler for SendNotices {
    fn kind(&self) -> &'static str {
        SEND_NOTICE
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let notice_id: NoticeId =
            job.key.parse().map_err(|_| Failed::Park("the key is not the id of a notice".to_owned()))?;
        let Some(due) = store::unsent(&self.pool, notice_id).await? else { return Ok(Done::Finished) };
        let composer = self.composers.get(due.kind.as_str());
        let composer =
            composer.ok_or_else(|| Failed::Park(format!("nobody writes notices of kind {}", due.kind)))?;
        match composer.compose(&due).await? {
            Some(letter) => {
                if let Some(wait) = self.has_to_wait(&due).await? {
                    return Ok(Done::Until(self.clock.now() + wait));
                }
                self.send(&due, &letter).await?;
                store::note_sent(&self.pool, notice_id).await?;
            }
            None => store::drop_notice(&self.pool, notice_id).await?,
        }
        Ok(Done::Finished)
    }
}

/// Forgets, once a day, what need not be kept.
pub struct ForgetNotices {
    /// Where notices are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
}

#[async_trait]
impl Handler for ForgetNotices {
    fn kind(&self) -> &'static str {
        FORGET_NOTICES
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        store::sweep(&self.pool).await?;
        Ok(Done::Until(self.clock.now() + Days::new(1)))
    }
}
