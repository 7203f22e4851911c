//! The back office by API, and what other systems ask about a person.

mod approvals;
mod notes;
mod people;
mod trail;
mod work;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{BackOffice, BackOfficeError};
use crate::{
    access::http::{Gatekeeper, Routes},
    companies::administration::Reason,
    platform::problem::Problem,
};

/// `/users/{user_id}/extended`, `/backoffice/…` and the trails.
#[must_use]
pub fn router(keeper: Gatekeeper, office: &BackOffice) -> Routes {
    people::router(keeper.clone(), office)
        .merge(notes::router(keeper.clone(), office))
        .merge(approvals::router(keeper.clone(), office))
        .merge(work::router(keeper.clone(), office))
        .merge(trail::router(keeper, office))
}

impl From<BackOfficeError> for Problem {
    fn from(error: BackOfficeError) -> Self {
        match error {
            BackOfficeError::Denied(denied) => denied.into(),
            BackOfficeError::SameEyes => {
                Self::new(StatusCode::FORBIDDEN, "approvals/same-eyes", "Somebody else has to decide this")
            }
            BackOfficeError::AskedAlready => Self::new(
                StatusCode::CONFLICT,
                "approvals/asked-already",
                "The same waits for a decision already",
            ),
            BackOfficeError::Invalid(field, expected) => {
                Self::invalid_request(format!("{field}: expected {expected}"))
            }
            BackOfficeError::Companies(error) => error.into(),
            BackOfficeError::Database(error) => Self::of_database(&error),
        }
    }
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WithReason {
    /// 1 to 500 characters.
    reason: String,
}

impl WithReason {
    fn read(&self) -> Result<Reason, Problem> {
        Reason::new(&self.reason)
            .ok_or_else(|| Problem::invalid_request("reason: expected 1 to 500 characters"))
    }
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
struct Made {
    /// The id.
    id: Uuid,
}
