//! The records themselves, field by field as `schemas/` describes them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Billing;
use crate::{
    billing::BillingProfile,
    companies::{Company, CompanyId, Role, contacts::CompanyContact},
    contacts::{Contact, Kind, Purpose},
    directory::{PersonRow, SecondFactor, Status, second_factors, status},
    platform::masked::Masked,
};

/// `io.gatehouse.user.state.v1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct UserRecord {
    pub user_id: String,
    pub realm: String,
    pub region: String,
    pub revision: i64,
    pub status: Status,
    pub username: Option<Masked<String>>,
    pub name: Name,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    pub emails: Vec<EmailEntry>,
    pub phones: Vec<PhoneEntry>,
    pub second_factors: Vec<SecondFactor>,
    pub company: Option<CompanyOfUser>,
    pub projects: Vec<Project>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

/// Given and family name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct Name {
    pub first: Option<Masked<String>>,
    pub last: Option<Masked<String>>,
}

/// An e-mail address of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct EmailEntry {
    pub address: Masked<String>,
    pub purposes: BTreeSet<Purpose>,
    pub primary: bool,
    pub verified_at: Option<DateTime<Utc>>,
}

/// A phone of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct PhoneEntry {
    pub e164: Masked<String>,
    pub purposes: BTreeSet<Purpose>,
    pub primary: bool,
    pub verified_at: Option<DateTime<Utc>>,
}

/// The company of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct CompanyOfUser {
    pub company_id: CompanyId,
    pub name: String,
    pub role: Role,
    pub billing: Billing,
}

/// A project in OpenStack.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct Project {
    pub region: String,
    pub project_id: String,
}

impl Project {
    /// The projects of these ids of Keystone, in their order.
    pub(super) fn all(region: Region<'_>, ids: Option<&BTreeSet<String>>) -> Vec<Self> {
        let project = |id: &String| Self { region: region.0.to_owned(), project_id: id.clone() };
        ids.into_iter().flatten().map(project).collect()
    }
}

/// `io.gatehouse.company.state.v1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field is described in the schema that readers use")]
pub struct CompanyRecord {
    pub company_id: CompanyId,
    pub revision: i64,
    pub status: crate::companies::Status,
    pub name: String,
    pub billing: Billing,
    pub members: i64,
    pub projects: Vec<Project>,
}

/// Which region the records are from.
#[derive(Debug, Clone, Copy)]
pub struct Region<'a>(pub &'a str);

impl UserRecord {
    /// The record of a living person. Its revision is 0 until the publisher gives it one.
    #[must_use]
    pub fn of(
        region: Region<'_>,
        person: PersonRow,
        contacts: &[Contact],
        company: Option<(&Company, Role)>,
        (profile, billing_contacts): (&BillingProfile, &[CompanyContact]),
    ) -> Self {
        let times = contacts.iter().map(|contact| contact.updated_at);
        let times = times.chain(company.map(|(company, _)| company.updated_at));
        Self {
            region: region.0.to_owned(),
            revision: 0,
            status: status(&person),
            second_factors: second_factors(&person),
            updated_at: times.fold(person.updated_at, DateTime::max),
            user_id: person.user_id,
            realm: person.realm,
            username: person.username,
            name: Name { first: person.first_name, last: person.last_name },
            locale: person.locale,
            time_zone: person.time_zone,
            emails: of_kind(contacts, Kind::Email).map(EmailEntry::of).collect(),
            phones: of_kind(contacts, Kind::Phone).map(PhoneEntry::of).collect(),
            company: company.map(|(company, role)| CompanyOfUser {
                company_id: company.company_id,
                name: company.name.clone(),
                role,
                billing: Billing::of(&company.name, profile, billing_contacts),
            }),
            projects: Vec::new(),
            created_at: person.created_at,
        }
    }
}

fn of_kind(contacts: &[Contact], kind: Kind) -> impl Iterator<Item = &Contact> {
    contacts.iter().filter(move |contact| contact.kind == kind)
}

impl EmailEntry {
    fn of(contact: &Contact) -> Self {
        Self {
            address: contact.value.clone(),
            purposes: contact.purposes.clone(),
            primary: contact.is_primary,
            verified_at: contact.verified_at,
        }
    }
}

impl PhoneEntry {
    fn of(contact: &Contact) -> Self {
        Self {
            e164: contact.value.clone(),
            purposes: contact.purposes.clone(),
            primary: contact.is_primary,
            verified_at: contact.verified_at,
        }
    }
}

impl CompanyRecord {
    /// The record of a company. Its revision is 0 until the publisher gives it one.
    #[must_use]
    pub fn of(
        company: &Company,
        members: i64,
        (profile, billing_contacts): (&BillingProfile, &[CompanyContact]),
    ) -> Self {
        Self {
            company_id: company.company_id,
            revision: 0,
            status: company.status,
            name: company.name.clone(),
            billing: Billing::of(&company.name, profile, billing_contacts),
            members,
            projects: Vec::new(),
        }
    }
}
