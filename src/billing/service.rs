//! What is done with a billing profile, each in one transaction.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use super::{
    BillingField, BillingInput, BillingProfile, PendingRecipient, Recipient, RecipientId, Tax, Version,
    store, trail,
};
use crate::{
    access::{Caller, Denied, Permission, Target, Who},
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    companies::{self, CompanyId},
    otp::{AskProof, Channel, Otp, OtpError, ProofOf, ProofRef, Refusal},
    platform::{clock::SharedClock, db, entropy::SharedEntropy, masked::Masked},
};

/// The most addresses that get invoices.
const MAX_RECIPIENTS: usize = 20;
/// The most addresses of one editor that wait for their code.
const MAX_PENDING: usize = 5;

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Billing {
    /// Where profiles are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids come from.
    pub entropy: SharedEntropy,
    /// By which addresses are proven.
    pub otp: Otp,
}

/// Somebody who may edit the profile of this company.
#[derive(Debug, Clone)]
pub struct Editor {
    /// The company.
    pub company_id: CompanyId,
    /// Keycloak's id of the person.
    pub user_id: String,
    /// Their realm.
    pub realm: String,
    /// Their session.
    pub session_id: String,
    /// The language of messages.
    pub locale: String,
    /// From where they act.
    pub origin: Origin,
}

impl Editor {
    /// A person with the right to change the company's billing profile; `locale` is their language.
    pub fn of(caller: &Caller, company_id: CompanyId, locale: String) -> Result<Self, Denied> {
        caller.require(Permission::BillingManage, Target::Company(company_id.0))?;
        Self::who(caller, company_id, locale)
    }

    /// Staff with the right to set what only staff set.
    pub fn of_staff(caller: &Caller, company_id: CompanyId) -> Result<Self, Denied> {
        caller.require(Permission::BillingSetByStaff, Target::System)?;
        Self::who(caller, company_id, String::new())
    }

    fn who(caller: &Caller, company_id: CompanyId, locale: String) -> Result<Self, Denied> {
        let Who::Person { user_id, session_id } = &caller.who else { return Err(Denied::Forbidden) };
        Ok(Self {
            company_id,
            user_id: user_id.clone(),
            realm: caller.realm.clone(),
            session_id: session_id.clone(),
            locale,
            origin: caller.origin.clone(),
        })
    }
}

/// A profile as it is kept. Revision 0 has never been saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Grows by one with each change.
    pub revision: i64,
    /// What it says.
    pub profile: BillingProfile,
    /// When it was saved.
    pub updated_at: Option<DateTime<Utc>>,
}

/// What only staff set.
#[derive(Debug, Clone)]
pub struct SetByStaff {
    /// How taxes apply.
    pub tax: Option<Tax>,
    /// Which of our own companies sells.
    pub seller_entity: Option<String>,
    /// Whether something was invoiced.
    pub currency_locked: bool,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    /// They may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Fields are not as they must be.
    #[error("fields are wrong")]
    Fields(Vec<BillingField>),
    /// Somebody else saved meanwhile: this is what they saved.
    #[error("the profile was changed meanwhile")]
    Changed(Box<Saved>),
    /// It gets invoices already.
    #[error("the address gets invoices already")]
    Held,
    /// There are as many as there may be.
    #[error("there are too many addresses")]
    TooMany,
    /// There is no such address, or no such company.
    #[error("there is no such address or company")]
    NotFound,
    /// A rule of one-time codes.
    #[error("the code was refused")]
    Code(Refusal),
    /// The database.
    #[error("the database did not do its work")]
    Database(#[from] sqlx::Error),
}

impl From<OtpError> for BillingError {
    fn from(error: OtpError) -> Self {
        match error {
            OtpError::Refused(refusal) => Self::Code(refusal),
            OtpError::Database(error) => Self::Database(error),
        }
    }
}

impl Billing {
    /// The profile of a company; empty when nobody has told anything.
    pub async fn profile(&self, company_id: CompanyId) -> Result<Saved, sqlx::Error> {
        profile(&mut *self.pool.acquire().await?, company_id).await
    }

    /// The revisions that were kept, the newest first, at most `limit` before one.
    pub async fn versions(
        &self,
        company_id: CompanyId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Version>, sqlx::Error> {
        store::versions(&mut *self.pool.acquire().await?, company_id, before, limit).await
    }

    /// One revision.
    pub async fn version(
        &self,
        company_id: CompanyId,
        revision: i64,
    ) -> Result<Option<Version>, sqlx::Error> {
        store::version(&mut *self.pool.acquire().await?, company_id, revision).await
    }

    /// Saves what was typed over the revision that was read.
    pub async fn save(
        &self,
        editor: &Editor,
        read: i64,
        typed: &BillingInput,
    ) -> Result<Saved, BillingError> {
        let now = self.clock.now();
        self.change(editor, Some(read), "billing.saved", |held| {
            typed.apply(held, now).map_err(BillingError::Fields)
        })
        .await
    }

    /// Staff decide how taxes apply, who sells, and that the currency stays.
    pub async fn set_by_staff(
        &self,
        editor: &Editor,
        read: i64,
        set: SetByStaff,
    ) -> Result<Saved, BillingError> {
        self.change(editor, Some(read), "billing.set_by_staff", |held| {
            let SetByStaff { tax, seller_entity, currency_locked } = set;
            Ok(BillingProfile { tax, currency_locked, seller_entity, ..held.clone() })
        })
        .await
    }

    /// Addresses that wait for a code of this editor's.
    pub async fn pending(&self, editor: &Editor) -> Result<Vec<PendingRecipient>, sqlx::Error> {
        store::recipients_of(&mut *self.pool.acquire().await?, editor.company_id, &editor.user_id).await
    }

    /// Sends a code to an address that shall get invoices.
    pub async fn add_recipient(&self, editor: &Editor, typed: &str) -> Result<RecipientId, BillingError> {
        let email = self.otp.written(Channel::Email, typed).map_err(BillingError::Code)?;
        let held = self.profile(editor.company_id).await?.profile.recipients;
        if held.iter().any(|recipient| recipient.email == email) {
            return Err(BillingError::Held);
        }
        let pending = self.pending(editor).await?;
        let is_waiting = pending.iter().any(|waiting| waiting.email == email);
        if held.len() >= MAX_RECIPIENTS || (!is_waiting && pending.len() >= MAX_PENDING) {
            return Err(BillingError::TooMany);
        }
        let challenge_id = self.otp.ask_proof(ask(editor, &email)).await?.challenge_id;
        let asked = PendingRecipient {
            pending_id: RecipientId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            company_id: editor.company_id,
            user_id: editor.user_id.clone(),
            email,
            challenge_id,
            created_at: self.clock.now(),
        };
        Ok(store::put_recipient(&mut *self.pool.acquire().await?, &asked).await?)
    }

    /// Sends the message again, or a new code when the old one is no longer good.
    pub async fn resend_recipient(&self, editor: &Editor, id: RecipientId) -> Result<(), BillingError> {
        let pending = self.waiting(editor, id).await?;
        let again = self.otp.ask_proof_again(&proof_of(editor, &pending)).await;
        match again.map_err(BillingError::from) {
            Ok(_) => Ok(()),
            Err(BillingError::Code(Refusal::NotFound | Refusal::CodeExpired | Refusal::AlreadyUsed)) => {
                let challenge_id = self.otp.ask_proof(ask(editor, &pending.email)).await?.challenge_id;
                let anew = PendingRecipient { challenge_id, created_at: self.clock.now(), ..pending };
                store::put_recipient(&mut *self.pool.acquire().await?, &anew).await?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Takes back the wish for an address.
    pub async fn cancel_recipient(&self, editor: &Editor, id: RecipientId) -> Result<(), BillingError> {
        let pending = self.waiting(editor, id).await?;
        Ok(store::delete_recipient(&mut *self.pool.acquire().await?, pending.pending_id).await?)
    }

    async fn waiting(&self, editor: &Editor, id: RecipientId) -> Result<PendingRecipient, BillingError> {
        let pending = self.pending(editor).await?.into_iter().find(|waiting| waiting.pending_id == id);
        pending.ok_or(BillingError::NotFound)
    }

    /// Enters the code: the address gets invoices from now on.
    pub async fn prove_recipient(
        &self,
        editor: &Editor,
        id: RecipientId,
        code: Masked<String>,
    ) -> Result<(), BillingError> {
        let proof = proof_of(editor, &self.waiting(editor, id).await?);
        let mut tx = self.pool.begin().await?;
        let proven = match self.otp.prove_in_tx(&mut tx, &proof, code).await? {
            Ok(proven) => proven,
            Err(refusal) => {
                // What was counted stays counted.
                tx.commit().await?;
                return Err(BillingError::Code(refusal));
            }
        };
        let held = profile(&mut tx, editor.company_id).await?;
        let mut wanted = held.profile.clone();
        let recipient = Recipient { email: proven.destination, verified_at: self.clock.now() };
        wanted.recipients.retain(|other| other.email != recipient.email);
        wanted.recipients.push(recipient);
        store::delete_recipient(&mut tx, id).await?;
        self.keep(&mut tx, editor, &held, &wanted, "billing.recipient_added").await?;
        tx.commit().await?;
        Ok(())
    }

    /// An address gets no more invoices. Removing one that is gone changes nothing.
    pub async fn remove_recipient(&self, editor: &Editor, email: &str) -> Result<(), BillingError> {
        self.change(editor, None, "billing.recipient_removed", |held| {
            let mut wanted = held.clone();
            wanted.recipients.retain(|recipient| recipient.email.expose() != email);
            Ok(wanted)
        })
        .await
        .map(drop)
    }

    async fn change(
        &self,
        editor: &Editor,
        read: Option<i64>,
        action: &'static str,
        change: impl FnOnce(&BillingProfile) -> Result<BillingProfile, BillingError>,
    ) -> Result<Saved, BillingError> {
        let mut tx = self.pool.begin().await?;
        let held = profile(&mut tx, editor.company_id).await?;
        if read.is_some_and(|read| read != held.revision) {
            return Err(BillingError::Changed(Box::new(held)));
        }
        let wanted = change(&held.profile)?;
        if wanted == held.profile {
            return Ok(held);
        }
        let saved = self.keep(&mut tx, editor, &held, &wanted, action).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Whoever saved between our reading and our writing wins; the database decides, not we.
    async fn keep(
        &self,
        conn: &mut PgConnection,
        editor: &Editor,
        held: &Saved,
        wanted: &BillingProfile,
        action: &'static str,
    ) -> Result<Saved, BillingError> {
        let (now, company_id) = (self.clock.now(), editor.company_id);
        let saved = store::save(conn, company_id, held.revision, wanted, now, &editor.user_id).await;
        let saved = saved.map_err(|error| match db::violated_constraint(&error) {
            Some("billing_profiles_company_id_fkey") => BillingError::NotFound,
            _ => BillingError::Database(error),
        })?;
        if !saved {
            let newest = profile(conn, company_id).await?;
            return Err(BillingError::Changed(Box::new(newest)));
        }
        companies::mark_billing_in_tx(conn, company_id).await?;
        let (before, after) = trail::difference(&held.profile, wanted, held.revision + 1);
        let entry = Entry {
            actor: Actor::Person { user_id: editor.user_id.clone() },
            action,
            subject: Subject::company(company_id.0),
            company_id: Some(company_id.0),
            before: Some(before),
            after: Some(after),
            reason: None,
        };
        let id = AuditId::generate(self.clock.as_ref(), self.entropy.as_ref());
        audit::store::record_in_tx(conn, now, id, &editor.origin, &entry).await?;
        Ok(Saved { revision: held.revision + 1, profile: wanted.clone(), updated_at: Some(now) })
    }
}

/// The question for a code that proves an address.
fn ask(editor: &Editor, email: &Masked<String>) -> AskProof {
    AskProof {
        realm: editor.realm.clone(),
        user_id: editor.user_id.clone(),
        session_id: editor.session_id.clone(),
        client_id: editor.origin.client_id.clone().unwrap_or_default(),
        proof_of: ProofOf::Billing,
        channel: Channel::Email,
        destination: email.clone(),
        locale: editor.locale.clone(),
        ip_address: editor.origin.ip_address.unwrap_or(IpAddr::from([127, 0, 0, 1])),
    }
}

fn proof_of(editor: &Editor, pending: &PendingRecipient) -> ProofRef {
    ProofRef {
        challenge: pending.challenge_id,
        user_id: editor.user_id.clone(),
        session_id: editor.session_id.clone(),
    }
}

async fn profile(conn: &mut PgConnection, company_id: CompanyId) -> Result<Saved, sqlx::Error> {
    Ok(store::profiles_of(conn, &[company_id]).await?.remove(&company_id).unwrap_or_default())
}
