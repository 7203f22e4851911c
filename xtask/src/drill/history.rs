//! What was asked of the system, when, and how it answered.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

/// What an operation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Somebody fills in the sign-up form.
    SignUp {
        /// The family name that the form says.
        last_name: String,
    },
    /// An administrator gives somebody another family name.
    Rename {
        /// The new one.
        last_name: String,
    },
    /// An administrator lets somebody in, or keeps them out.
    Enable {
        /// Whether they may sign in from now on.
        enabled: bool,
    },
    /// An administrator deletes somebody.
    Delete,
    /// Somebody signs in with password and code, to the end.
    LogIn,
    /// A code is sent in for one challenge, past the pages.
    Verify {
        /// The challenge's id.
        challenge: String,
    },
}

impl Act {
    /// The word that tables use.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::SignUp { .. } => "sign-up",
            Self::Rename { .. } => "rename",
            Self::Enable { .. } => "enable",
            Self::Delete => "delete",
            Self::LogIn => "login",
            Self::Verify { .. } => "verify",
        }
    }
}

/// How an operation ended, as the one who asked sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was acknowledged: it must have happened.
    Ok,
    /// It was refused: it must not have happened.
    Failed,
    /// The answer was lost, or never came: it may have happened, and may yet.
    Unknown,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// The e-mail address of the person whom it is about.
    pub subject: String,
    /// What was asked for.
    #[serde(flatten)]
    pub act: Act,
    /// When it was sent.
    pub started: DateTime<Utc>,
    /// When the answer was there; never for one that is under way.
    pub ended: Option<DateTime<Utc>>,
    /// The answer.
    pub outcome: Outcome,
}

/// The operations of one load. Its people have addresses in a domain of their own, so that whoever else is in the realm
/// is told apart from somebody who was invented.
#[derive(Debug)]
pub struct History {
    /// The domain of the load's addresses.
    pub domain: String,
    operations: Mutex<Vec<Operation>>,
}

impl History {
    /// Nothing was asked yet.
    #[must_use]
    pub fn new(domain: impl Into<String>) -> Self {
        Self { domain: domain.into(), operations: Mutex::default() }
    }

    /// Notes an operation before it is sent, and runs it. Its outcome is unknown unless `work` says another, also when the
    /// future is dropped half way.
    pub async fn record(&self, subject: &str, act: Act, work: impl Future<Output = Outcome>) -> Outcome {
        let operation = Operation {
            subject: subject.to_owned(),
            act,
            started: Utc::now(),
            ended: None,
            outcome: Outcome::Unknown,
        };
        let number = {
            let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
            operations.push(operation);
            operations.len() - 1
        };
        let outcome = work.await;
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(operation) = operations.get_mut(number) {
            operation.ended = Some(Utc::now());
            operation.outcome = outcome;
        }
        outcome
    }

    /// What was asked so far, in the order of sending.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many were acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.count_acknowledged(|_| true)
    }

    /// How many codes were accepted so far, at a login or past the pages.
    #[must_use]
    pub fn accepted_codes(&self) -> usize {
        self.count_acknowledged(|act| matches!(act, Act::LogIn | Act::Verify { .. }))
    }

    fn count_acknowledged(&self, of: fn(&Act) -> bool) -> usize {
        let operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        operations.iter().filter(|operation| operation.outcome == Outcome::Ok && of(&operation.act)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_operation_whose_answer_is_lost_stays_unknown() {
        let history = History::new("load.example");
        let never = history.record("a@load.example", Act::Delete, std::future::pending());
        assert!(tokio::time::timeout(std::time::Duration::ZERO, never).await.is_err());
        let refused = history.record("a@load.example", Act::LogIn, async { Outcome::Failed }).await;
        assert_eq!(refused, Outcome::Failed);

        let seen = history.operations();
        assert_eq!((seen[0].outcome, seen[0].ended), (Outcome::Unknown, None));
        assert_eq!(seen[1].outcome, Outcome::Failed);
        assert!(seen[1].ended.is_some());
        assert_eq!(history.acknowledged(), 0);
    }
}
