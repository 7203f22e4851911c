//! A contact of a company, and what people type of one.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    access::Denied,
    companies::CompanyId,
    contacts::{Kind, masked},
    otp::{Channel, Otp},
    platform::masked::{Masked, masked_name},
    typed_id,
};

typed_id!(
    /// A contact of a company.
    CompanyContactId
);

/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// What somebody is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matter {
    /// Maintenance and faults.
    Technical,
    /// Invoices and payments.
    Billing,
    /// Incidents and abuse.
    Security,
    /// Anything else.
    Other,
}

impl Matter {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Technical, Self::Billing, Self::Security, Self::Other];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Billing => "billing",
            Self::Security => "security",
            Self::Other => "other",
        }
    }
}

/// Whom to ask at a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyContact {
    /// Its id.
    pub contact_id: CompanyContactId,
    /// The company.
    pub company_id: CompanyId,
    /// From 1, one more with each change.
    pub version: i64,
    /// How they are called.
    pub name: Masked<String>,
    /// What they are asked about; never empty.
    pub purposes: BTreeSet<Matter>,
    /// Their address, its domain in lower case.
    pub email: Masked<String>,
    /// Their number in E.164.
    pub phone: Option<Masked<String>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
}

impl CompanyContact {
    /// The same with personal data as staff see it, and as the audit trail keeps it.
    #[must_use]
    pub fn masked(self) -> Self {
        let phone = |phone: Masked<String>| Masked::new(masked(Kind::Phone, phone.expose()));
        Self {
            name: Masked::new(masked_name(self.name.expose())),
            email: Masked::new(masked(Kind::Email, self.email.expose())),
            phone: self.phone.map(phone),
            ..self
        }
    }
}

/// A contact as it was typed; an empty number says that there is none.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of a contact, as text")]
pub struct ContactInput {
    pub name: Masked<String>,
    pub purposes: BTreeSet<Matter>,
    pub email: Masked<String>,
    pub phone: Masked<String>,
}

/// A field that is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of a contact")]
pub enum ContactField {
    Name,
    Purposes,
    Email,
    Phone,
}

impl ContactInput {
    /// What is typed, in its written form.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub(super) fn read(&self, otp: &Otp) -> Result<Self, Vec<ContactField>> {
        let mut wrong = Vec::new();
        let name = self.name.expose().trim();
        if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            wrong.push(ContactField::Name);
        }
        if self.purposes.is_empty() {
            wrong.push(ContactField::Purposes);
        }
        let email = otp.written(Channel::Email, self.email.expose());
        if email.is_err() {
            wrong.push(ContactField::Email);
        }
        let phone = match self.phone.expose().trim() {
            "" => Some(Masked::default()),
            typed => otp.number(typed),
        };
        if phone.is_none() {
            wrong.push(ContactField::Phone);
        }
        match (email, phone) {
            (Ok(email), Some(phone)) if wrong.is_empty() => {
                Ok(Self { name: Masked::new(name.to_owned()), purposes: self.purposes.clone(), email, phone })
            }
            _ => Err(wrong),
        }
    }

    /// The number, if there is one.
    pub(super) fn phone(&self) -> Option<Masked<String>> {
        Some(self.phone.clone()).filter(|phone| !phone.expose().is_empty())
    }
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CompanyContactError {
    /// The caller may not, or may not know of it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Fields are not as they must be.
    #[error("fields are not as they must be")]
    Fields(Vec<ContactField>),
    /// Somebody else has saved meanwhile: the contact as it is now.
    #[error("changed meanwhile")]
    Changed(Box<CompanyContact>),
    /// Another contact of the company has the address.
    #[error("the address is held already")]
    Held,
    /// The company has as many as it may have.
    #[error("too many contacts")]
    TooMany,
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Database(#[from] sqlx::Error),
}
