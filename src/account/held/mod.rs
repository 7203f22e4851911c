//! Everything that is held about a person, for themselves (GDPR, article 15; the Indonesian UU PDP, article 7; the PDPA of
//! Singapore, section 21).
//!
//! Each table that knows people is named in one of two lists: [`HELD`], with what of it goes into the file, or [`LEFT_OUT`],
//! with the reason. A test holds the lists against the database, so a table that is added tomorrow has its decision.

mod store;

use serde_json::{Map, Value};

use super::Account;
use crate::{
    contacts::{self, Kind},
    directory::PersonRow,
    platform::masked::Masked,
};

pub use store::{HELD, Held};

/// Tables that know people and are not in the file, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "admission_allowed",
        "says whom staff let sign up, and often a whole domain; nothing is kept of who they are",
    ),
    ("audit_entries", "read beside this, as the history"),
    ("billing_profile_versions", "the company's; its editors see them"),
    ("billing_profiles", "the company's; its editors see it"),
    ("first_passwords", "secrets that open an account, hashed or sealed"),
    ("idempotent_requests", "what was answered to the person's own program, for a day"),
    ("keycloak_commands", "what is on its way to Keycloak, and shows in what is held once it is there"),
    ("memberships", "the same as the companies, as Keycloak says it"),
    ("newest_sessions", "the number of a session that is among the sessions"),
    ("otp_messages", "in the codes, with what became of each"),
    ("people", "read beside this, as the person"),
];

impl Account {
    /// What is held about a person, by what it is. Rows of tables that know addresses only are theirs by the addresses
    /// that they have proven.
    pub async fn held(&self, person: &PersonRow) -> Result<Map<String, Value>, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let known = contacts::contacts_of(&mut conn, std::slice::from_ref(&person.user_id)).await?;
        let known = known.into_iter().filter(|it| it.kind == Kind::Email && it.verified_at.is_some());
        let own = person.email.iter().filter(|_| person.email_verified).cloned();
        let addresses: Vec<Masked<String>> = known
            .map(|contact| contact.value)
            .chain(own)
            .map(|address| Masked::new(address.expose().to_lowercase()))
            .collect();
        let mut all = Map::new();
        for held in HELD {
            all.insert(
                held.name.to_owned(),
                store::rows(&mut conn, held, &person.user_id, &addresses).await?,
            );
        }
        Ok(all)
    }
}
