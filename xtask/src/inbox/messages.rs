//! The messages that people would have received.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The oldest messages go when there are more.
const KEPT: usize = 5_000;

/// How a message reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By SMTP.
    Email,
    /// By the SNS protocol.
    Sms,
}

/// One message.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// How it came.
    pub channel: Channel,
    /// The address or the phone number it was sent to.
    pub to: String,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML part of a mail.
    pub html: Option<String>,
    /// When it arrived here.
    pub received_at: DateTime<Utc>,
}

/// All messages, oldest first.
#[derive(Debug, Default)]
pub struct Messages {
    list: Mutex<VecDeque<Message>>,
}

impl Messages {
    /// Adds a message that has just arrived.
    pub fn push(&self, message: Message) {
        let mut list = self.lock();
        if list.len() == KEPT {
            list.pop_front();
        }
        list.push_back(message);
    }

    /// The messages to one address or, without one, to everybody; case does not matter.
    #[must_use]
    pub fn list(&self, to: Option<&str>) -> Vec<Message> {
        let wanted = |message: &&Message| to.is_none_or(|to| message.to.eq_ignore_ascii_case(to.trim()));
        self.lock().iter().filter(wanted).cloned().collect()
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Message>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(to: &str) -> Message {
        Message {
            channel: Channel::Sms,
            to: to.to_owned(),
            subject: None,
            text: Some("hello".to_owned()),
            html: None,
            received_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_oldest_messages_go_first() {
        let messages = Messages::default();
        for number in 0..=KEPT {
            messages.push(sms(&format!("+{number}")));
        }
        let all = messages.list(None);
        assert_eq!((all.len(), all[0].to.as_str()), (KEPT, "+1"));
    }

    #[test]
    fn a_message_is_written_as_the_contract_says() {
        let written = serde_json::to_value(sms("+6281")).unwrap();
        assert_eq!(
            written,
            serde_json::json!({"channel": "sms", "to": "+6281", "subject": null, "text": "hello", "html": null,
                "received_at": "1970-01-01T00:00:00Z"})
        );
    }
}
