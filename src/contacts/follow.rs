//! The rule by which contacts follow the login address and the second factors.

use chrono::{DateTime, Utc};

use super::{Contact, ContactId, Kind, Proof, Purpose, model::comparable_email};
use crate::platform::masked::Masked;

/// What is true about a person's addresses elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// The login address; none when they were deleted or have none.
    pub login: Option<Login>,
    /// Where their codes go.
    pub destinations: Vec<Destination>,
    /// Whether the person still exists; of whoever does not, nothing is kept.
    pub exists: bool,
    /// When this became true.
    pub since: DateTime<Utc>,
}

/// The login address in Keycloak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The address.
    pub address: Masked<String>,
    /// Whether Keycloak holds it as proven.
    pub verified: bool,
}

/// Where codes of a second factor go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// E-mail or phone.
    pub kind: Kind,
    /// The address or number.
    pub value: Masked<String>,
    /// When a code sent to it was first entered.
    pub verified_at: DateTime<Utc>,
}

/// The contacts that a person should have, from those held and what is true elsewhere.
///
/// What is held for purposes of the person's own stays. Applying the rule to its own result changes
/// nothing.
pub fn follow(held: &[Contact], facts: &Facts, mut new_id: impl FnMut() -> ContactId) -> Vec<Contact> {
    if !facts.exists {
        return Vec::new();
    }
    let mut contacts: Vec<Contact> = held.to_vec();
    for contact in &mut contacts {
        contact.purposes.retain(|purpose| !purpose.is_followed());
    }
    if let Some(login) = &facts.login {
        let value = Masked::new(comparable_email(login.address.expose()));
        let contact = entry(&mut contacts, facts, Kind::Email, value, &mut new_id);
        contact.purposes.insert(Purpose::Login);
        match (login.verified, contact.proof) {
            (true, None) => prove(contact, facts.since, Proof::Keycloak),
            (false, Some(Proof::Keycloak)) => (contact.verified_at, contact.proof) = (None, None),
            _ => {}
        }
    }
    for destination in &facts.destinations {
        let value = match destination.kind {
            Kind::Email => Masked::new(comparable_email(destination.value.expose())),
            Kind::Phone => destination.value.clone(),
        };
        let contact = entry(&mut contacts, facts, destination.kind, value, &mut new_id);
        contact.purposes.insert(Purpose::SecondFactor);
        if contact.proof.is_none() {
            prove(contact, destination.verified_at, Proof::Code);
        }
    }
    contacts.retain(|contact| !contact.purposes.is_empty());
    for kind in [Kind::Email, Kind::Phone] {
        choose_primary(&mut contacts, kind);
    }
    for contact in &mut contacts {
        if !held.contains(contact) {
            contact.updated_at = facts.since;
        }
    }
    contacts
}

fn entry<'a>(
    contacts: &'a mut Vec<Contact>,
    facts: &Facts,
    kind: Kind,
    value: Masked<String>,
    new_id: &mut impl FnMut() -> ContactId,
) -> &'a mut Contact {
    let index = contacts.iter().position(|contact| contact.kind == kind && contact.value == value);
    let index = index.unwrap_or_else(|| {
        contacts.push(Contact {
            contact_id: new_id(),
            user_id: facts.user_id.clone(),
            kind,
            value,
            purposes: std::collections::BTreeSet::new(),
            is_primary: false,
            verified_at: None,
            proof: None,
            created_at: facts.since,
            updated_at: facts.since,
        });
        contacts.len() - 1
    });
    &mut contacts[index]
}

fn prove(contact: &mut Contact, at: DateTime<Utc>, proof: Proof) {
    contact.verified_at = Some(at);
    contact.proof = Some(proof);
}

/// The one that was primary, else the login address, else a proven one, else the eldest.
pub(super) fn choose_primary(contacts: &mut [Contact], kind: Kind) {
    let chosen = contacts
        .iter()
        .filter(|contact| contact.kind == kind)
        .max_by_key(|contact| {
            (
                contact.is_primary,
                contact.purposes.contains(&Purpose::Login),
                contact.verified_at.is_some(),
                std::cmp::Reverse((contact.created_at, contact.contact_id)),
            )
        })
        .map(|contact| contact.contact_id);
    for contact in contacts.iter_mut().filter(|contact| contact.kind == kind) {
        contact.is_primary = Some(contact.contact_id) == chosen;
    }
}
