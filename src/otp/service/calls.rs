//! Signed calls: each is carried out once, and its answer is kept with its effect.

use sqlx::{Connection as _, PgConnection};

use super::{
    Command, Done, FactorShown, Otp, Outgoing, Resend,
    command::{self, Door},
    issue::Aim,
    kept,
    verify::Look,
};
use crate::{
    otp::{
        error::{OtpError, Refusal, database_problem},
        model::State,
    },
    platform::{
        problem::StatusCode,
        webhook::{Answer, Keeping, SignedRequest, answers},
    },
};

/// A call with what was read for it before its transaction.
enum Ready<'a> {
    Issue(&'a super::Issue, Aim),
    Verify(Look),
    Resend(&'a Resend),
}

impl Otp {
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
        let mut connection = self.0.pool.acquire().await?;
        let (answer, outgoing) = self.answer(&mut connection, request, command).await?;
        // Whoever waits for a provider holds no connection.
        drop(connection);
        match outgoing {
            Some(outgoing) => Ok(self.deliver(request, answer, &outgoing).await?),
            None => Ok(answer),
        }
    }

    /// The answer to a call, kept with its effect, and the message to hand over.
    async fn answer(
        &self,
        connection: &mut PgConnection,
        request: &SignedRequest,
        command: &Command,
    ) -> Result<(Answer, Option<Outgoing>), OtpError> {
        let ready = kept(self.read_for(connection, command).await)?;
        if let Ok(Ready::Verify(look)) = &ready
            && let Some(answer) = self.approve_at_once(connection, request, look).await?
        {
            return Ok((answer, None));
        }
        let mut transaction = connection.begin().await?;
        let done = match ready {
            Ok(ready) => kept(self.carry_out(&mut transaction, ready).await)?,
            Err(refusal) => Err(refusal),
        };
        let (answer, refusal, taking, outgoing) = match done {
            Err(refusal) => (refusal.problem().into(), Some(refusal), None, None),
            Ok(Done::Nobody { refusal, taking }) => {
                (refusal.problem().into(), Some(refusal), Some(taking), None)
            }
            // A proof cannot come by this way: the door leads to no such challenge.
            Ok(Done::Proven(_)) => (Refusal::NotFound.problem().into(), Some(Refusal::NotFound), None, None),
            Ok(Done::Approved(factor)) => (approved(&factor), None, None, None),
            Ok(Done::Challenge { status, shown, message }) => {
                let (outgoing, taking) = message.unzip();
                (Answer::json(status, &shown), None, taking, outgoing)
            }
        };
        let keeping = Keeping { request, answer: &answer };
        if !self.commit(transaction, taking.as_ref(), Some(keeping)).await? {
            return Ok((answers::given(connection, request).await?, None));
        }
        command::count(command.name(), refusal.as_ref());
        Ok((answer, outgoing))
    }

    /// What a call is decided on, as far as it needs no lock.
    async fn read_for<'a>(
        &self,
        connection: &mut PgConnection,
        command: &'a Command,
    ) -> Result<Ready<'a>, OtpError> {
        Ok(match command {
            Command::Issue(issue) => Ready::Issue(issue, self.aim(connection, issue).await?),
            Command::Verify(verify) => Ready::Verify(self.look(connection, verify, Door::Login).await?),
            Command::Resend(resend) => Ready::Resend(resend),
        })
    }

    async fn carry_out(&self, connection: &mut PgConnection, ready: Ready<'_>) -> Result<Done, OtpError> {
        match ready {
            Ready::Issue(issue, aim) => self.issue(connection, issue, aim).await,
            Ready::Verify(look) => self.verify(connection, look).await,
            Ready::Resend(resend) => self.resend(connection, resend, Door::Login).await,
        }
    }

    /// Keeps that a limit refused a call whose transaction was undone.
    async fn refuse(
        &self,
        request: &SignedRequest,
        command: &Command,
        limited: &Refusal,
    ) -> sqlx::Result<Answer> {
        let answer = Answer::from(limited.problem());
        let mut connection = self.0.pool.acquire().await?;
        if !answers::keep(&mut connection, &Keeping { request, answer: &answer }).await? {
            return answers::given(&mut connection, request).await;
        }
        command::count(command.name(), Some(limited));
        Ok(answer)
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
        answers::correct(&mut connection, &Keeping { request, answer: &answer }).await?;
        Ok(answer)
    }
}

/// The answer to the right code.
pub(super) fn approved(factor: &FactorShown) -> Answer {
    Answer::json(StatusCode::OK, &serde_json::json!({"status": State::Approved, "factor": factor}))
}
