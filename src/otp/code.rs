//! Codes are derived, not stored: whoever reads the whole database learns no code.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::model::{ChallengeId, Channel, Purpose};
use crate::platform::masked::Masked;

/// The longest input that is looked at, in bytes; a code with spaces is far shorter.
pub const MAX_INPUT: usize = 64;

/// The domain of the derivation; a new scheme gets a new one.
const DOMAIN: &[u8] = b"gatehouse/otp/code/v1";

/// Everything a code belongs to. A change of any part gives another code.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The person's realm.
    pub realm: &'a str,
    /// The person.
    pub user_id: &'a str,
    /// The login that asked.
    pub auth_session_id: &'a str,
    /// What the code is for.
    pub purpose: Purpose,
    /// How it travels.
    pub channel: Channel,
    /// Where it travels to.
    pub destination: &'a Masked<String>,
}

/// The peppers: the first makes new codes, all verify, so that one can be replaced without a gap.
#[derive(Debug)]
pub struct Codes {
    peppers: Vec<Pepper>,
    digits: u32,
    test_numbers: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Pepper {
    version: i16,
    key: SecretSlice<u8>,
}

/// A pepper that does not have the form `<version>:<base64 of at least 32 bytes>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not <version 1 to 9999>:<base64 of 32 to 64 random bytes>, each version once")]
pub struct InvalidPepper;

impl Codes {
    /// Reads the peppers for codes of `digits` digits.
    pub fn new(peppers: &[SecretString], digits: u32) -> Result<Self, InvalidPepper> {
        let peppers =
            peppers.iter().map(|text| Pepper::parse(text.expose_secret())).collect::<Result<Vec<_>, _>>()?;
        let mut versions: Vec<i16> = peppers.iter().map(|pepper| pepper.version).collect();
        versions.sort_unstable();
        versions.dedup();
        if peppers.is_empty() || versions.len() < peppers.len() {
            return Err(InvalidPepper);
        }
        Ok(Self { peppers, digits, test_numbers: BTreeMap::new() })
    }

    /// Gives these numbers their fixed codes; only outside production.
    #[must_use]
    pub fn with_test_numbers(self, test_numbers: BTreeMap<String, String>) -> Self {
        Self { test_numbers, ..self }
    }

    /// Whether messages to a destination are never handed to anybody.
    #[must_use]
    pub fn is_test_number(&self, destination: &Masked<String>) -> bool {
        self.test_numbers.contains_key(destination.expose())
    }

    /// The pepper version of new challenges.
    #[must_use]
    pub fn current_version(&self) -> i16 {
        self.peppers[0].version
    }

    /// The code of a challenge, with leading zeros, or nothing when its pepper is gone.
    #[must_use]
    pub fn code(&self, pepper_version: i16, bound: &Bound<'_>) -> Option<Masked<String>> {
        if let Some(code) = self.test_numbers.get(bound.destination.expose()) {
            return Some(Masked::new(code.clone()));
        }
        let pepper = self.peppers.iter().find(|pepper| pepper.version == pepper_version)?;
        let number = pepper.number_below(10_u64.pow(self.digits), bound);
        Some(Masked::new(format!("{number:0width$}", width = self.digits as usize)))
    }

    /// Whether `input` is the code, in time that does not depend on how much of it is right.
    #[must_use]
    pub fn is_right(&self, pepper_version: i16, bound: &Bound<'_>, input: &Masked<String>) -> bool {
        self.code(pepper_version, bound)
            .is_some_and(|code| code.expose().as_bytes().ct_eq(input.expose().as_bytes()).into())
    }
}

impl Pepper {
    fn parse(text: &str) -> Result<Self, InvalidPepper> {
        let (version, key) = text.split_once(':').ok_or(InvalidPepper)?;
        let version = version.parse().ok().filter(|version| (1..=9999).contains(version));
        let key = STANDARD.decode(key).ok().filter(|key| (32..=64).contains(&key.len()));
        match (version, key) {
            (Some(version), Some(key)) => Ok(Self { version, key: key.into() }),
            _ => Err(InvalidPepper),
        }
    }

    /// A number below `bound_above`, each equally likely: draws that would favour the lower ones are
    /// thrown away and the next is taken.
    fn number_below(&self, bound_above: u64, bound: &Bound<'_>) -> u64 {
        let fair = u64::MAX - u64::MAX % bound_above;
        let mut round = 0_u32;
        loop {
            let digest = self.digest(round, bound);
            for draw in digest.as_chunks::<8>().0 {
                let draw = u64::from_be_bytes(*draw);
                if draw < fair {
                    return draw % bound_above;
                }
            }
            round += 1;
        }
    }

    fn digest(&self, round: u32, bound: &Bound<'_>) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()) else {
            unreachable!("HMAC takes keys of any length (RFC 2104, 2)")
        };
        for field in [
            DOMAIN,
            &round.to_be_bytes(),
            bound.challenge.0.as_bytes(),
            bound.realm.as_bytes(),
            bound.user_id.as_bytes(),
            bound.auth_session_id.as_bytes(),
            bound.purpose.name().as_bytes(),
            bound.channel.name().as_bytes(),
            bound.destination.expose().as_bytes(),
        ] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

/// What a person typed, as the digits they meant: spaces, dashes and dots between groups go, and
/// full-width and Arabic-Indic digits become ASCII. Other signs stay, and make the code wrong.
/// Nothing when there are more than [`MAX_INPUT`] bytes.
#[must_use]
pub fn normalise(input: &str) -> Option<Masked<String>> {
    if input.len() > MAX_INPUT {
        return None;
    }
    let digits = input
        .chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '.' | '\u{2010}'..='\u{2015}'))
        .map(|sign| ascii_digit(sign).unwrap_or(sign))
        .collect::<String>();
    Some(Masked::new(digits))
}

fn ascii_digit(sign: char) -> Option<char> {
    [0xFF10_u32, 0x0660, 0x06F0].into_iter().find_map(|zero| {
        let value = u32::from(sign).checked_sub(zero)?;
        char::from_digit(value, 10)
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn pepper(version: i16, byte: u8) -> SecretString {
        format!("{version}:{}", STANDARD.encode([byte; 32])).into()
    }

    fn codes() -> Codes {
        Codes::new(&[pepper(2, 2), pepper(1, 1)], 6).unwrap()
    }

    fn bound(challenge: u128, destination: &Masked<String>) -> Bound<'_> {
        Bound {
            challenge: ChallengeId(Uuid::from_u128(challenge)),
            realm: "gatehouse",
            user_id: "u-1",
            auth_session_id: "s-1",
            purpose: Purpose::Login,
            channel: Channel::Sms,
            destination,
        }
    }

    #[test]
    fn the_scheme_never_changes_unnoticed() {
        let to = Masked::new("+628123456789".to_owned());
        let codes = codes();
        assert_eq!(codes.code(2, &bound(1, &to)).unwrap().expose(), "783429");
        assert_eq!(codes.code(1, &bound(1, &to)).unwrap().expose(), "583020");
        assert_eq!(codes.code(3, &bound(1, &to)), None, "a pepper that is gone");
    }

    #[test]
    fn a06_06_a_code_belongs_to_all_it_was_made_for() {
        let codes = codes();
        let (to, elsewhere) = (Masked::new("+6281".to_owned()), Masked::new("+6282".to_owned()));
        let base = bound(1, &to);
        let right = codes.code(2, &base).unwrap();
        for (what, other) in [
            ("challenge", bound(2, &to)),
            ("destination", bound(1, &elsewhere)),
            ("realm", Bound { realm: "other", ..base }),
            ("person", Bound { user_id: "u-2", ..base }),
            ("session", Bound { auth_session_id: "s-2", ..base }),
            ("purpose", Bound { purpose: Purpose::Reset, ..base }),
            ("channel", Bound { channel: Channel::Email, ..base }),
            ("field borders", Bound { realm: "gatehouseu", user_id: "-1", ..base }),
        ] {
            assert!(!codes.is_right(2, &other, &right), "{what}");
        }
        assert!(codes.is_right(2, &base, &right));
        assert!(!codes.is_right(1, &base, &right), "another pepper");
    }

    /// Chi-square over every position: 9 degrees of freedom, 50.7 is p = 1e-7.
    #[test]
    fn a06_03_and_04_digits_are_even_in_every_position_and_zeros_lead() {
        const DRAWS: u32 = 100_000;
        let codes = codes();
        let to = Masked::new("a@example.com".to_owned());
        let mut seen = [[0_u32; 10]; 6];
        for challenge in 0..DRAWS {
            let code = codes.code(2, &bound(challenge.into(), &to)).unwrap();
            assert_eq!(code.expose().len(), 6);
            for (position, digit) in code.expose().bytes().enumerate() {
                seen[position][usize::from(digit - b'0')] += 1;
            }
        }
        for (position, counts) in seen.iter().enumerate() {
            let expected = f64::from(DRAWS) / 10.0;
            let chi: f64 = counts.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            assert!(chi < 50.7, "position {position}: {chi} {counts:?}");
        }
    }

    #[test]
    fn a06_21_what_people_paste_is_understood_and_what_is_too_long_is_not_looked_at() {
        for typed in
            ["123456", " 123 456 ", "123-456", "123–456", "１２３４５６", "١٢٣٤٥٦", "۱۲۳۴۵۶", "12\t34\n56"]
        {
            assert_eq!(normalise(typed).unwrap().expose(), "123456", "{typed}");
        }
        assert_eq!(normalise("12345a").unwrap().expose(), "12345a");
        assert_eq!(normalise(&"1".repeat(64)).unwrap().expose().len(), 64);
        assert_eq!(normalise(&"1".repeat(65)), None);
    }

    #[test]
    fn a_pepper_needs_a_version_and_enough_bytes() {
        let short = format!("1:{}", STANDARD.encode([1_u8; 31]));
        for text in ["", "1", "1:", "0:", ":AAAA", "x:AAAA", &short] {
            assert_eq!(Codes::new(&[text.into()], 6).unwrap_err(), InvalidPepper, "{text}");
        }
        assert!(Codes::new(&[], 6).is_err());
        assert!(Codes::new(&[pepper(1, 1), pepper(1, 2)], 6).is_err(), "one version twice");
    }
}
