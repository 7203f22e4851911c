//! What the directory holds, and what an event would make of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, types::Json};

use crate::{
    events::{Event, Factor, Organization, OrganizationRef, Person, Subject},
    platform::masked::Masked,
};

/// A person as the directory holds them. After deletion only the first three fields and
/// `deleted_at` say anything.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct PersonRow {
    /// Keycloak's id.
    pub user_id: String,
    /// The realm they belong to.
    pub realm: String,
    /// Of the record this state came by.
    pub sequence: i64,
    /// The name they sign in by.
    pub username: Option<Masked<String>>,
    /// The login e-mail address.
    pub email: Option<Masked<String>>,
    /// Whether it is proven.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The company name typed at sign-up.
    pub company: Option<String>,
    /// Which terms were accepted.
    pub terms_version: Option<String>,
    /// When, as Keycloak wrote it.
    pub terms_accepted_at: Option<String>,
    /// Whether they may sign in at all.
    pub enabled: bool,
    /// Second factors in Keycloak, in its order.
    pub factors: Json<Vec<Factor>>,
    /// When Keycloak made them.
    pub created_at: Option<DateTime<Utc>>,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
    /// When they were found deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl PersonRow {
    /// Whether the person exists in Keycloak.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.deleted_at.is_none()
    }
}

impl Held for PersonRow {
    fn id(&self) -> &str {
        &self.user_id
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn same_as(&self, other: &Self) -> bool {
        let mut as_other = self.clone();
        as_other.sequence = other.sequence;
        as_other.is_alive() == other.is_alive() && {
            as_other.keep_times_of(other);
            as_other == *other
        }
    }

    fn keep_times_of(&mut self, other: &Self) {
        self.updated_at = other.updated_at;
        self.deleted_at = other.deleted_at;
    }
}

/// An organisation as the directory holds it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct OrganizationRow {
    /// Keycloak's id.
    pub organization_id: String,
    /// The realm it belongs to.
    pub realm: String,
    /// Of the record this state came by; 0 when only a member's record has named it.
    pub sequence: i64,
    /// Its unchanging short name.
    pub alias: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Whether its members may use it.
    pub enabled: bool,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was found deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Held for OrganizationRow {
    fn id(&self) -> &str {
        &self.organization_id
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn same_as(&self, other: &Self) -> bool {
        let mut as_other = self.clone();
        as_other.sequence = other.sequence;
        as_other.deleted_at.is_some() == other.deleted_at.is_some() && {
            as_other.keep_times_of(other);
            as_other == *other
        }
    }

    fn keep_times_of(&mut self, other: &Self) {
        self.updated_at = other.updated_at;
        self.deleted_at = other.deleted_at;
    }
}

/// What a record makes of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonUpdate {
    /// The row that should be held.
    pub row: PersonRow,
    /// The organisations the person is in.
    pub organizations: Vec<OrganizationRef>,
}

/// A person, or an organisation, before and after; before is none when they were not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<Row> {
    /// What was held.
    pub before: Option<Row>,
    /// What is held now.
    pub after: Row,
}

/// What is held, when it came, and whether a newer record says the same.
pub(super) trait Held {
    /// The key.
    fn id(&self) -> &str;
    /// Of the record the state came by.
    fn sequence(&self) -> i64;
    /// Whether both hold the same, whenever and by whatever record it came.
    fn same_as(&self, other: &Self) -> bool;
    /// Takes over when the content came to be.
    fn keep_times_of(&mut self, other: &Self);
}

/// The last state of each person and each organisation among the events, whatever their order.
#[must_use]
pub fn fold(events: &[Event]) -> (Vec<PersonUpdate>, Vec<OrganizationRow>) {
    let mut people: BTreeMap<&str, &Event> = BTreeMap::new();
    let mut organizations: BTreeMap<&str, &Event> = BTreeMap::new();
    for event in events {
        let (latest, id) = match &event.subject {
            Subject::Person { id, .. } => (&mut people, id),
            Subject::Organization { id, .. } => (&mut organizations, id),
            Subject::Unknown => continue,
        };
        let kept = latest.entry(id).or_insert(event);
        if kept.sequence < event.sequence {
            *kept = event;
        }
    }
    (
        people.into_values().filter_map(PersonUpdate::of).collect(),
        organizations.into_values().filter_map(organization_row).collect(),
    )
}

impl PersonUpdate {
    fn of(event: &Event) -> Option<Self> {
        let Subject::Person { id, state } = &event.subject else { return None };
        let row = match state.as_deref() {
            None => deleted_person(id, event),
            Some(person) => person_of(person, &event.realm, event.sequence, event.time),
        };
        let organizations = state.as_ref().map(|person| person.organizations.clone()).unwrap_or_default();
        Some(Self { row, organizations })
    }
}

fn deleted_person(id: &str, event: &Event) -> PersonRow {
    PersonRow {
        user_id: id.to_owned(),
        realm: event.realm.clone(),
        sequence: event.sequence,
        username: None,
        email: None,
        email_verified: false,
        first_name: None,
        last_name: None,
        locale: None,
        time_zone: None,
        country: None,
        company: None,
        terms_version: None,
        terms_accepted_at: None,
        enabled: false,
        factors: Json(Vec::new()),
        created_at: None,
        updated_at: event.time,
        deleted_at: Some(event.time),
    }
}

/// The row of a person who exists.
pub(super) fn person_of(person: &Person, realm: &str, sequence: i64, time: DateTime<Utc>) -> PersonRow {
    let attributes = person.attributes.clone();
    PersonRow {
        user_id: person.id.clone(),
        realm: realm.to_owned(),
        sequence,
        username: Some(person.username.clone()),
        email: person.email.clone(),
        email_verified: person.email_verified,
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        locale: person.locale.clone().or(attributes.locale),
        time_zone: attributes.time_zone,
        country: attributes.country,
        company: attributes.company,
        terms_version: attributes.terms_version,
        terms_accepted_at: attributes.terms_accepted_at,
        enabled: person.enabled,
        factors: Json(person.factors.clone()),
        created_at: person.created_at,
        updated_at: time,
        deleted_at: None,
    }
}

fn organization_row(event: &Event) -> Option<OrganizationRow> {
    let Subject::Organization { id, state } = &event.subject else { return None };
    Some(match state {
        Some(organization) => organization_of(organization, &event.realm, event.sequence, event.time),
        None => OrganizationRow {
            organization_id: id.clone(),
            realm: event.realm.clone(),
            sequence: event.sequence,
            alias: None,
            name: None,
            enabled: false,
            updated_at: event.time,
            deleted_at: Some(event.time),
        },
    })
}

/// The row of an organisation that exists.
pub(super) fn organization_of(
    organization: &Organization,
    realm: &str,
    sequence: i64,
    time: DateTime<Utc>,
) -> OrganizationRow {
    OrganizationRow {
        organization_id: organization.id.clone(),
        realm: realm.to_owned(),
        sequence,
        alias: Some(organization.alias.clone()),
        name: Some(organization.name.clone()),
        enabled: organization.enabled,
        updated_at: time,
        deleted_at: None,
    }
}
