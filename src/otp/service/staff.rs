//! What staff do with the factors of people. Every act is in the audit trail, with who, when and why, and
//! doing it twice is refused. Nobody acts on their own factors: [`Refusal::SecondPersonNeeded`].

use serde_json::json;
use sqlx::PgConnection;

use super::Otp;
use crate::{
    audit::{Actor, Entry, Origin, Subject},
    otp::{
        credentials,
        error::{OtpError, Refusal},
        store::{
            failures,
            staff::{self, FactorName, FactorRecord, Known},
        },
    },
};

/// The longest reason, in characters.
const MAX_REASON: usize = 500;

/// Who acts, from where, and why.
#[derive(Debug, Clone)]
pub struct StaffAct {
    pub(super) actor: Actor,
    pub(super) origin: Origin,
    pub(super) reason: String,
}

/// What became of a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// It waits for a second person to confirm it, for a day.
    Asked,
    /// The factor has ended, and its owner enrols at the next login.
    Done,
}

impl StaffAct {
    /// An act with its reason, 1 to 500 characters.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without a reason, or with one that is too long.
    pub fn new(actor: Actor, origin: Origin, reason: &str) -> Result<Self, Refusal> {
        let reason = reason.trim();
        if !(1..=MAX_REASON).contains(&reason.chars().count()) || reason.contains('\0') {
            return Err(Refusal::Invalid(format!("reason: expected 1 to {MAX_REASON} characters")));
        }
        Ok(Self { actor, origin, reason: reason.to_owned() })
    }

    /// The actor in one word, for comparing two of them.
    fn who(&self) -> String {
        let (kind, id) = self.actor.parts();
        format!("{kind}:{}", id.unwrap_or_default())
    }
}

impl Otp {
    /// Every factor a person ever had, masked: the live ones first, at most 200.
    pub async fn factors_on_record(&self, realm: &str, user_id: &str) -> sqlx::Result<Vec<FactorRecord>> {
        staff::on_record(&self.0.pool, realm, user_id).await
    }

    /// Disables a factor: it opens nothing, its credential in Keycloak goes, and its destination cannot be
    /// enrolled again by this person until it is enabled.
    ///
    /// # Errors
    /// [`Refusal::UnknownFactor`], or [`Refusal::Unchanged`] when it is disabled already.
    pub async fn disable_factor(&self, factor: FactorName<'_>, act: &StaffAct) -> Result<(), OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        let known = live(&mut transaction, factor, act).await?;
        changed(staff::disable(&mut transaction, factor.id, &act.reason).await?)?;
        credentials::remove_in_tx(&mut transaction, factor.id).await?;
        self.acted(&mut transaction, factor, &known, "factor.disabled", act).await?;
        Ok(transaction.commit().await?)
    }

    /// Lets a disabled destination be used again. Its owner proves it once more at the next login, because
    /// Keycloak's credential went when it was disabled.
    ///
    /// # Errors
    /// [`Refusal::UnknownFactor`], or [`Refusal::Unchanged`] when it is not disabled.
    pub async fn enable_factor(&self, factor: FactorName<'_>, act: &StaffAct) -> Result<(), OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        let known = self::known(&mut transaction, factor, act).await?;
        changed(staff::enable(&mut transaction, factor.id).await?)?;
        self.acted(&mut transaction, factor, &known, "factor.enabled", act).await?;
        Ok(transaction.commit().await?)
    }

    /// Locks a factor as too many wrong codes do.
    ///
    /// # Errors
    /// [`Refusal::UnknownFactor`], or [`Refusal::Unchanged`] when it is locked already.
    pub async fn lock_factor(&self, factor: FactorName<'_>, act: &StaffAct) -> Result<(), OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        let known = live(&mut transaction, factor, act).await?;
        changed(staff::lock(&mut transaction, factor, known.channel, &act.reason).await?)?;
        self.acted(&mut transaction, factor, &known, "factor.locked", act).await?;
        Ok(transaction.commit().await?)
    }

    /// Unlocks a factor and forgets its wrong codes.
    ///
    /// # Errors
    /// [`Refusal::UnknownFactor`], or [`Refusal::Unchanged`] when it is not locked.
    pub async fn unlock_factor(&self, factor: FactorName<'_>, act: &StaffAct) -> Result<(), OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        let known = live(&mut transaction, factor, act).await?;
        changed(staff::unlock(&mut transaction, factor, known.channel).await?)?;
        self.acted(&mut transaction, factor, &known, "factor.unlocked", act).await?;
        Ok(transaction.commit().await?)
    }

    /// Asks for the reset of a factor, or confirms what somebody else asked for within a day: then it ends,
    /// its credential in Keycloak goes, and its owner enrols at the next login.
    ///
    /// # Errors
    /// [`Refusal::UnknownFactor`]; [`Refusal::Unchanged`] when it has ended already;
    /// [`Refusal::SecondPersonNeeded`] for whoever asked for it.
    pub async fn reset_factor(&self, factor: FactorName<'_>, act: &StaffAct) -> Result<Reset, OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        let known = self::known(&mut transaction, factor, act).await?;
        changed(known.is_live)?;
        let asked = staff::ask_reset(&mut transaction, factor.id, &act.who()).await?;
        // Again, now that the request is ours alone: whoever had it before may have carried it out.
        changed(self::known(&mut transaction, factor, act).await?.is_live)?;
        let (action, reset) = if asked.is_new {
            ("factor.reset_asked", Reset::Asked)
        } else if asked.asked_by == act.who() {
            return Err(Refusal::SecondPersonNeeded.into());
        } else {
            failures::forget(&mut transaction, factor.realm, factor.user_id, known.channel).await?;
            changed(staff::reset(&mut transaction, factor).await?)?;
            credentials::remove_in_tx(&mut transaction, factor.id).await?;
            ("factor.reset", Reset::Done)
        };
        self.acted(&mut transaction, factor, &known, action, act).await?;
        transaction.commit().await?;
        Ok(reset)
    }

    async fn acted(
        &self,
        connection: &mut PgConnection,
        factor: FactorName<'_>,
        known: &Known,
        action: &'static str,
        act: &StaffAct,
    ) -> sqlx::Result<()> {
        let entry = Entry {
            actor: act.actor.clone(),
            action,
            subject: Subject::person(factor.user_id),
            company_id: None,
            before: None,
            after: Some(json!({"factor_id": factor.id, "channel": known.channel, "hint": known.hint})),
            reason: Some(act.reason.clone()),
        };
        self.record(connection, &act.origin, &entry).await
    }
}

/// The factor, when it is not the actor's own: nobody decides about theirs.
async fn known(
    connection: &mut PgConnection,
    factor: FactorName<'_>,
    act: &StaffAct,
) -> Result<Known, OtpError> {
    if matches!(&act.actor, Actor::Person { user_id } if user_id == factor.user_id) {
        return Err(Refusal::SecondPersonNeeded.into());
    }
    Ok(staff::known(connection, factor).await?.ok_or(Refusal::UnknownFactor)?)
}

async fn live(
    connection: &mut PgConnection,
    factor: FactorName<'_>,
    act: &StaffAct,
) -> Result<Known, OtpError> {
    let known = known(connection, factor, act).await?;
    if known.is_live { Ok(known) } else { Err(Refusal::UnknownFactor.into()) }
}

fn changed(changed: bool) -> Result<(), Refusal> {
    if changed { Ok(()) } else { Err(Refusal::Unchanged) }
}
