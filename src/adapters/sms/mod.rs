//! Text messages.

mod config;
mod gateway;
mod memory;
mod receipts;
mod sns;

use async_trait::async_trait;

pub use config::{GatewayConfig, SmsConfig, SmsProvider, SnsConfig};
pub use gateway::HttpGateway;
pub use memory::MemorySms;
pub use receipts::{ReceiptConfig, Report, Reported};
pub use sns::Sns;

use super::sending::{NotSent, Receipt};
use crate::platform::masked::Masked;

/// One text message to one number.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The number, E.164.
    pub to: Masked<String>,
    /// The text.
    pub text: Masked<String>,
    /// Our id of the message, for providers that drop repetitions.
    pub reference: String,
}

/// Hands text messages to a provider.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// The name of this provider in logs and metrics.
    fn name(&self) -> &str;

    /// Hands over one message, within the time-out of the configuration.
    async fn send(&self, sms: &Sms) -> Result<Receipt, NotSent>;
}
