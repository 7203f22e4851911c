//! Mail.

mod config;
mod memory;
mod smtp;

use async_trait::async_trait;

pub use config::{MailConfig, MailServer, TlsPolicy};
pub use memory::MemoryMailer;
pub use smtp::{SmtpMailer, SmtpProblem};

use super::sending::{NotSent, Receipt};
use crate::platform::masked::Masked;

/// One mail to one person.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The address.
    pub to: Masked<String>,
    /// The subject; it holds nothing secret.
    pub subject: String,
    /// The plain part.
    pub text: Masked<String>,
    /// The HTML part.
    pub html: Masked<String>,
    /// The local part of `Message-ID`: the same when the same mail is handed over again, so that
    /// mail servers can tell (RFC 5322, 3.6.4).
    pub message_id: String,
}

/// Hands mails to a server.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// The name of this server in logs and metrics.
    fn name(&self) -> &str;

    /// Hands over one mail, within the time-out of the configuration.
    async fn send(&self, mail: &Mail) -> Result<Receipt, NotSent>;
}
