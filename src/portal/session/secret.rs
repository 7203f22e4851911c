//! The secret in a cookie, and what is derived from it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::platform::entropy::Entropy;

/// 256 random bits, as base64url in a cookie. Whatever else a request needs is derived, so nothing
/// more is stored or sent.
#[derive(Clone)]
pub struct Secret(SecretString);

/// Bytes of a secret.
const LENGTH: usize = 32;

impl Secret {
    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; LENGTH];
        entropy.fill(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// The one in a cookie; none when the cookie holds something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == LENGTH).then(|| Self(text.to_owned().into()))
    }

    /// For the cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database knows it by.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.expose()).to_vec()
    }

    /// A value that only who holds the secret can know, as base64url: another one for each label.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length (RFC 2104, 3).
    #[must_use]
    pub fn derive(&self, label: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes())
            .expect("HMAC takes keys of any length (RFC 2104, 3)");
        mac.update(label.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Whether `text` is the value of that label, compared in constant time.
    #[must_use]
    pub fn is_derived(&self, label: &str, text: &str) -> bool {
        self.derive(label).as_bytes().ct_eq(text.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use crate::platform::entropy::SeededEntropy;

    #[test]
    fn values_differ_by_label_and_by_secret_and_do_not_show_it() {
        let one = Secret::generate(&SeededEntropy::new(1));
        let other = Secret::generate(&SeededEntropy::new(2));
        assert!(one.is_derived("form", &one.derive("form")));
        assert!(!one.is_derived("form", &one.derive("state")));
        assert!(!one.is_derived("form", &other.derive("form")));
        assert!(!one.is_derived("form", ""));
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn a_cookie_that_holds_something_else_holds_no_secret() {
        let secret = Secret::generate(&SeededEntropy::new(1));
        assert!(Secret::parse(secret.expose()).is_some());
        for text in ["", "x", "AAAA", "../../etc", &"A".repeat(500)] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }
}
