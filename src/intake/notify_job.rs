//! Tells the help desk of a request: one ticket mail, and only then it may be decided.

use async_trait::async_trait;

use super::{Intake, NOTIFY, RequestId, State, letters, store};
use crate::{
    adapters::{mail::Mail, sending::NotSent},
    platform::{
        jobs::{Done, Failed, Handler, Job},
        language::Language,
        masked::Masked,
    },
};

/// Does the work. A run that was cut off after the mail sends it once more under the same `Message-ID`.
pub struct NotifyJob(pub Intake);

#[async_trait]
impl Handler for NotifyJob {
    fn kind(&self) -> &'static str {
        NOTIFY
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX // a mail server that is away costs nothing but time
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let id: RequestId =
            job.key.parse().map_err(|_| Failed::Park("the key is no request's id".to_owned()))?;
        let intake = &self.0;
        let mut conn = intake.pool().acquire().await?;
        let Some(request) = store::find(&mut conn, id).await? else { return Ok(Done::Finished) };
        drop(conn);
        if request.state() != State::Received {
            return Ok(Done::Finished);
        }
        let help_desk = intake.config().help_desk.clone();
        let help_desk =
            help_desk.ok_or_else(|| Failed::Park("intake.help_desk: expected an address".to_owned()))?;
        let letter = letters::ticket(request.kind(), &request.ask);
        let html = letter.html(intake.service_name(), Language::English);
        let mail = Mail {
            to: Masked::new(help_desk),
            subject: letter.title.clone(),
            text: Masked::new(letter.text(intake.service_name())),
            html: Masked::new(html.map_err(|error| Failed::Park(error.to_string()))?),
            message_id: format!("ticket-{id}"),
        };
        send(intake, &mail).await?;

        let mut tx = intake.pool().begin().await?;
        let Some(request) = store::lock(&mut tx, id).await? else { return Ok(Done::Finished) };
        if request.state() == State::Received {
            store::step(&mut tx, id, State::Notified, "gatehouse", None, intake.now()).await?;
            if request.approved_at_source {
                intake.approve_by_source(&mut tx, id, &request.source).await?;
            }
        }
        tx.commit().await?;
        Ok(Done::Finished)
    }
}

async fn send(intake: &Intake, mail: &Mail) -> Result<(), Failed> {
    let mut last = NotSent::Unavailable { reason: "no_mail_server" };
    for mailer in &intake.ports().mailers {
        match mailer.send(mail).await {
            // It may have been taken: sending it again could deliver it twice.
            Ok(_) | Err(NotSent::Unknown { .. }) => return Ok(()),
            Err(not_sent) => last = not_sent,
        }
    }
    Err(Failed::Retry(format!("the ticket was not sent: {}", last.reason())))
}
