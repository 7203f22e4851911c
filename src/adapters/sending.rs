//! What handing a message to a provider can come to, the same for mail and text messages.

/// A provider took the message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's own id of the message, for receipts that come later. At most 256 bytes.
    pub provider_message_id: Option<String>,
}

impl Receipt {
    /// A receipt with the provider's id of the message; an id of unreasonable length is dropped.
    #[must_use]
    pub fn with_id(id: Option<&str>) -> Self {
        Self { provider_message_id: id.filter(|id| id.len() <= 256).map(str::to_owned) }
    }
}

/// A provider did not take the message, or did not say. `reason` is a short stable word or a code of
/// the protocol: it goes to logs and metrics, and never holds text from the provider, which may
/// repeat the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// This provider will never take this message.
    #[error("refused ({reason})")]
    Refused {
        /// Why.
        reason: &'static str,
    },
    /// The provider certainly did not take it, and may take it later.
    #[error("unavailable ({reason})")]
    Unavailable {
        /// Why.
        reason: &'static str,
    },
    /// The provider may have taken it: sending it again could deliver it twice.
    #[error("unknown ({reason})")]
    Unknown {
        /// Why.
        reason: &'static str,
    },
}

impl NotSent {
    /// The short stable word.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Refused { reason } | Self::Unavailable { reason } | Self::Unknown { reason } => reason,
        }
    }
}
