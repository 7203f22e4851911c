//! What is answered instead of a code: each refusal with its stable problem code.

use std::time::Duration;

use super::{destination::Unusable, limits::Scope};
use crate::platform::{
    db,
    problem::{Problem, StatusCode},
};

/// Why a call has not the effect it asked for. A refusal is an answer like any other: it is kept and
/// given again when the call is repeated, and what it counted stays counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request is not what the interface describes; the text names the field.
    Invalid(String),
    /// The code is not right.
    CodeWrong {
        /// Tries left for this code.
        attempts_left: u32,
    },
    /// The code can no longer be used: too late, too many tries, or replaced.
    CodeExpired,
    /// The code was used.
    AlreadyUsed,
    /// There is no such challenge, or not for this session.
    NotFound,
    /// Too many wrong codes: staff must unlock the factor, or it is enrolled anew.
    Locked,
    /// Too many messages; the limit goes to logs and metrics only.
    RateLimited {
        /// Which limit.
        scope: Scope,
        /// When it is worth trying again.
        wait: Duration,
    },
    /// The next message or the next try comes too soon.
    TooSoon {
        /// When it is worth trying again.
        wait: Duration,
    },
    /// Nothing can be sent there; the reason goes to logs and metrics only.
    DestinationInvalid(Unusable),
    /// The person is unknown, or has no usable factor on this channel.
    NoFactor,
    /// No provider takes the message.
    DeliveryUnavailable,
    /// There is no such factor of this person.
    UnknownFactor,
    /// It already is as staff want it to be.
    Unchanged,
    /// Somebody else of the staff must do it: nobody decides about their own factors, or confirms what they
    /// asked for.
    SecondPersonNeeded,
}

/// A refusal, or a database that did not do its work: then nothing is kept.
#[derive(Debug, thiserror::Error)]
pub enum OtpError {
    /// See [`Refusal`].
    #[error("refused")]
    Refused(Refusal),
    /// The database.
    #[error("the database did not do its work")]
    Database(#[from] sqlx::Error),
}

impl From<Refusal> for OtpError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Logs what the database said, without values, and answers without a word of it.
pub fn database_problem(error: &sqlx::Error) -> Problem {
    // The message of a database error can quote values of the row; its code and constraint cannot.
    let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    let constraint = db::violated_constraint(error);
    if db::is_transient(error) {
        tracing::warn!(code, constraint, "the database did not answer a call for codes");
        return Problem::unavailable();
    }
    tracing::error!(code, constraint, "the database refused a call for codes");
    Problem::internal()
}

impl Refusal {
    /// The stable word for metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::CodeWrong { .. } => "code_wrong",
            Self::CodeExpired => "code_expired",
            Self::AlreadyUsed => "already_used",
            Self::NotFound => "not_found",
            Self::Locked => "locked",
            Self::RateLimited { .. } => "rate_limited",
            Self::TooSoon { .. } => "too_soon",
            Self::DestinationInvalid(_) => "destination_invalid",
            Self::NoFactor => "no_factor",
            Self::DeliveryUnavailable => "delivery_unavailable",
            Self::UnknownFactor => "unknown_factor",
            Self::Unchanged => "unchanged",
            Self::SecondPersonNeeded => "second_person_needed",
        }
    }

    /// The problem detail.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let problem = |status, code, title| Problem::new(status, code, title);
        match self {
            Self::Invalid(detail) => Problem::invalid_request(detail.clone()),
            Self::CodeWrong { attempts_left } => {
                problem(StatusCode::UNPROCESSABLE_ENTITY, "otp/code-wrong", "The code is not right")
                    .with("attempts_left", *attempts_left)
            }
            Self::CodeExpired => problem(StatusCode::GONE, "otp/code-expired", "The code is no longer valid"),
            Self::AlreadyUsed => problem(StatusCode::GONE, "otp/already-used", "The code was used before"),
            Self::NotFound => problem(StatusCode::NOT_FOUND, "otp/not-found", "There is no such challenge"),
            Self::Locked => {
                problem(StatusCode::LOCKED, "otp/locked", "Too many wrong codes: the factor is locked")
            }
            Self::RateLimited { wait, .. } | Self::TooSoon { wait } => {
                let seconds = wait.as_secs_f64().ceil().max(1.0);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "at least 1, and waits are days at most"
                )]
                let seconds = seconds as u64;
                problem(StatusCode::TOO_MANY_REQUESTS, "otp/rate-limited", "Too many requests for now")
                    // Also in the body, because the signature covers the body and not the headers.
                    .with("retry_after_seconds", seconds)
                    .with_retry_after(seconds)
            }
            Self::DestinationInvalid(_) => problem(
                StatusCode::UNPROCESSABLE_ENTITY,
                "otp/destination-invalid",
                "No code can be sent to this destination",
            ),
            Self::NoFactor => {
                problem(StatusCode::CONFLICT, "otp/no-factor", "The person has no usable factor of this kind")
            }
            Self::DeliveryUnavailable => problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "otp/delivery-unavailable",
                "No provider takes the message at the moment",
            ),
            Self::UnknownFactor => {
                problem(StatusCode::NOT_FOUND, "otp/factor-not-found", "There is no such factor")
            }
            Self::Unchanged => problem(StatusCode::CONFLICT, "otp/unchanged", "It is like that already"),
            Self::SecondPersonNeeded => {
                problem(StatusCode::CONFLICT, "otp/second-person-needed", "Somebody else must do this")
            }
        }
    }
}
