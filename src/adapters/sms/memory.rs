//! A provider that only remembers.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{NotSent, Receipt, Sms, SmsSender};

/// Keeps every message and fails when told to.
#[derive(Debug, Default)]
pub struct MemorySms {
    messages: Mutex<Vec<Sms>>,
    fault: Mutex<Option<NotSent>>,
    calls: Mutex<u32>,
}

impl MemorySms {
    /// Everything handed over so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Sms> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often the provider was asked, failures included.
    #[must_use]
    pub fn calls(&self) -> u32 {
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on every message ends with `fault`, or is taken again.
    pub fn fail_with(&self, fault: Option<NotSent>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

#[async_trait]
impl SmsSender for MemorySms {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn send(&self, sms: &Sms) -> Result<Receipt, NotSent> {
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        if let Some(fault) = *self.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(fault);
        }
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(sms.clone());
        Ok(Receipt::with_id(Some(&sms.reference)))
    }
}
