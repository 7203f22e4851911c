//! The state of a person or an organisation that comes along with an event.
//!
//! Only the fields named here are read: what Keycloak or a later extension adds is not taken over
//! until somebody has looked at it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::masked::Masked;

/// A person as Keycloak held them when the record was sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// Keycloak's id of the person.
    pub id: String,
    /// The name they sign in by.
    pub username: Masked<String>,
    /// The login e-mail address.
    pub email: Option<Masked<String>>,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// BCP 47 language of Keycloak's pages.
    pub locale: Option<String>,
    /// Whether the person may sign in at all.
    pub enabled: bool,
    /// When Keycloak made the person; absent for some federated ones.
    pub created_at: Option<DateTime<Utc>>,
    /// Attributes that the realm's profile allows.
    #[serde(default)]
    pub attributes: Attributes,
    /// The organisations the person belongs to.
    #[serde(default)]
    pub organizations: Vec<OrganizationRef>,
    /// The second factors in Keycloak.
    #[serde(default)]
    pub factors: Vec<Factor>,
}

/// Attributes of a person; each a single text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Attributes {
    /// The company name that the person typed when signing up.
    pub company: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// BCP 47, as chosen at sign-up.
    pub locale: Option<String>,
    /// Which terms were accepted.
    pub terms_version: Option<String>,
    /// When, as Keycloak wrote it.
    pub terms_accepted_at: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
}

/// An organisation as a member's record names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrganizationRef {
    /// Keycloak's id.
    pub id: String,
    /// Its unchanging short name.
    pub alias: String,
    /// Its name.
    pub name: String,
}

/// A second factor as Keycloak holds it: never its secret, and the destination only masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Our factor id for codes by SMS and e-mail, else Keycloak's credential id.
    pub id: String,
    /// `sms`, `email`, `totp`, `passkey`, `recovery-codes`, or what a later version adds.
    pub channel: String,
    /// The masked destination.
    pub hint: Option<String>,
}

/// An organisation as Keycloak held it when the record was sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// Keycloak's id.
    pub id: String,
    /// Its unchanging short name; for those we made, the company id.
    pub alias: String,
    /// Its name.
    pub name: String,
    /// Whether its members may use it.
    pub enabled: bool,
}

impl Person {
    /// The longest any text may be: Keycloak's columns hold 255 characters, attributes 2 048.
    const MAX_TEXT: usize = 2048;

    /// Whether every text fits our columns: within bounds and without NUL, which PostgreSQL refuses.
    pub(super) fn is_storable(&self) -> bool {
        let masked =
            [Some(&self.username), self.email.as_ref(), self.first_name.as_ref(), self.last_name.as_ref()];
        let attributes = &self.attributes;
        let plain = [
            self.locale.as_ref(),
            attributes.company.as_ref(),
            attributes.country.as_ref(),
            attributes.locale.as_ref(),
            attributes.terms_version.as_ref(),
            attributes.terms_accepted_at.as_ref(),
            attributes.time_zone.as_ref(),
        ];
        let factors = self.factors.iter().flat_map(|f| [Some(&f.id), Some(&f.channel), f.hint.as_ref()]);
        let organizations =
            self.organizations.iter().flat_map(|o| [Some(&o.id), Some(&o.alias), Some(&o.name)]);
        masked
            .into_iter()
            .flatten()
            .map(Masked::expose)
            .chain(plain.into_iter().chain(factors).chain(organizations).flatten())
            .all(|text| text.len() <= Self::MAX_TEXT && !text.contains('\0'))
    }
}

impl Organization {
    pub(super) fn is_storable(&self) -> bool {
        [&self.id, &self.alias, &self.name]
            .iter()
            .all(|text| text.len() <= Person::MAX_TEXT && !text.contains('\0'))
    }
}
