//! The contacts of a company by API.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    CompanyContact, CompanyContactError, CompanyContactId, CompanyContacts, ContactField, ContactInput,
    Matter,
};
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::{CompanyId, administration::Reason},
    platform::{
        http::{
            extract::{JsonBody, PathIds},
            preconditions::{IfMatch, Versioned, changed},
        },
        masked::Masked,
        problem::Problem,
    },
};

/// `/companies/{company_id}/contacts` and what is below it.
#[must_use]
pub fn router(keeper: Gatekeeper, contacts: &CompanyContacts) -> Routes {
    let state = || contacts.clone();
    let (look, keep) = (Guard::Company(Permission::PeopleView), Guard::Company(Permission::ContactsManage));
    Routes::new(keeper)
        .at(look, routes!(list), state())
        .at(keep, routes!(add), state())
        .at(look, routes!(find), state())
        .at(keep, routes!(change), state())
        .at(keep, routes!(remove), state())
        .at(Guard::System(Permission::PeopleUnmask), routes!(unmask), state())
}

impl From<CompanyContactError> for Problem {
    fn from(error: CompanyContactError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            CompanyContactError::Denied(denied) => denied.into(),
            CompanyContactError::Fields(fields) => Self::invalid_fields(fields.into_iter().map(expected)),
            CompanyContactError::Changed(newest) => changed(newest.version),
            CompanyContactError::Held => {
                conflict("companies/contact-held", "Another contact of the company has this address")
            }
            CompanyContactError::TooMany => {
                conflict("companies/too-many-contacts", "There are as many contacts as there may be")
            }
            CompanyContactError::Database(error) => Self::of_database(&error),
        }
    }
}

fn expected(field: ContactField) -> (&'static str, &'static str) {
    match field {
        ContactField::Name => ("name", "1 to 100 characters"),
        ContactField::Purposes => ("purposes", "at least one of technical, billing, security, other"),
        ContactField::Email => ("email", "an e-mail address"),
        ContactField::Phone => ("phone", "a number with its country code, or none"),
    }
}

/// Whom to ask at a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyContactShown {
    /// Its id.
    pub contact_id: Uuid,
    /// How they are called; masked for staff.
    #[schema(value_type = String)]
    pub name: Masked<String>,
    /// `technical`, `billing`, `security` or `other`.
    #[schema(value_type = Vec<String>)]
    pub purposes: BTreeSet<Matter>,
    /// Their address, which nobody has proven; masked for staff.
    #[schema(value_type = String)]
    pub email: Masked<String>,
    /// Their number in E.164; masked for staff.
    #[schema(value_type = Option<String>)]
    pub phone: Option<Masked<String>>,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
    /// What `If-Match` says of it, in quotes.
    pub version: i64,
}

impl From<CompanyContact> for CompanyContactShown {
    fn from(contact: CompanyContact) -> Self {
        Self {
            contact_id: contact.contact_id.0,
            name: contact.name,
            purposes: contact.purposes,
            email: contact.email,
            phone: contact.phone,
            updated_at: contact.updated_at,
            version: contact.version,
        }
    }
}

/// All contacts: there are never more than fit into one answer.
#[derive(Debug, Serialize, ToSchema)]
struct CompanyContactList {
    items: Vec<CompanyContactShown>,
}

/// A contact as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompanyContactBody {
    /// 1 to 100 characters.
    #[schema(value_type = String, max_length = 100)]
    name: Masked<String>,
    /// At least one of `technical`, `billing`, `security`, `other`.
    #[schema(value_type = Vec<String>)]
    purposes: BTreeSet<Matter>,
    /// An e-mail address.
    #[schema(value_type = String, max_length = 254)]
    email: Masked<String>,
    /// A number with its country code.
    #[schema(value_type = Option<String>, max_length = 40)]
    phone: Option<Masked<String>>,
}

impl From<CompanyContactBody> for ContactInput {
    fn from(body: CompanyContactBody) -> Self {
        let phone = body.phone.unwrap_or_default();
        Self { name: body.name, purposes: body.purposes, email: body.email, phone }
    }
}

fn versioned(contact: CompanyContact) -> Versioned<Json<CompanyContactShown>> {
    Versioned { version: contact.version, answer: Json(contact.into()) }
}

/// Whom to ask at a company. They need no account.
#[utoipa::path(
    get, path = "/companies/{company_id}/contacts", operation_id = "listCompanyContacts", tag = "companies",
    params(("company_id" = Uuid, Path)),
    responses((status = 200, body = CompanyContactList), (status = 401), (status = 403), (status = 404)),
)]
async fn list(
    State(contacts): State<CompanyContacts>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
) -> Result<Json<CompanyContactList>, Problem> {
    let found = contacts.list(&caller, company_id).await?;
    Ok(Json(CompanyContactList { items: found.into_iter().map(Into::into).collect() }))
}

/// Why personal data is looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnmaskContactsBody {
    /// 1 to 500 characters.
    reason: String,
}

/// The contacts of a company, unmasked for staff: recorded, and visible to the company.
#[utoipa::path(
    post, path = "/backoffice/companies/{company_id}/contacts/unmask", operation_id = "unmaskCompanyContacts",
    tag = "backoffice", params(("company_id" = Uuid, Path)), request_body = UnmaskContactsBody,
    responses((status = 200, body = CompanyContactList), (status = 400), (status = 401), (status = 403),
              (status = 404)),
)]
async fn unmask(
    State(contacts): State<CompanyContacts>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    JsonBody(body): JsonBody<UnmaskContactsBody>,
) -> Result<Json<CompanyContactList>, Problem> {
    let reason = Reason::new(&body.reason)
        .ok_or_else(|| Problem::invalid_request("reason: expected 1 to 500 characters"))?;
    let found = contacts.unmasked(&caller, company_id, &reason).await?;
    Ok(Json(CompanyContactList { items: found.into_iter().map(Into::into).collect() }))
}

/// Adds a contact to a company.
#[utoipa::path(
    post, path = "/companies/{company_id}/contacts", operation_id = "addCompanyContact", tag = "companies",
    params(("company_id" = Uuid, Path)), request_body = CompanyContactBody,
    responses((status = 201, body = CompanyContactShown), (status = 400), (status = 401), (status = 403),
              (status = 404), (status = 409)),
)]
async fn add(
    State(contacts): State<CompanyContacts>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    JsonBody(body): JsonBody<CompanyContactBody>,
) -> Result<(StatusCode, Versioned<Json<CompanyContactShown>>), Problem> {
    let added = contacts.add(&caller, company_id, &body.into()).await?;
    Ok((StatusCode::CREATED, versioned(added)))
}

/// One contact of a company.
#[utoipa::path(
    get, path = "/companies/{company_id}/contacts/{contact_id}", operation_id = "getCompanyContact",
    tag = "companies", params(("company_id" = Uuid, Path), ("contact_id" = Uuid, Path)),
    responses((status = 200, body = CompanyContactShown), (status = 401), (status = 403), (status = 404)),
)]
async fn find(
    State(contacts): State<CompanyContacts>,
    caller: Caller,
    PathIds((company_id, id)): PathIds<(CompanyId, CompanyContactId)>,
) -> Result<Versioned<Json<CompanyContactShown>>, Problem> {
    Ok(versioned(contacts.find(&caller, company_id, id).await?))
}

/// Changes a contact of a company, over the version of `If-Match`.
#[utoipa::path(
    put, path = "/companies/{company_id}/contacts/{contact_id}", operation_id = "changeCompanyContact",
    tag = "companies",
    params(("company_id" = Uuid, Path), ("contact_id" = Uuid, Path),
           ("If-Match" = String, Header, description = "ETag of the last answer")),
    request_body = CompanyContactBody,
    responses((status = 200, body = CompanyContactShown), (status = 400), (status = 401), (status = 403),
              (status = 404), (status = 409), (status = 412), (status = 428)),
)]
async fn change(
    State(contacts): State<CompanyContacts>,
    caller: Caller,
    PathIds((company_id, id)): PathIds<(CompanyId, CompanyContactId)>,
    version: IfMatch,
    JsonBody(body): JsonBody<CompanyContactBody>,
) -> Result<Versioned<Json<CompanyContactShown>>, Problem> {
    Ok(versioned(contacts.change(&caller, company_id, (id, version.0), &body.into()).await?))
}

/// Removes a contact of a company.
#[utoipa::path(
    delete, path = "/companies/{company_id}/contacts/{contact_id}", operation_id = "removeCompanyContact",
    tag = "companies",
    params(("company_id" = Uuid, Path), ("contact_id" = Uuid, Path),
           ("If-Match" = String, Header, description = "ETag of the last answer")),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 412), (status = 428)),
)]
async fn remove(
    State(contacts): State<CompanyContacts>,
    caller: Caller,
    PathIds((company_id, id)): PathIds<(CompanyId, CompanyContactId)>,
    version: IfMatch,
) -> Result<StatusCode, Problem> {
    contacts.remove(&caller, company_id, (id, version.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}
