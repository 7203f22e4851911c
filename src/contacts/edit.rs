//! The rules by which people change their own contacts. What follows Keycloak or the one-time codes is
//! not theirs to change here.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Contact, ContactId, Kind, Proof, Purpose, follow::choose_primary};
use crate::platform::masked::Masked;

/// The most contacts of one kind that a person may have.
pub const MAX_OF_KIND: usize = 10;

/// Why a change is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unchanged {
    /// There is no such contact of this person.
    #[error("there is no such contact")]
    NotFound,
    /// No purpose was chosen.
    #[error("a contact needs a purpose")]
    NoPurpose,
    /// It is used to sign in, or to receive codes.
    #[error("the contact follows the sign-in")]
    Followed,
    /// It is held already, for the same purposes.
    #[error("the contact is held already")]
    Held,
    /// There are as many of its kind as there may be.
    #[error("there are too many contacts")]
    TooMany,
}

/// An address whose code was entered.
#[derive(Debug, Clone)]
pub struct Proven {
    /// What kind it is.
    pub kind: Kind,
    /// In its comparable form.
    pub value: Masked<String>,
    /// What it shall be used for.
    pub purposes: BTreeSet<Purpose>,
}

/// The purposes that people choose themselves.
#[must_use]
pub fn own_purposes(chosen: impl IntoIterator<Item = Purpose>) -> BTreeSet<Purpose> {
    chosen.into_iter().filter(|purpose| !purpose.is_followed()).collect()
}

/// Takes in a proven address. One that is held already gets the new purposes as well.
pub fn add(
    contacts: &mut Vec<Contact>,
    user_id: &str,
    proven: Proven,
    now: DateTime<Utc>,
    id: ContactId,
) -> Result<ContactId, Unchanged> {
    let purposes = own_purposes(proven.purposes);
    if purposes.is_empty() {
        return Err(Unchanged::NoPurpose);
    }
    let of_kind = || contacts.iter().filter(|contact| contact.kind == proven.kind);
    let is_first = of_kind().next().is_none();
    let is_full = of_kind().count() >= MAX_OF_KIND;
    let held =
        contacts.iter_mut().find(|contact| contact.kind == proven.kind && contact.value == proven.value);
    if let Some(contact) = held {
        contact.purposes.extend(purposes);
        if contact.proof.is_none() {
            (contact.proof, contact.verified_at) = (Some(Proof::Code), Some(now));
        }
        contact.updated_at = now;
        return Ok(contact.contact_id);
    }
    if is_full {
        return Err(Unchanged::TooMany);
    }
    contacts.push(Contact {
        contact_id: id,
        user_id: user_id.to_owned(),
        kind: proven.kind,
        value: proven.value,
        purposes,
        is_primary: is_first,
        verified_at: Some(now),
        proof: Some(Proof::Code),
        created_at: now,
        updated_at: now,
    });
    Ok(id)
}

/// Uses a contact for other purposes; those that follow the sign-in stay.
pub fn set_purposes(
    contacts: &mut [Contact],
    id: ContactId,
    purposes: impl IntoIterator<Item = Purpose>,
    now: DateTime<Utc>,
) -> Result<(), Unchanged> {
    let contact = find(contacts, id)?;
    let followed = contact.purposes.iter().copied().filter(|purpose| purpose.is_followed());
    let wanted: BTreeSet<Purpose> = own_purposes(purposes).into_iter().chain(followed).collect();
    if wanted.is_empty() {
        return Err(Unchanged::NoPurpose);
    }
    if wanted != contact.purposes {
        contact.purposes = wanted;
        contact.updated_at = now;
    }
    Ok(())
}

/// Makes a contact the first choice of its kind. Only a proven one can be.
pub fn make_primary(contacts: &mut [Contact], id: ContactId, now: DateTime<Utc>) -> Result<(), Unchanged> {
    let kind = find(contacts, id).and_then(|contact| {
        if contact.verified_at.is_some() { Ok(contact.kind) } else { Err(Unchanged::NotFound) }
    })?;
    for contact in contacts.iter_mut().filter(|contact| contact.kind == kind) {
        let is_primary = contact.contact_id == id;
        if contact.is_primary != is_primary {
            contact.is_primary = is_primary;
            contact.updated_at = now;
        }
    }
    Ok(())
}

/// Removes a contact; another of its kind steps in as first choice.
pub fn remove(contacts: &mut Vec<Contact>, id: ContactId, now: DateTime<Utc>) -> Result<Contact, Unchanged> {
    let index = contacts.iter().position(|contact| contact.contact_id == id).ok_or(Unchanged::NotFound)?;
    if contacts[index].purposes.iter().any(|purpose| purpose.is_followed()) {
        return Err(Unchanged::Followed);
    }
    let removed = contacts.remove(index);
    let before: Vec<bool> = contacts.iter().map(|contact| contact.is_primary).collect();
    choose_primary(contacts, removed.kind);
    for (contact, was_primary) in contacts.iter_mut().zip(before) {
        if contact.is_primary != was_primary {
            contact.updated_at = now;
        }
    }
    Ok(removed)
}

fn find(contacts: &mut [Contact], id: ContactId) -> Result<&mut Contact, Unchanged> {
    contacts.iter_mut().find(|contact| contact.contact_id == id).ok_or(Unchanged::NotFound)
}
