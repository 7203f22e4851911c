//! What text messages cost, and the prefixes that get none because hardly a code comes back from them.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Otp, staff::StaffAct};
use crate::{
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    otp::{
        error::{OtpError, Refusal},
        limits::{Limit, Scope},
        store::{
            limits as limit_rows,
            prefixes::{self, Suspect},
        },
    },
    platform::db,
};

pub use crate::otp::store::prefixes::BlockedPrefix;

/// How many blocked prefixes are listed at most.
const LISTED: i64 = 500;

/// What text messages cost lately, by list price, in millionths of the currency unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spend {
    /// In the last hour.
    pub hour: Spent,
    /// In the last day.
    pub day: Spent,
}

/// How much of a budget is used up, in millionths of the currency unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spent {
    /// Reserved for messages.
    pub spent_micros: i64,
    /// What may be reserved.
    pub budget_micros: i64,
}

impl Otp {
    /// Blocks the prefixes from which too few codes come back. Says how many were blocked by this call.
    pub async fn watch_conversion(&self) -> sqlx::Result<usize> {
        let rule = &self.0.conversion;
        let mut blocked = 0;
        for suspect in prefixes::suspects(&self.0.pool, rule).await? {
            let mut transaction = self.0.pool.begin().await?;
            if !prefixes::block(&mut transaction, &suspect, rule.block_hours).await? {
                continue;
            }
            let entry = entry(Actor::Service, "sms_prefix.blocked", &suspect.prefix, Some(&suspect));
            self.record(&mut transaction, &Origin::default(), &entry).await?;
            transaction.commit().await?;
            blocked += 1;
            let Suspect { prefix, country, messages, approved } = suspect;
            tracing::error!(
                prefix,
                country,
                messages,
                approved,
                "a number prefix is blocked: few codes come back"
            );
            metrics::counter!("gatehouse_otp_prefixes_blocked_total", "country" => country).increment(1);
        }
        Ok(blocked)
    }

    /// The prefixes that are blocked now, the newest first; at most 500.
    pub async fn blocked_prefixes(&self) -> sqlx::Result<Vec<BlockedPrefix>> {
        prefixes::blocked(&self.0.pool, LISTED).await
    }

    /// Lets a blocked prefix go; it is judged anew by what is sent from now on.
    ///
    /// # Errors
    /// [`Refusal::Unchanged`] when it is not blocked.
    pub async fn lift_prefix(&self, prefix: &str, act: &StaffAct) -> Result<BlockedPrefix, OtpError> {
        let mut transaction = self.0.pool.begin().await?;
        let lifted = prefixes::lift(&mut transaction, prefix).await?.ok_or(Refusal::Unchanged)?;
        let mut entry = entry(act.actor.clone(), "sms_prefix.lifted", prefix, None);
        entry.reason = Some(act.reason.clone());
        self.record(&mut transaction, &act.origin, &entry).await?;
        transaction.commit().await?;
        tracing::info!(prefix, "a blocked number prefix was let go");
        Ok(lifted)
    }

    /// What text messages cost lately.
    pub async fn sms_spend(&self) -> sqlx::Result<Spend> {
        let limits = &self.0.limits;
        Ok(Spend {
            hour: self.spent(Scope::MoneyHour, limits.money_hour).await?,
            day: self.spent(Scope::MoneyDay, limits.money_day).await?,
        })
    }

    async fn spent(&self, scope: Scope, limit: Limit) -> sqlx::Result<Spent> {
        let spent_micros = limit_rows::taken(&self.0.pool, scope, limit).await?;
        Ok(Spent { spent_micros, budget_micros: limit.amount })
    }

    /// Writes an entry of the audit trail.
    pub(super) async fn record(
        &self,
        connection: &mut sqlx::PgConnection,
        origin: &Origin,
        entry: &Entry,
    ) -> sqlx::Result<()> {
        let ports = &self.0.ports;
        let id = AuditId::generate(&*ports.clock, &*ports.entropy);
        let recorded = audit::store::record_in_tx(connection, ports.clock.now(), id, origin, entry).await;
        recorded.inspect_err(|error| {
            tracing::error!(error = db::describe(error), action = entry.action, "an act was not recorded");
        })
    }
}

/// A prefix stands for ten thousand numbers: it is no personal data.
fn entry(actor: Actor, action: &'static str, prefix: &str, seen: Option<&Suspect>) -> Entry {
    Entry {
        actor,
        action,
        subject: Subject { kind: "sms_prefix", id: prefix.to_owned() },
        company_id: None,
        before: None,
        after: seen.map(|seen| json!({"messages": seen.messages, "approved": seen.approved})),
        reason: None,
    }
}
