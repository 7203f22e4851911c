//! Another address to sign in with.
//!
//! Whether somebody else signs in with it is told only to who has shown that they read its mail: nobody
//! learns here who has an account.

use std::net::IpAddr;

use serde_json::json;

use super::{Account, AccountError, Fresh, Wanted, store};
use crate::{
    audit::Actor,
    contacts::{self, Kind, Owner},
    directory::{
        self,
        commands::{Command, CommandId},
    },
    otp::{AskProof, Channel, PendingCode, ProofOf, ProofRef, Refusal},
    platform::masked::Masked,
};

impl Account {
    /// The address that waits for its code.
    pub async fn wanted(&self, user_id: &str) -> Result<Option<Wanted>, sqlx::Error> {
        store::wanted(&mut *self.pool.acquire().await?, user_id).await
    }

    /// Sends a code to the new address. Another one that was asked for before is forgotten.
    pub async fn ask_email(&self, fresh: &Fresh, typed: &str) -> Result<(), AccountError> {
        let owner = fresh.owner();
        let written = self.otp.written(Channel::Email, typed).map_err(AccountError::Code)?;
        let address = Masked::new(contacts::comparable_email(written.expose()));
        let mut conn = self.pool.acquire().await?;
        let people = directory::people_by_id(&mut conn, std::slice::from_ref(&owner.user_id)).await?;
        drop(conn);
        let person = people.into_iter().find(directory::PersonRow::is_alive).ok_or(AccountError::Gone)?;
        let current = person.email.map(|email| contacts::comparable_email(email.expose()));
        // Keycloak keeps addresses in lower case: another case is the same address.
        if current.is_some_and(|current| current.eq_ignore_ascii_case(address.expose())) {
            return Err(AccountError::Same);
        }
        let code = self.ask_code(owner, &address).await?;
        Ok(self.note_wanted(owner, address, &code).await?)
    }

    /// Sends the message again, or a new code when the old one is no longer good.
    pub async fn resend_email_code(&self, fresh: &Fresh) -> Result<(), AccountError> {
        let owner = fresh.owner();
        let wanted = self.wanted(&owner.user_id).await?.ok_or(AccountError::NotAsked)?;
        let again = self.otp.ask_proof_again(&proof_of(owner, &wanted)).await;
        match again.map_err(AccountError::from) {
            Ok(_) => Ok(()),
            Err(AccountError::Code(Refusal::NotFound | Refusal::CodeExpired | Refusal::AlreadyUsed)) => {
                let code = self.ask_code(owner, &wanted.address).await?;
                Ok(self.note_wanted(owner, wanted.address, &code).await?)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes back the wish. Taking it back twice changes nothing.
    pub async fn cancel_email(&self, user_id: &str) -> Result<(), sqlx::Error> {
        store::forget_wanted(&mut *self.pool.acquire().await?, user_id).await
    }

    /// Enters the code: Keycloak is asked for the change, and says what becomes of it. The old address
    /// hears of it when it has happened.
    pub async fn prove_email(
        &self,
        fresh: &Fresh,
        code: Masked<String>,
    ) -> Result<(CommandId, Masked<String>), AccountError> {
        let owner = fresh.owner();
        let wanted = self.wanted(&owner.user_id).await?.ok_or(AccountError::NotAsked)?;
        let mut tx = self.pool.begin().await?;
        let person = directory::lock_person_in_tx(&mut tx, &owner.user_id).await?;
        let person = person.ok_or(AccountError::Gone)?;
        let proven = match self.otp.prove_in_tx(&mut tx, &proof_of(owner, &wanted), code).await? {
            Ok(proven) => proven,
            Err(refusal) => {
                // What was counted stays counted.
                tx.commit().await?;
                return Err(AccountError::Code(refusal));
            }
        };
        let address = Masked::new(contacts::comparable_email(proven.destination.expose()));
        store::forget_wanted(&mut tx, &owner.user_id).await?;
        let command = Command::SetLoginEmail { address: address.clone() };
        let id = self.commands.ask_in_tx(&mut tx, &owner.user_id, &command).await?;
        let shown =
            |address: &Masked<String>| json!({"email": contacts::masked(Kind::Email, address.expose())});
        let change = (person.email.as_ref().map(shown), Some(shown(&address)));
        let actor = Actor::Person { user_id: owner.user_id.clone() };
        self.record(&mut tx, actor, "person.email_change_asked", &owner.user_id, &owner.origin, change)
            .await?;
        tx.commit().await?;
        Ok((id, address))
    }

    async fn ask_code(&self, owner: &Owner, address: &Masked<String>) -> Result<PendingCode, AccountError> {
        let ask = AskProof {
            realm: owner.realm.clone(),
            user_id: owner.user_id.clone(),
            session_id: owner.session_id.clone(),
            client_id: owner.origin.client_id.clone().unwrap_or_default(),
            proof_of: ProofOf::LoginAddress,
            channel: Channel::Email,
            destination: address.clone(),
            locale: owner.locale.clone(),
            ip_address: owner.origin.ip_address.unwrap_or(IpAddr::from([127, 0, 0, 1])),
        };
        Ok(self.otp.ask_proof(ask).await?)
    }

    async fn note_wanted(
        &self,
        owner: &Owner,
        address: Masked<String>,
        code: &PendingCode,
    ) -> Result<(), sqlx::Error> {
        let wanted = Wanted {
            user_id: owner.user_id.clone(),
            address,
            challenge_id: code.challenge_id,
            session_id: owner.session_id.clone(),
            asked_at: self.clock.now(),
        };
        store::put_wanted(&mut *self.pool.acquire().await?, &wanted).await
    }
}

fn proof_of(owner: &Owner, wanted: &Wanted) -> ProofRef {
    ProofRef {
        challenge: wanted.challenge_id,
        user_id: owner.user_id.clone(),
        session_id: owner.session_id.clone(),
    }
}
