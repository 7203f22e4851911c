//! People and their sessions between our words and Keycloak's.

use chrono::DateTime;
use keycloak::types::{UserRepresentation, UserSessionRepresentation};

use super::{PersonChange, SessionInfo};

/// Writes what is to change into what Keycloak holds.
pub(super) fn apply(change: &PersonChange, person: &mut UserRepresentation) {
    if let Some(name) = &change.first_name {
        person.first_name = Some(name.expose().clone());
    }
    if let Some(name) = &change.last_name {
        person.last_name = Some(name.expose().clone());
    }
    if let Some(email) = &change.email {
        // In a realm whose user names are e-mail addresses the two move together.
        person.username = Some(email.expose().clone());
        person.email = Some(email.expose().clone());
        person.email_verified = Some(true);
    }
    if let Some(locale) = &change.locale {
        let mut attributes = person.attributes.take().unwrap_or_default();
        attributes.insert("locale".to_owned(), vec![locale.clone()]);
        person.attributes = Some(attributes);
    }
}

/// A session that has an id.
pub(super) fn session(found: UserSessionRepresentation) -> Option<SessionInfo> {
    let time = |millis: Option<i64>| millis.and_then(DateTime::from_timestamp_millis);
    Some(SessionInfo {
        session_id: found.id?,
        ip_address: found.ip_address,
        started_at: time(found.start),
        seen_at: time(found.last_access),
        applications: found.clients.unwrap_or_default().into_values().collect(),
    })
}
