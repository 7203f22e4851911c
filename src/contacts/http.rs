//! A person's own contacts by API.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Contact, ContactError, ContactId, Contacts, Kind, Owner, Pending, PendingId, Purpose, Unchanged,
};
use crate::{
    access::{
        Caller, Denied, Who,
        http::{Gatekeeper, Guard, Routes},
    },
    directory::{self, PersonRow},
    platform::{
        http::{
            extract::{JsonBody, PathIds},
            preconditions::{IfMatch, Versioned, changed},
        },
        masked::Masked,
        problem::Problem,
    },
};

/// `/me/contacts` and what is below it.
#[must_use]
pub fn router(keeper: Gatekeeper, contacts: &Contacts) -> Routes {
    let state = || contacts.clone();
    Routes::new(keeper)
        .at(Guard::Person, routes!(list, add), state())
        .at(Guard::Person, routes!(prove), state())
        .at(Guard::Person, routes!(resend), state())
        .at(Guard::Person, routes!(cancel), state())
        .at(Guard::Person, routes!(set_purposes), state())
        .at(Guard::Person, routes!(make_primary), state())
        .at(Guard::Person, routes!(remove), state())
}

impl From<ContactError> for Problem {
    fn from(error: ContactError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            ContactError::Unchanged(Unchanged::NotFound) => Self::not_found(),
            ContactError::Unchanged(Unchanged::NoPurpose) => {
                let expected = "at least one of billing, technical, security";
                Self::invalid_request(format!("purposes: expected {expected}"))
                    .with("errors", json!([{"field": "purposes", "expected": expected}]))
            }
            ContactError::Unchanged(Unchanged::Followed) => {
                conflict("contacts/in-use", "The contact is used to sign in: change it there")
            }
            ContactError::Unchanged(Unchanged::Held) => {
                conflict("contacts/held", "The contact is held for these purposes already")
            }
            ContactError::Unchanged(Unchanged::TooMany) => {
                conflict("contacts/too-many", "There are as many contacts as there may be")
            }
            ContactError::Code(refusal) => refusal.problem(),
            ContactError::Changed(version) => changed(version),
            ContactError::Database(error) => Self::of_database(&error),
        }
    }
}

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnContact {
    /// Its id.
    pub contact_id: Uuid,
    /// `email` or `phone`.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The address, or the number in E.164.
    #[schema(value_type = String)]
    pub value: Masked<String>,
    /// `login`, `second_factor`, `billing`, `notice`, `technical` or `security`.
    #[schema(value_type = Vec<String>)]
    pub purposes: Vec<Purpose>,
    /// Whether it is the first choice among those of its kind.
    pub is_primary: bool,
    /// When it was proven.
    pub verified_at: Option<DateTime<Utc>>,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
    /// What `If-Match` says of it, in quotes.
    pub version: i64,
}

impl From<Contact> for OwnContact {
    fn from(contact: Contact) -> Self {
        Self {
            version: contact.version(),
            contact_id: contact.contact_id.0,
            kind: contact.kind,
            value: contact.value,
            purposes: contact.purposes.into_iter().collect(),
            is_primary: contact.is_primary,
            verified_at: contact.verified_at,
            updated_at: contact.updated_at,
        }
    }
}

/// An address that waits for its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingShown {
    /// Its id.
    pub pending_id: Uuid,
    /// `email` or `phone`.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The address, or the number in E.164.
    #[schema(value_type = String)]
    pub value: Masked<String>,
    /// What it shall be used for.
    #[schema(value_type = Vec<String>)]
    pub purposes: Vec<Purpose>,
    /// When the code was asked for.
    pub created_at: DateTime<Utc>,
}

impl From<Pending> for PendingShown {
    fn from(pending: Pending) -> Self {
        Self {
            pending_id: pending.pending_id.0,
            kind: pending.kind(),
            purposes: pending.purposes().collect(),
            value: pending.value,
            created_at: pending.created_at,
        }
    }
}

/// How a person is reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnContacts {
    /// What counts.
    pub contacts: Vec<OwnContact>,
    /// What waits for its code.
    pub pending: Vec<PendingShown>,
}

/// A new contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// `email` or `phone`.
    #[schema(value_type = String)]
    kind: Kind,
    /// The address, or the number with its country code.
    #[schema(value_type = String, max_length = 254)]
    value: Masked<String>,
    /// `billing`, `technical`, `security`.
    #[schema(value_type = Vec<String>)]
    purposes: Vec<Purpose>,
}

/// A code from a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// The code.
    #[schema(value_type = String, max_length = 32)]
    code: Masked<String>,
}

/// What a contact is used for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurposesBody {
    /// `billing`, `technical`, `security`; what follows the sign-in stays.
    #[schema(value_type = Vec<String>)]
    purposes: Vec<Purpose>,
}

impl Contacts {
    /// The caller as who manages their own contacts.
    async fn owner(&self, caller: &Caller) -> Result<Owner, Problem> {
        let Who::Person { user_id, session_id } = &caller.who else { return Err(Denied::Forbidden.into()) };
        let locale = self.locale_of(user_id).await.map_err(|error| Problem::of_database(&error))?;
        Ok(Owner {
            user_id: user_id.clone(),
            realm: caller.realm.clone(),
            session_id: session_id.clone(),
            locale: locale.ok_or_else(Problem::not_found)?,
            origin: caller.origin.clone(),
        })
    }

    /// The language of messages to a living person.
    async fn locale_of(&self, user_id: &str) -> Result<Option<String>, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let people = directory::people_by_id(&mut conn, &[user_id.to_owned()]).await?;
        let person = people.into_iter().find(PersonRow::is_alive);
        Ok(person.map(|person| person.locale.unwrap_or_else(|| "en".to_owned())))
    }

    async fn shown(&self, owner: &Owner, id: ContactId) -> Result<Versioned<Json<OwnContact>>, Problem> {
        let (contacts, _) = self.list(&owner.user_id).await.map_err(ContactError::from)?;
        let found = contacts.into_iter().find(|contact| contact.contact_id == id);
        let found = found.ok_or_else(Problem::not_found)?;
        Ok(Versioned { version: found.version(), answer: Json(found.into()) })
    }
}

/// The caller's contacts, and the addresses that wait for their code.
#[utoipa::path(
    get, path = "/me/contacts", operation_id = "listMyContacts", tag = "contacts",
    responses((status = 200, body = OwnContacts), (status = 401), (status = 403)),
)]
async fn list(State(contacts): State<Contacts>, caller: Caller) -> Result<Json<OwnContacts>, Problem> {
    let (held, pending) = contacts.list(caller.require_person()?).await.map_err(ContactError::from)?;
    Ok(Json(OwnContacts {
        contacts: held.into_iter().map(Into::into).collect(),
        pending: pending.into_iter().map(Into::into).collect(),
    }))
}

/// Sends a code to a new address or number, which counts once the code was entered.
#[utoipa::path(
    post, path = "/me/contacts", operation_id = "addMyContact", tag = "contacts", request_body = NewContact,
    responses((status = 202, body = PendingShown), (status = 401), (status = 403), (status = 409),
              (status = 422), (status = 429), (status = 503)),
)]
async fn add(
    State(contacts): State<Contacts>,
    caller: Caller,
    JsonBody(body): JsonBody<NewContact>,
) -> Result<(StatusCode, Json<PendingShown>), Problem> {
    let owner = contacts.owner(&caller).await?;
    let purposes = body.purposes.into_iter().collect();
    let id = contacts.add(&owner, body.kind, body.value.expose(), purposes).await?;
    let (_, pending) = contacts.list(&owner.user_id).await.map_err(ContactError::from)?;
    let pending = pending.into_iter().find(|pending| pending.pending_id == id);
    Ok((StatusCode::ACCEPTED, Json(pending.ok_or_else(Problem::not_found)?.into())))
}

/// Enters the code: the address is a contact from now on.
#[utoipa::path(
    post, path = "/me/contacts/pending/{pending_id}/verification", operation_id = "proveMyContact",
    tag = "contacts", params(("pending_id" = Uuid, Path)), request_body = CodeBody,
    responses((status = 200, body = OwnContact), (status = 401), (status = 403), (status = 404),
              (status = 410), (status = 422), (status = 423), (status = 429)),
)]
async fn prove(
    State(contacts): State<Contacts>,
    caller: Caller,
    PathIds(id): PathIds<PendingId>,
    JsonBody(body): JsonBody<CodeBody>,
) -> Result<Versioned<Json<OwnContact>>, Problem> {
    let owner = contacts.owner(&caller).await?;
    let contact_id = contacts.prove(&owner, id, body.code).await?;
    contacts.shown(&owner, contact_id).await
}

/// Sends the message again, or a new code when the old one is no longer good.
#[utoipa::path(
    post, path = "/me/contacts/pending/{pending_id}/resend", operation_id = "resendMyContactCode",
    tag = "contacts", params(("pending_id" = Uuid, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 429), (status = 503)),
)]
async fn resend(
    State(contacts): State<Contacts>,
    caller: Caller,
    PathIds(id): PathIds<PendingId>,
) -> Result<StatusCode, Problem> {
    contacts.resend(&contacts.owner(&caller).await?, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Takes back the wish for an address. Taking it back twice changes nothing.
#[utoipa::path(
    delete, path = "/me/contacts/pending/{pending_id}", operation_id = "cancelMyContact", tag = "contacts",
    params(("pending_id" = Uuid, Path)), responses((status = 204), (status = 401), (status = 403)),
)]
async fn cancel(
    State(contacts): State<Contacts>,
    caller: Caller,
    PathIds(id): PathIds<PendingId>,
) -> Result<StatusCode, Problem> {
    contacts.cancel(&contacts.owner(&caller).await?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Uses a contact for other purposes.
#[utoipa::path(
    put, path = "/me/contacts/{contact_id}/purposes", operation_id = "setMyContactPurposes", tag = "contacts",
    params(("contact_id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the last answer")),
    request_body = PurposesBody,
    responses((status = 200, body = OwnContact), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 412), (status = 428)),
)]
async fn set_purposes(
    State(contacts): State<Contacts>,
    caller: Caller,
    PathIds(id): PathIds<ContactId>,
    version: IfMatch,
    JsonBody(body): JsonBody<PurposesBody>,
) -> Result<Versioned<Json<OwnContact>>, Problem> {
    let owner = contacts.owner(&caller).await?;
    contacts.set_purposes(&owner, (id, Some(version.0)), body.purposes.into_iter().collect()).await?;
    contacts.shown(&owner, id).await
}

/// Makes a proven contact the first choice of its kind.
#[utoipa::path(
    put, path = "/me/contacts/{contact_id}/primary", operation_id = "makeMyContactPrimary", tag = "contacts",
    params(("contact_id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the last answer")),
    responses((status = 200, body = OwnContact), (status = 401), (status = 403), (status = 404), (status = 412),
              (status = 428)),
)]
async fn make_primary(
    State(contacts): State<Contacts>,
    caller: Caller,
    PathIds(id): PathIds<ContactId>,
    version: IfMatch,
) -> Result<Versioned<Json<OwnContact>>, Problem> {
    let owner = contacts.owner(&caller).await?;
    contacts.make_primary(&owner, (id, Some(version.0))).await?;
    contacts.shown(&owner, id).await
}

/// Removes a contact that is not used to sign in.
#[utoipa::path(
    delete, path = "/me/contacts/{contact_id}", operation_id = "removeMyContact", tag = "contacts",
    params(("contact_id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the last answer")),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409), (status = 412),
              (status = 428)),
)]
async fn remove(
    State(contacts): State<Contacts>,
    caller: Caller,
    PathIds(id): PathIds<ContactId>,
    version: IfMatch,
) -> Result<StatusCode, Problem> {
    contacts.remove(&contacts.owner(&caller).await?, (id, Some(version.0))).await?;
    Ok(StatusCode::NO_CONTENT)
}
