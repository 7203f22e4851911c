//! Proving an address that is no factor: a contact, or where invoices go. The same codes, limits and
//! waits as for logins; what comes out is the proof, and what it is good for is the caller's matter.

use std::net::IpAddr;

use sqlx::{PgConnection, Postgres, Transaction};

use super::{
    Done, Issue, Otp, PendingCode, Resend, Verify,
    command::{self, Door},
    kept,
};
use crate::{
    otp::{
        destination,
        error::{OtpError, Refusal},
        model::{ChallengeId, Channel, MessageState, Purpose, State},
        store::challenges,
    },
    platform::masked::Masked,
};

/// What an address is proven for. The message says so, and a code for one is no use for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOf {
    /// A contact of the person.
    Contact,
    /// An address that gets invoices.
    Billing,
    /// The address that the person wants to sign in with.
    LoginAddress,
}

/// Ask for a code to an address.
#[derive(Debug, Clone)]
pub struct AskProof {
    /// The person's realm.
    pub realm: String,
    /// The person who asks.
    pub user_id: String,
    /// Their session, 1 to 255 bytes: only it can enter the code.
    pub session_id: String,
    /// The application that they use.
    pub client_id: String,
    /// What for.
    pub proof_of: ProofOf,
    /// How the code should travel.
    pub channel: Channel,
    /// Where to, as typed.
    pub destination: Masked<String>,
    /// The person's language.
    pub locale: String,
    /// Where their browser is.
    pub ip_address: IpAddr,
}

/// A challenge as the session that asked for it names it.
#[derive(Debug, Clone)]
pub struct ProofRef {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The person who asked.
    pub user_id: String,
    /// The session that asked.
    pub session_id: String,
}

/// An address whose code was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenAddress {
    /// How it is reached.
    pub channel: Channel,
    /// E.164 for numbers; for addresses as typed, with the domain in lower case.
    pub destination: Masked<String>,
}

impl From<ProofOf> for Purpose {
    fn from(proof: ProofOf) -> Self {
        match proof {
            ProofOf::Contact => Self::Contact,
            ProofOf::Billing => Self::Billing,
            ProofOf::LoginAddress => Self::LoginAddress,
        }
    }
}

impl Otp {
    /// The one written form of a destination that codes can be sent to.
    pub fn written(&self, channel: Channel, typed: &str) -> Result<Masked<String>, Refusal> {
        let read = destination::parse(channel, typed, &self.0.countries);
        read.map(|to| to.address).map_err(Refusal::DestinationInvalid)
    }

    /// The one written form of a number that people call; nothing is sent there.
    #[must_use]
    pub fn number(&self, typed: &str) -> Option<Masked<String>> {
        destination::number(typed, &self.0.countries)
    }

    /// Sends a code to an address, or shows the live challenge of this session again.
    pub async fn ask_proof(&self, ask: AskProof) -> Result<PendingCode, OtpError> {
        let issue = Issue {
            realm: ask.realm,
            user_id: ask.user_id,
            auth_session_id: ask.session_id,
            purpose: ask.proof_of.into(),
            client_id: ask.client_id,
            channel: Some(ask.channel),
            destination: Some(ask.destination),
            locale: ask.locale,
            ip_address: ask.ip_address,
        };
        let mut transaction = self.0.pool.begin().await?;
        let done = match self.aim(&mut transaction, &issue).await {
            Ok(aim) => self.issue(&mut transaction, &issue, aim).await,
            Err(error) => Err(error),
        };
        self.pending("proof_issue", transaction, done).await
    }

    /// Sends the message again.
    pub async fn ask_proof_again(&self, proof: &ProofRef) -> Result<PendingCode, OtpError> {
        let resend =
            Resend { challenge: proof.challenge, auth_session_id: proof.session_id.clone(), channel: None };
        let door = Door::Session { user_id: &proof.user_id };
        let mut transaction = self.0.pool.begin().await?;
        let done = self.resend(&mut transaction, &resend, door).await;
        self.pending("proof_resend", transaction, done).await
    }

    /// Enters the code, in the transaction that makes something of the proof. Commit also when it is
    /// refused: the wrong code was counted there.
    pub async fn prove_in_tx(
        &self,
        connection: &mut PgConnection,
        proof: &ProofRef,
        code: Masked<String>,
    ) -> sqlx::Result<Result<ProvenAddress, Refusal>> {
        let verify = Verify { challenge: proof.challenge, auth_session_id: proof.session_id.clone(), code };
        let door = Door::Session { user_id: &proof.user_id };
        let done = match self.look(connection, &verify, door).await {
            Ok(look) => self.verify(connection, look).await,
            Err(error) => Err(error),
        };
        let done = match done {
            Ok(Done::Proven(address)) => Ok(address),
            Ok(_) => Err(Refusal::NotFound),
            Err(OtpError::Refused(refusal)) => Err(refusal),
            Err(OtpError::Database(error)) => return Err(error),
        };
        command::count("proof_verify", done.as_ref().err());
        Ok(done)
    }

    /// Where a challenge stands and what became of its newest message; nothing when it is not this
    /// session's.
    pub async fn proof_status(&self, proof: &ProofRef) -> sqlx::Result<Option<(State, MessageState)>> {
        let mut connection = self.0.pool.acquire().await?;
        let door = Door::Session { user_id: &proof.user_id };
        let challenge = challenges::read(&mut connection, proof.challenge, &proof.session_id).await?;
        drop(connection);
        match challenge.filter(|challenge| door.leads_to(challenge)) {
            Some(challenge) => self.status(challenge.id).await,
            None => Ok(None),
        }
    }

    /// Ends the transaction, counts the call and sees the message off.
    async fn pending(
        &self,
        call: &'static str,
        transaction: Transaction<'_, Postgres>,
        done: Result<Done, OtpError>,
    ) -> Result<PendingCode, OtpError> {
        let ended = match kept(done)? {
            Ok(Done::Challenge { shown, message, .. }) => {
                let (outgoing, taking) = message.unzip();
                self.commit(transaction, taking.as_ref(), None).await.map(|_| (shown, outgoing))
            }
            done => {
                transaction.commit().await?;
                Err(done.err().unwrap_or(Refusal::NotFound).into())
            }
        };
        let (shown, outgoing) = ended.inspect_err(|error| {
            if let OtpError::Refused(refusal) = error {
                command::count(call, Some(refusal));
            }
        })?;
        command::count(call, None);
        if let Some(outgoing) = outgoing
            && self.is_refused_by_all(&outgoing).await?
        {
            return Err(Refusal::DeliveryUnavailable.into());
        }
        Ok(shown)
    }
}
