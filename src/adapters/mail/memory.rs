//! A mail server that only remembers.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Mail, Mailer, NotSent, Receipt};

/// Keeps every mail and fails when told to.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    mails: Mutex<Vec<Mail>>,
    fault: Mutex<Option<NotSent>>,
}

impl MemoryMailer {
    /// Everything handed over so far, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on every mail ends with `fault`, or is taken again.
    pub fn fail_with(&self, fault: Option<NotSent>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

#[async_trait]
impl Mailer for MemoryMailer {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn send(&self, mail: &Mail) -> Result<Receipt, NotSent> {
        if let Some(fault) = *self.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(fault);
        }
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        Ok(Receipt::with_id(Some(&mail.message_id)))
    }
}
