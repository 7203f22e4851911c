//! The use cases.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{PgConnection, PgPool};

use super::{
    PREPARE, PasswordsConfig, Refusal,
    keys::{Hashed, InvalidKey, Keys, address_hash, plausible, random_password, token_hash},
    letters,
    model::{Begin, Given, Keeper, Link, Pin},
    store::{self, Renewal, Try},
};
use crate::{
    adapters::{
        keycloak::{Keycloak, KeycloakError},
        keystone::{Keystone, KeystoneError},
    },
    directory, notices,
    platform::{clock::SharedClock, entropy::SharedEntropy, jobs, masked::Masked},
};

/// How long one right answer may be at work before the next is let in.
const CLAIM: Duration = Duration::from_secs(30);
/// The longest password, in signs: that of Keystone's default (`identity.max_password_length`).
pub const LONGEST_PASSWORD: usize = 4096;

/// The world that first passwords need.
#[derive(Clone)]
pub struct PasswordsPorts {
    /// Time.
    pub clock: SharedClock,
    /// Chance.
    pub entropy: SharedEntropy,
    /// Who keeps passwords of the cloud.
    pub keystone: Arc<dyn Keystone>,
    /// Who keeps passwords of the realm's people.
    pub keycloak: Arc<dyn Keycloak>,
    /// Where the help desk takes tickets.
    pub help_desk: Option<String>,
}

/// First passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub pool: PgPool,
    pub keys: Keys,
    pub config: PasswordsConfig,
    pub ports: PasswordsPorts,
}

/// What the form brings.
#[derive(Debug, Clone)]
pub struct Form {
    /// The token in the address.
    pub token: String,
    /// The PIN as typed.
    pub pin: Masked<String>,
    /// The new password.
    pub password: SecretString,
    /// The same again.
    pub confirmation: SecretString,
}

/// What somebody who forgot the password brings.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Their name, for the help desk.
    pub name: Masked<String>,
    /// The address of the account.
    pub email: Masked<String>,
    /// The same again.
    pub confirm_email: Masked<String>,
    /// A PIN for the link that will come.
    pub pin: Masked<String>,
}

impl Passwords {
    /// First passwords over this database and world.
    pub fn new(pool: PgPool, config: &PasswordsConfig, ports: PasswordsPorts) -> Result<Self, InvalidKey> {
        let keys = Keys::new(&config.keys)?;
        Ok(Self(Arc::new(Inner { pool, keys, config: config.clone(), ports })))
    }

    /// Makes a link, or makes it anew, for whoever brings a token of an administrator. Returns the link's token. Each
    /// call makes another, restarts its time and unlocks it; what is not given stays.
    pub async fn renew(
        &self,
        caller: Option<SecretString>,
        user_id: &str,
        given: Given,
    ) -> Result<Masked<String>, Refusal> {
        let caller = caller.ok_or(Refusal::Unauthorized)?;
        match self.0.ports.keystone.is_administrator(&caller).await {
            Ok(true) => {}
            Ok(false) => return Err(Refusal::Forbidden),
            Err(error) => {
                tracing::warn!(%error, "a link was not made: its caller could not be checked");
                return Err(Refusal::Unavailable);
            }
        }
        let pin = match given.pin {
            Some(pin) => Some(self.hash_pin(pin).await?),
            None => None,
        };
        let mut conn = self.0.pool.acquire().await?;
        let keeper = keeper_of(&mut conn, user_id).await?;
        self.renew_in_tx(&mut conn, user_id, keeper, pin, given.password).await?.ok_or(Refusal::Incomplete)
    }

    pub(super) async fn renew_in_tx(
        &self,
        conn: &mut PgConnection,
        user_id: &str,
        keeper: Keeper,
        pin: Option<Hashed>,
        password: Option<SecretString>,
    ) -> Result<Option<Masked<String>>, Refusal> {
        let Inner { keys, ports, .. } = &*self.0;
        let mut token_nonce = [0; 16];
        ports.entropy.fill(&mut token_nonce);
        let token_version = keys.current_version();
        let token = keys.token(token_version, user_id, &token_nonce).ok_or(Refusal::Unavailable)?;
        let seal = |password| keys.seal(ports.entropy.as_ref(), user_id, &password);
        let password = match (keeper, password) {
            (Keeper::Keystone, Some(password)) => Some(seal(password).ok_or(Refusal::Unavailable)?),
            _ => None,
        };
        let renewal = Renewal {
            user_id,
            keeper,
            token_hash: token_hash(token.expose()),
            token_nonce,
            token_version,
            pin,
            password,
            issued_at: ports.clock.now(),
        };
        Ok(store::renew(conn, &renewal).await?.then_some(token))
    }

    /// Sets a password for whoever has both the link and the PIN. The checks come in a fixed order, and of any
    /// number of wrong PINs that come at once exactly as many are looked at as there are tries.
    pub async fn set(&self, form: Form) -> Result<(), Refusal> {
        let (password, again) = (form.password.expose_secret(), form.confirmation.expose_secret());
        if form.pin.expose().trim().is_empty() || password.is_empty() || again.is_empty() {
            return Err(Refusal::MissingField);
        }
        if password != again {
            return Err(Refusal::PasswordsDiffer);
        }
        let token = plausible(&form.token).ok_or(Refusal::UnknownToken)?;
        let hash = token_hash(&token);
        let mut conn = self.0.pool.acquire().await?;
        let tries = i32::try_from(self.0.config.tries).unwrap_or(1);
        let link = match store::begin_try(&mut conn, &hash, tries).await? {
            Try::Unknown => return Err(Refusal::UnknownToken),
            Try::Locked => return Err(Refusal::Locked),
            Try::Begun(link) => link,
        };
        // No connection is held while the PIN is hashed.
        drop(conn);
        if !self.is_pin(&link, form.pin).await? {
            return Err(Refusal::WrongPin);
        }
        let mut conn = self.0.pool.acquire().await?;
        let now = self.0.ports.clock.now();
        if link.is_expired(now, self.0.config.validity()) {
            store::give_back(&mut conn, &hash).await?;
            return Err(Refusal::Expired);
        }
        let until = now + TimeDelta::from_std(CLAIM).unwrap_or_default();
        if !store::claim(&mut conn, &hash, now, until).await? {
            return Err(Refusal::UnknownToken); // somebody uses it just now
        }
        drop(conn);
        let changed = self.change(&link, &form.password).await;
        let mut conn = self.0.pool.acquire().await?;
        match changed {
            Ok(()) => Ok(store::delete(&mut conn, &hash).await?),
            Err(refusal) => {
                store::release(&mut conn, &hash).await?;
                Err(refusal)
            }
        }
    }

    async fn change(&self, link: &Link, new: &SecretString) -> Result<(), Refusal> {
        let Inner { keys, ports, .. } = &*self.0;
        if link.keeper == Keeper::Keycloak {
            return ports.keycloak.set_password(&link.user_id, new).await.map_err(of_keycloak);
        }
        let sealed = link.password.as_ref().ok_or(Refusal::KeeperFailed)?;
        let old = keys.open(&link.user_id, sealed).ok_or(Refusal::KeeperFailed)?;
        match ports.keystone.change_own_password(&link.user_id, &old, new).await {
            // We may have been cut off after the change: then the new password is in place already.
            Err(KeystoneError::Forbidden(401))
                if ports.keystone.knows_password(&link.user_id, new).await? =>
            {
                Ok(())
            }
            changed => Ok(changed?),
        }
    }

    /// Takes note of somebody who forgot the password and tells the help desk. Whoever asks gets the same answer,
    /// whether or not there is such an account.
    pub async fn ask_reset(&self, reset: Reset) -> Result<(), Refusal> {
        let [name, email, confirmation, pin] =
            [&reset.name, &reset.email, &reset.confirm_email, &reset.pin].map(|field| field.expose().trim());
        if [name, email, confirmation, pin].iter().any(|field| field.is_empty()) {
            return Err(Refusal::MissingField);
        }
        if email.to_lowercase() != confirmation.to_lowercase() {
            return Err(Refusal::AddressesDiffer);
        }
        let pin = Pin::parse(pin).ok_or(Refusal::PinMalformed)?;
        let now = self.0.ports.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        let lately = store::resets_since(&mut conn, now - TimeDelta::hours(1)).await?;
        if lately >= i64::from(self.0.config.resets_per_hour) {
            tracing::warn!("too many ask for a new password: the help desk is not told of more");
            return Ok(());
        }
        drop(conn);
        let pin = self.hash_pin(pin).await?;
        let mut tx = self.0.pool.begin().await?;
        let is_news = store::note_reset(&mut tx, &address_hash(&reset.email), &pin, now).await?;
        if let Some(help_desk) = self.0.ports.help_desk.as_ref().filter(|_| is_news) {
            let id = notices::NoticeId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref());
            let ticket = letters::ticket(id, help_desk, &reset);
            notices::store::enqueue_in_tx(&mut tx, &[ticket]).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The PIN that somebody chose when they asked for a new password; it is given out once.
    pub async fn take_reset_in_tx(
        &self,
        conn: &mut PgConnection,
        email: &Masked<String>,
    ) -> Result<Option<Hashed>, sqlx::Error> {
        store::take_reset(conn, &address_hash(email), self.0.ports.clock.now()).await
    }

    /// Begins a first password for an account of ours in Keystone: a job gives it a random password that nobody knows
    /// and sends the link.
    pub async fn begin_in_tx(&self, conn: &mut PgConnection, begin: Begin) -> Result<(), Refusal> {
        let password = random_password(self.0.ports.entropy.as_ref());
        let Begin { user_id, pin, to } = begin;
        let made = self.renew_in_tx(conn, &user_id, Keeper::Keystone, Some(pin), Some(password)).await?;
        made.ok_or(Refusal::Incomplete)?;
        store::await_preparation(conn, &user_id, &to).await?;
        jobs::enqueue_in_tx(conn, PREPARE, &[user_id]).await?;
        Ok(())
    }

    /// Hashes a PIN away from the threads that serve requests.
    pub async fn hash_pin(&self, pin: Pin) -> Result<Hashed, Refusal> {
        let inner = Arc::clone(&self.0);
        let hash = move || inner.keys.hash_pin(inner.ports.entropy.as_ref(), pin.digits());
        tokio::task::spawn_blocking(hash).await.ok().flatten().ok_or(Refusal::Unavailable)
    }

    async fn is_pin(&self, link: &Link, typed: Masked<String>) -> Result<bool, Refusal> {
        let Some(pin) = Pin::parse(typed.expose()) else { return Ok(false) };
        let (inner, hashed) = (Arc::clone(&self.0), link.pin.clone());
        let check = move || inner.keys.is_pin(&hashed, pin.digits());
        tokio::task::spawn_blocking(check).await.map_err(|_| Refusal::Unavailable)
    }

    /// What protects PINs; requests that wait for approval use it, too.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// How long a link is good for.
    #[must_use]
    pub fn validity(&self) -> Duration {
        self.0.config.validity()
    }
}

async fn keeper_of(conn: &mut PgConnection, user_id: &str) -> Result<Keeper, sqlx::Error> {
    let people = directory::people_by_id(conn, &[user_id.to_owned()]).await?;
    let is_ours = people.iter().any(|person| person.deleted_at.is_none());
    Ok(if is_ours { Keeper::Keycloak } else { Keeper::Keystone })
}

fn of_keycloak(error: KeycloakError) -> Refusal {
    match error {
        KeycloakError::Refused(400) => Refusal::PasswordRefused,
        error => {
            tracing::warn!(%error, "a first password was not set");
            Refusal::KeeperFailed
        }
    }
}
