//! What is listed, asked for and refused.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::Denied,
    companies::{CompanyId, Role},
    platform::masked::Masked,
};

crate::typed_id! {
    /// An invitation into a company.
    InvitationId
}

/// Somebody in a company, or on the way into it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PersonListed {
    /// Since when, or when they were invited.
    pub since: DateTime<Utc>,
    /// Their user id, or the id of their invitation: the place in the list.
    pub id: String,
    /// Keycloak's id, once they have an account.
    pub user_id: Option<String>,
    /// The invitation, until they have come.
    pub invitation_id: Option<Uuid>,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// The login e-mail address, or the invited one.
    pub email: Option<Masked<String>>,
    /// `admin` or `user`.
    pub role: String,
    /// `active`, `invited`, `expired`, `disabled` or `blocked`.
    pub state: String,
    /// When the invitation is over.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether something that was decided about them is still on its way to Keycloak.
    pub is_underway: bool,
}

/// Which people of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// A part of the name or the address.
    pub search: Option<Masked<String>>,
    /// One of the states.
    pub state: Option<String>,
    /// This person, or this invitation.
    pub id: Option<String>,
    /// Those after this place of the list.
    pub after: Option<(DateTime<Utc>, String)>,
}

/// Somebody who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NewInvitation {
    /// Where the invitation goes.
    pub email: Masked<String>,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// What they become.
    pub role: Role,
}

/// Somebody who asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct JoinRequestListed {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// When they asked.
    pub requested_at: DateTime<Utc>,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// The login e-mail address.
    pub email: Option<Masked<String>>,
}

/// The profile of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Profile {
    /// The company.
    #[schema(value_type = Uuid)]
    pub company_id: CompanyId,
    /// Its name.
    pub name: String,
    /// The name it is to have, until Keycloak has it.
    pub wanted_name: Option<String>,
    /// `pending`, `active`, `disabled` or `suspended`.
    pub status: String,
    /// How many people it has.
    pub members: i64,
    /// Since when it exists.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i64,
}

/// A company that nobody leads: whoever did was deleted, disabled or taken out in Keycloak itself.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, ToSchema)]
pub struct WithoutAdmin {
    /// Which one.
    #[schema(value_type = Uuid)]
    pub company_id: CompanyId,
    /// Its name.
    pub name: String,
    /// How many people are in it.
    pub members: i64,
}

/// Why, in the words of who asks; 1 to 500 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The longest, in characters.
    pub const MOST: usize = 500;

    /// The reason without blanks around it; none when nothing remains or too much.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (1..=Self::MOST).contains(&text.chars().count()).then(|| Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CompaniesError {
    /// The caller may not, or may not know of it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Who holds less than an admin makes none, and touches none.
    #[error("an admin holds more")]
    BeyondOwn,
    /// The company would be without an admin.
    #[error("the last admin stays")]
    LastAdmin,
    /// A value is not as it must be: the field, and what is expected.
    #[error("{0}: expected {1}")]
    Invalid(&'static str, &'static str),
    /// Somebody else has saved meanwhile: the present version.
    #[error("changed meanwhile")]
    Changed(i64),
    /// The person belongs to another company too, whose account it is as well.
    #[error("also in another company")]
    InAnotherCompany,
    /// Another company holds the name.
    #[error("the name is taken")]
    NameTaken,
    /// The company has too many open invitations.
    #[error("too many open invitations")]
    TooManyInvitations,
    /// The company is not in use yet.
    #[error("the company is not in use")]
    NotInUse,
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Database(#[from] sqlx::Error),
}
