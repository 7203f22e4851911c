//! What providers report after they took a message.

use super::Otp;
use crate::{
    adapters::sms::{Report, Reported},
    otp::{model::Fate, store::messages},
};

impl Otp {
    /// Takes note of a report of the SMS provider of this name. Says whether it is about a message that we
    /// know.
    pub async fn take_report(&self, provider: &str, report: &Report) -> sqlx::Result<bool> {
        let (fate, outcome) = match report.outcome {
            Reported::Delivered => (Fate::ReportedDelivered, "delivered"),
            Reported::Failed => (Fate::ReportedFailed, "failed"),
            Reported::OnTheWay => return Ok(true),
        };
        let known = messages::report(&self.0.pool, provider, &report.id, fate).await?;
        let outcome = if known { outcome } else { "unknown_message" };
        metrics::counter!("gatehouse_otp_receipts_total", "provider" => provider.to_owned(), "outcome" => outcome)
            .increment(1);
        Ok(known)
    }
}
