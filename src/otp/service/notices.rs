//! Notices by text message cost money, too: they are reserved like codes, before each is handed over.

use async_trait::async_trait;
use phonenumber::country;
use sqlx::PgPool;

use super::{Taking, take};
use crate::{
    notices::{Budget, Reserved},
    otp::{
        config::{LimitsConfig, OtpConfig},
        destination,
        limits::Limits,
        model::Channel,
        store::limits::Booked,
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
        let phone = to.phone.as_ref();
        let price = phone.map_or(0, |phone| self.prices.price(&phone.country));
        let asks = self.limits.asks_of_message(&to, price);
        let taking = Taking { asks, country: phone.map(|phone| phone.country.clone()), price };
        let mut transaction = self.pool.begin().await?;
        if let Booked::Over(used_up) = take(&mut transaction, &taking, None).await? {
            transaction.rollback().await?;
            return Ok(Reserved::Later { wait: used_up.wait });
        }
        transaction.commit().await?;
        Ok(Reserved::Now)
    }
}
