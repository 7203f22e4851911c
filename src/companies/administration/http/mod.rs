//! The administration of a company by API.

mod admins;
mod invitations;
mod people;
mod profile;
mod requests;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Companies, CompaniesError, Reason};
use crate::{
    access::http::{Gatekeeper, Routes},
    companies::Role,
    platform::{http::preconditions::changed, problem::Problem},
};

/// `/companies/{company_id}` and what is below it about people, and for staff the companies that nobody leads.
#[must_use]
pub fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    profile::router(keeper.clone(), companies)
        .merge(admins::router(keeper.clone(), companies))
        .merge(people::router(keeper.clone(), companies))
        .merge(invitations::router(keeper.clone(), companies))
        .merge(requests::router(keeper, companies))
}

impl From<CompaniesError> for Problem {
    fn from(error: CompaniesError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            CompaniesError::Denied(denied) => denied.into(),
            CompaniesError::LastAdmin => {
                conflict("companies/last-admin", "The company would be without an admin")
            }
            CompaniesError::Invalid(field, expected) => {
                Self::invalid_request(format!("{field}: expected {expected}"))
                    .with("errors", json!([{"field": field, "expected": expected}]))
            }
            CompaniesError::Changed(version) => changed(version),
            CompaniesError::BeyondOwn => Self::forbidden(),
            CompaniesError::InAnotherCompany => conflict(
                "companies/in-another-company",
                "The account belongs to another company too: remove the person instead",
            ),
            CompaniesError::NameTaken => conflict("companies/name-taken", "Another company holds this name"),
            CompaniesError::TooManyInvitations => {
                conflict("companies/too-many-invitations", "Too many invitations are open")
            }
            CompaniesError::NotInUse => conflict("companies/not-in-use", "The company is not in use yet"),
            CompaniesError::Database(error) => Self::of_database(&error),
        }
    }
}

fn role_named(name: &str) -> Result<Role, Problem> {
    match name {
        "admin" => Ok(Role::Admin),
        "user" => Ok(Role::User),
        _ => Err(Problem::invalid_request("role: expected admin or user")),
    }
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReasonGiven {
    /// 1 to 500 characters.
    reason: String,
}

impl ReasonGiven {
    fn read(&self) -> Result<Reason, Problem> {
        let wrong = CompaniesError::Invalid("reason", "1 to 500 characters");
        Reason::new(&self.reason).ok_or_else(|| wrong.into())
    }
}
