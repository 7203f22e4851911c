//! What protects tokens, PINs and random passwords: keys from the configuration, with versions, so that one can be
//! replaced without a gap. Each use has a key of its own, derived from the configured one.

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::SaltString,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::platform::{entropy::Entropy, masked::Masked};

/// Bytes of the nonce of AES-GCM (NIST SP 800-38D, 8.2.1).
const NONCE: usize = 12;
/// Letters and digits of a random password.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// 64 signs to the power of 40 are 240 bits.
const RANDOM_LENGTH: usize = 40;

/// The keys: the first is used for what is new, all for what is there.
#[derive(Debug)]
pub struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    version: i16,
    secret: SecretSlice<u8>,
}

/// A key that does not have the form `<version>:<base64 of at least 32 bytes>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not <version 1 to 9999>:<base64 of 32 to 64 random bytes>, each version once")]
pub struct InvalidKey;

/// Something encrypted, with the version of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The version.
    pub version: i16,
    /// Nonce and ciphertext.
    pub bytes: Vec<u8>,
}

/// Something hashed with a key, with the version of that key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// The version.
    pub version: i16,
    /// Algorithm, parameters, salt and hash (PHC string format).
    pub text: String,
}

/// Cost of Argon2id: 19 MiB, two passes, one lane (OWASP's Password Storage recommendation). A PIN of four digits is
/// guessed at any cost: what protects it is the key.
fn cost() -> Params {
    Params::new(19 * 1024, 2, 1, None).unwrap_or_default()
}

impl Keys {
    /// Reads the keys.
    pub fn new(keys: &[SecretString]) -> Result<Self, InvalidKey> {
        let keys = keys.iter().map(|text| Key::parse(text.expose_secret())).collect::<Result<Vec<_>, _>>()?;
        let mut versions: Vec<i16> = keys.iter().map(|key| key.version).collect();
        versions.sort_unstable();
        versions.dedup();
        if keys.is_empty() || versions.len() < keys.len() {
            return Err(InvalidKey);
        }
        Ok(Self(keys))
    }

    fn current(&self) -> &Key {
        &self.0[0]
    }

    fn of_version(&self, version: i16) -> Option<&Key> {
        self.0.iter().find(|key| key.version == version)
    }

    /// The version of new tokens.
    #[must_use]
    pub fn current_version(&self) -> i16 {
        self.current().version
    }

    /// The token of a link: a UUID version 4 by its form (RFC 9562, 5.4), and by its chance, 122 bits that only the
    /// key gives. None when the key is gone.
    #[must_use]
    pub fn token(&self, version: i16, user_id: &str, nonce: &[u8]) -> Option<Masked<String>> {
        let digest = self.of_version(version)?.derive(b"token", &[nonce, user_id.as_bytes()]);
        let (bytes, _) = digest.split_first_chunk::<16>()?;
        Some(Masked::new(uuid::Builder::from_random_bytes(*bytes).into_uuid().to_string()))
    }

    /// Encrypts something that belongs to `owner`; it opens for the same owner only.
    pub fn seal(&self, entropy: &dyn Entropy, owner: &str, plain: &SecretString) -> Option<Sealed> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let key = self.current();
        let payload = Payload { msg: plain.expose_secret().as_bytes(), aad: owner.as_bytes() };
        let ciphertext = key.cipher()?.encrypt(Nonce::from_slice(&nonce), payload).ok()?;
        Some(Sealed { version: key.version, bytes: [&nonce[..], &ciphertext].concat() })
    }

    /// Decrypts; none when the key is gone, or it was not sealed for this owner.
    #[must_use]
    pub fn open(&self, owner: &str, sealed: &Sealed) -> Option<SecretString> {
        let (nonce, ciphertext) = sealed.bytes.split_at_checked(NONCE)?;
        let payload = Payload { msg: ciphertext, aad: owner.as_bytes() };
        let plain = self.of_version(sealed.version)?.cipher()?.decrypt(Nonce::from_slice(nonce), payload);
        String::from_utf8(plain.ok()?).ok().map(SecretString::from)
    }

    /// Stands for something without being readable: the same for the same, as long as the key is the current one.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> [u8; 32] {
        self.current().derive(b"fingerprint", &[bytes])
    }

    /// Hashes a PIN. It takes tens of milliseconds of a core: not for the threads that serve requests.
    pub fn hash_pin(&self, entropy: &dyn Entropy, pin: &Masked<String>) -> Option<Hashed> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let key = self.current();
        let secret = key.derive(b"pin", &[]);
        let argon = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, cost()).ok()?;
        let salt = SaltString::encode_b64(&salt).ok()?;
        let hash = argon.hash_password(pin.expose().as_bytes(), &salt).ok()?;
        Some(Hashed { version: key.version, text: hash.to_string() })
    }

    /// Whether it is the PIN; as costly as hashing.
    #[must_use]
    pub fn is_pin(&self, hashed: &Hashed, pin: &Masked<String>) -> bool {
        let Some(key) = self.of_version(hashed.version) else { return false };
        let secret = key.derive(b"pin", &[]);
        let argon = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, cost());
        let (Ok(argon), Ok(hash)) = (argon, PasswordHash::new(&hashed.text)) else { return false };
        argon.verify_password(pin.expose().as_bytes(), &hash).is_ok()
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, InvalidKey> {
        let (version, secret) = text.split_once(':').ok_or(InvalidKey)?;
        let version = version.parse().ok().filter(|version| (1..=9999).contains(version));
        let secret = STANDARD.decode(secret).ok().filter(|secret| (32..=64).contains(&secret.len()));
        match (version, secret) {
            (Some(version), Some(secret)) => Ok(Self { version, secret: secret.into() }),
            _ => Err(InvalidKey),
        }
    }

    /// 32 bytes for one use; the parts are told apart by their lengths.
    fn derive(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let Ok(mut mac) = <Hmac<Sha256> as hmac::Mac>::new_from_slice(self.secret.expose_secret()) else {
            unreachable!("HMAC takes a key of any length (RFC 2104, 2)")
        };
        mac.update(b"gatehouse/passwords/v1/");
        mac.update(purpose);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> Option<Aes256Gcm> {
        Aes256Gcm::new_from_slice(&self.derive(b"seal", &[])).ok()
    }
}

/// What is stored of a token.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What is stored of an address.
#[must_use]
pub fn address_hash(address: &Masked<String>) -> [u8; 32] {
    Sha256::digest(address.expose().trim().to_lowercase().as_bytes()).into()
}

/// A token that somebody brought, if it has the form of one.
#[must_use]
pub fn plausible(token: &str) -> Option<String> {
    let uuid: Uuid = token.parse().ok().filter(|_| token.len() == 36)?;
    Some(uuid.to_string())
}

/// A password that nobody will ever know.
#[must_use]
pub fn random_password(entropy: &dyn Entropy) -> SecretString {
    let mut bytes = [0; RANDOM_LENGTH];
    entropy.fill(&mut bytes);
    let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect();
    SecretString::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::entropy::SeededEntropy;

    const OLD: &str = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "2:HxwdHhobGBkWFxQVEhMQEQ4PDA0KCwgJBgcEBQIDAAE=";

    fn keys(texts: &[&str]) -> Keys {
        Keys::new(&texts.iter().map(|text| SecretString::from(*text)).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_with_its_key_only() {
        let entropy = SeededEntropy::new(1);
        let sealed = keys(&[OLD]).seal(&entropy, "siti", &SecretString::from("rahasia")).unwrap();
        let opened = keys(&[NEW, OLD]).open("siti", &sealed).unwrap();
        assert_eq!(opened.expose_secret(), "rahasia");
        assert!(keys(&[NEW, OLD]).open("budi", &sealed).is_none());
        assert!(keys(&[NEW]).open("siti", &sealed).is_none());
        assert!(!sealed.bytes.windows(7).any(|window| window == b"rahasia"));
    }

    #[test]
    fn a_pin_is_known_by_its_key() {
        let entropy = SeededEntropy::new(2);
        let pin = Masked::new("1234".to_owned());
        let hashed = keys(&[OLD]).hash_pin(&entropy, &pin).unwrap();
        assert!(hashed.text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hashed.text);
        assert!(keys(&[NEW, OLD]).is_pin(&hashed, &pin));
        assert!(!keys(&[OLD]).is_pin(&hashed, &Masked::new("1235".to_owned())));
        let same_version_other_key = NEW.replacen('2', "1", 1);
        assert!(!keys(&[&same_version_other_key]).is_pin(&hashed, &pin));
    }

    #[test]
    fn a_token_is_a_uuid_4_of_key_person_and_nonce() {
        let token = |user: &str, nonce: &[u8]| keys(&[OLD]).token(1, user, nonce).unwrap().into_inner();
        let one: Uuid = token("siti", b"a").parse().unwrap();
        assert_eq!(one.get_version_num(), 4);
        assert_eq!(token("siti", b"a"), token("siti", b"a"));
        assert_ne!(token("siti", b"a"), token("siti", b"b"));
        assert_ne!(token("siti", b"a"), token("budi", b"a"));
        assert_eq!(plausible(&one.simple().to_string()), None);
        assert_eq!(plausible(&one.to_string()), Some(one.to_string()));
    }

    #[test]
    fn keys_of_the_wrong_form_are_refused() {
        for wrong in ["", "1:", "0:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "1:AAEC"] {
            assert!(Keys::new(&[SecretString::from(wrong)]).is_err(), "{wrong}");
        }
        assert!(Keys::new(&[]).is_err());
        assert!(Keys::new(&[SecretString::from(OLD), SecretString::from(OLD)]).is_err());
    }
}
