//! Whoever reads the old mailbox can undo a change of the sign-in address.
//!
//! It is offered for every change of a proven address, wherever it was made: also an administrator of
//! Keycloak can be mistaken or be somebody else. An address that was never proven gets no link, for it may
//! be a stranger's.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::{
    Account, AccountError, ChangeId, UNDO,
    letters::{ADDRESS_CHANGED, ChangedFacts},
    store::{self, AddressChange},
};
use crate::{
    audit::{Actor, Origin},
    contacts::{self, Kind},
    directory::{
        Change, PersonRow,
        commands::{Command, CommandId},
    },
    notices::{Address, Notice, NoticeId},
    platform::{auth::sessions, clock::Clock, entropy::Entropy, language::Language, masked::Masked},
};

/// Bytes of a secret.
const LENGTH: usize = 32;

/// The secret of a link: 256 random bits as base64url. Only its hash is kept.
#[derive(Clone)]
pub struct UndoSecret(SecretString);

impl UndoSecret {
    /// A new one.
    pub(super) fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; LENGTH];
        entropy.fill(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// The one in a link; none when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == LENGTH).then(|| Self(text.to_owned().into()))
    }

    /// For the link, and for the form that the link leads to.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database knows it by.
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.expose()).to_vec()
    }
}

/// Notes a change of a proven sign-in address and gives the notice to the old one, with the link to undo
/// it. None when the address is the same, was not proven, or is an old one that was just restored.
pub async fn offer_undo_in_tx(
    conn: &mut PgConnection,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    change: &Change<PersonRow>,
) -> Result<Option<Notice>, sqlx::Error> {
    let after = &change.after;
    let before = change.before.as_ref().filter(|before| before.is_alive() && before.email_verified);
    let (Some(before), true) = (before, after.is_alive()) else { return Ok(None) };
    let (Some(old), Some(new)) = (&before.email, &after.email) else { return Ok(None) };
    let [old, new] = [old, new].map(|address| Masked::new(contacts::comparable_email(address.expose())));
    let now = clock.now();
    if old == new || store::was_undone(conn, &after.user_id, &new, now - UNDO).await? {
        return Ok(None);
    }
    let offered = AddressChange {
        change_id: ChangeId::generate(clock, entropy),
        user_id: after.user_id.clone(),
        old_address: old.clone(),
        new_address: new.clone(),
        changed_at: now,
        undo_until: now + UNDO,
    };
    store::insert_change(conn, &offered).await?;
    let facts = ChangedFacts {
        change_id: offered.change_id,
        hint: contacts::masked(Kind::Email, new.expose()),
        at: now,
        until: offered.undo_until,
        time_zone: after.time_zone.clone(),
    };
    Ok(Some(Notice {
        notice_id: NoticeId::generate(clock, entropy),
        user_id: Some(after.user_id.clone()),
        kind: ADDRESS_CHANGED,
        to: Address::Email(old),
        language: Language::of(after.locale.as_deref().unwrap_or_default()),
        // Serialising texts and times cannot fail.
        facts: Masked::new(serde_json::to_value(&facts).unwrap_or_default()),
        hourly: None,
    }))
}

impl Account {
    /// Restores the old address by the secret of a link, once. Every session is over: whoever made the
    /// change may be in one.
    ///
    /// # Errors
    /// [`AccountError::LinkOver`] for every link that does not count, whatever the reason.
    pub async fn undo_email(
        &self,
        secret: &UndoSecret,
        origin: &Origin,
    ) -> Result<(String, CommandId), AccountError> {
        let now = self.clock.now();
        let mut tx = self.pool.begin().await?;
        let undone = store::take_change(&mut tx, &secret.hash(), now).await?;
        let AddressChange { user_id, old_address, new_address, changed_at, .. } =
            undone.ok_or(AccountError::LinkOver)?;
        // What was changed from there on was changed by the same hand.
        store::forget_changes_since(&mut tx, &user_id, changed_at).await?;
        store::forget_wanted(&mut tx, &user_id).await?;
        let restore = Command::SetLoginEmail { address: old_address.clone() };
        let id = self.commands.ask_in_tx(&mut tx, &user_id, &restore).await?;
        self.commands.ask_in_tx(&mut tx, &user_id, &Command::EndSessions).await?;
        sessions::end_all_in_tx(&mut tx, &user_id, now).await?;
        let shown = |address: &Masked<String>| serde_json::json!({"email": contacts::masked(Kind::Email, address.expose())});
        let change = (Some(shown(&new_address)), Some(shown(&old_address)));
        // Nobody is signed in: who holds the link is known by the mailbox alone.
        self.record(&mut tx, Actor::Service, "person.email_change_undone", &user_id, origin, change).await?;
        tx.commit().await?;
        Ok((user_id, id))
    }
}

#[cfg(test)]
mod tests {
    use super::UndoSecret;
    use crate::platform::entropy::SeededEntropy;

    #[test]
    fn only_what_can_be_a_secret_is_looked_for() {
        let secret = UndoSecret::generate(&SeededEntropy::new(1));
        assert_eq!(UndoSecret::parse(secret.expose()).unwrap().hash(), secret.hash());
        for text in ["", "AAAA", "../../x", &"A".repeat(4000)] {
            assert!(UndoSecret::parse(text).is_none(), "{text}");
        }
    }
}
