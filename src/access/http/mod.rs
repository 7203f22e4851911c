//! The way into the API: who calls, what they may, and how often; and the routes of access itself.

mod gate;
mod grants;
mod lists;
mod routes;
mod users;

pub use gate::Gatekeeper;
pub use grants::router as grants_router;
pub use routes::{Guard, Route, Routes};
pub use users::router as users_router;

use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::json;

use super::{AccessError, Caller, Denied};
use crate::platform::problem::{Problem, StatusCode};

/// Handlers get the caller whom their guard has let in.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| {
            tracing::error!("a handler asks for a caller, and no guard stands before it");
            Problem::internal()
        })
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Forbidden => Self::forbidden(),
            Denied::NotFound => Self::not_found(),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let unprocessable = |code, title| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        match error {
            AccessError::Denied(denied) => denied.into(),
            AccessError::NotAssociated => {
                Self::new(StatusCode::CONFLICT, "access/not-associated", "They do not belong there yet")
            }
            AccessError::Over => unprocessable("access/over", "The end must be in the future"),
            AccessError::Longer => {
                let expected = "an end that is not after the end of what you hold yourself";
                unprocessable(
                    "access/longer-than-held",
                    "Nobody gives something for longer than they hold it",
                )
                .with("errors", json!([{"field": "ends_at", "expected": expected}]))
            }
            AccessError::OnlyLooks => unprocessable("access/only-looks", "A system may only be let look"),
            AccessError::Database(error) => Self::of_database(&error),
        }
    }
}
