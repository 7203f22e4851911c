//! Notices by text message cost money, too: they are reserved like codes, before each is handed over.

use async_trait::async_trait;
use phonenumber::country;
use sqlx::PgPool;

use crate::{
    notices::{Budget, Reserved},
    otp::{
        config::{LimitsConfig, OtpConfig},
        destination,
        limits::Limits,
        model::Channel,
        store::limits as limit_rows,
    },
    platform::{config::Profile, masked::Masked},
};

/// Lets notices by text message pass the limits of codes: where they go, and what they cost.
pub struct SmsBudget {
    pool: PgPool,
    countries: Vec<country::Id>,
    limits: Limits,
    prices: LimitsConfig,
}

impl SmsBudget {
    /// The same limits that codes have, over the same rows.
    #[must_use]
    pub fn new(pool: PgPool, config: &OtpConfig, profile: Profile) -> Self {
        let (limits, prices) = (config.limits.rules(profile), config.limits.clone());
        Self { pool, countries: config.country_ids(), limits, prices }
    }
}

#[async_trait]
impl Budget for SmsBudget {
    async fn reserve(&self, to: &Masked<String>) -> sqlx::Result<Reserved> {
        let to = match destination::parse(Channel::Sms, to.expose(), &self.countries) {
            Ok(to) => to,
            Err(reason) => return Ok(Reserved::Never { reason: reason.name() }),
        };
        let price = to.phone.as_ref().map_or(0, |phone| self.prices.price(&phone.country));
        let mut transaction = self.pool.begin().await?;
        let reserved =
            limit_rows::reserve(&mut transaction, &self.limits.asks_of_message(&to, price)).await?;
        transaction.commit().await?;
        Ok(match reserved {
            Ok(()) => Reserved::Now,
            Err(used_up) => {
                metrics::counter!("gatehouse_otp_limited_total", "limit" => used_up.scope.name())
                    .increment(1);
                Reserved::Later { wait: used_up.wait }
            }
        })
    }
}
