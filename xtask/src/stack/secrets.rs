//! Secrets of one stack: made at its first start, kept beside its data, never committed.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

/// Letters and digits that nobody mistakes for one another: passwords are read from a screen and typed.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 57 signs to the power of 24 are 139 bits.
const PASSWORD_LENGTH: usize = 24;

/// Every secret of a stack. One that an older state file lacks is made when the file is read.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    /// Of PostgreSQL's superuser.
    #[serde(default = "password")]
    pub postgres_admin: String,
    /// Of the service's database user.
    #[serde(default = "password")]
    pub postgres_gatehouse: String,
    /// Of Keycloak's database user.
    #[serde(default = "password")]
    pub postgres_keycloak: String,
    /// Of Keycloak's administrator.
    #[serde(default = "password")]
    pub keycloak_admin: String,
    /// Of the member of staff.
    #[serde(default = "password")]
    pub staff: String,
    /// Of the people of the demonstration.
    #[serde(default = "password")]
    pub demo: String,
    /// Of the client that the service signs in as.
    #[serde(default = "password")]
    pub service_client: String,
    /// Of the portal's client.
    #[serde(default = "password")]
    pub portal_client: String,
    /// Of Keystone's administrator.
    #[serde(default = "password")]
    pub keystone_admin: String,
    /// Seals first passwords, 32 bytes in base64.
    #[serde(default = "pepper")]
    pub passwords_key: String,
    /// Signs the calls between Keycloak and the service, as Standard Webhooks writes it.
    #[serde(default = "webhook")]
    pub webhook: String,
    /// The pepper from which one-time codes are derived, 32 bytes in base64.
    #[serde(default = "pepper")]
    pub otp_pepper: String,
}

impl Secrets {
    /// Reads the secrets of a stack, or makes them.
    pub fn load_or_make(path: &Path) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "{}".to_owned(),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let secrets: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is damaged: use --fresh", path.display()))?;
        crate::layout::write_private(path, &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }
}

fn password() -> String {
    let mut rng = rand::rng();
    (0..PASSWORD_LENGTH).map(|_| char::from(ALPHABET[rng.random_range(..ALPHABET.len())])).collect()
}

fn webhook() -> String {
    format!("whsec_{}", pepper())
}

fn pepper() -> String {
    base64::engine::general_purpose::STANDARD.encode(rand::random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn secrets_are_made_once_and_only_the_owner_reads_them() {
        let path = std::env::temp_dir().join(format!("gatehouse-secrets-{}.json", std::process::id()));
        let made = Secrets::load_or_make(&path).unwrap();
        let read = Secrets::load_or_make(&path).unwrap();
        assert_eq!(made.webhook, read.webhook);
        assert_ne!(made.staff, made.keycloak_admin);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(&path).unwrap();
    }
}
