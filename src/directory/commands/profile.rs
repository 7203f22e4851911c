//! How a person is called and spoken to, as they may write it.

use unicode_normalization::UnicodeNormalization as _;

use crate::platform::masked::Masked;

/// The longest name, in characters; the realm's user profile has the same bound.
pub const MAX_NAME: usize = 100;
/// The languages of the realm, as Keycloak writes them.
const LOCALES: [&str; 4] = ["en", "id", "zh-CN", "ms"];

/// How a person is called and spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Given name.
    pub first_name: Masked<String>,
    /// Family name.
    pub last_name: Masked<String>,
    /// BCP 47, as Keycloak writes it.
    pub locale: String,
}

/// A field that is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileField {
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Language.
    Locale,
}

impl Profile {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Every field that Keycloak would refuse.
    pub fn parse(first_name: &str, last_name: &str, locale: &str) -> Result<Self, Vec<ProfileField>> {
        let (first, last) = (name(first_name), name(last_name));
        let locale = LOCALES.into_iter().find(|known| *known == locale);
        if let (Some(first), Some(last), Some(locale)) = (&first, &last, locale) {
            return Ok(Self {
                first_name: Masked::new(first.clone()),
                last_name: Masked::new(last.clone()),
                locale: locale.to_owned(),
            });
        }
        let missing = [
            (first.is_none(), ProfileField::FirstName),
            (last.is_none(), ProfileField::LastName),
            (locale.is_none(), ProfileField::Locale),
        ];
        Err(missing.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, field)| field).collect())
    }
}

/// A name in any script, composed (NFC). The signs that Keycloak prohibits
/// (`PersonNameProhibitedCharactersValidator`) are refused here, where the page can say so.
fn name(typed: &str) -> Option<String> {
    let name: String = typed.trim().nfc().collect();
    let fits = (1..=MAX_NAME).contains(&name.chars().count())
        && !name.chars().any(|sign| sign.is_control() || "<>&\"$%!#?§;*~/\\|^=[]{}()".contains(sign));
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script_are_taken() {
        for typed in ["Siti", " Nur Aisyah ", "李", "محمد", "O'Brien", "Renée", "👩‍💻", "Ngô Thị"]
        {
            assert!(Profile::parse(typed, typed, "id").is_ok(), "{typed}");
        }
        let composed = Profile::parse("Rene\u{301}e", "X", "en").unwrap();
        assert_eq!(composed.first_name.expose(), "Renée");
    }

    #[test]
    fn what_keycloak_would_refuse_is_named() {
        use ProfileField::{FirstName, LastName, Locale};
        for (first, last, locale, wrong) in [
            ("", "X", "en", vec![FirstName]),
            ("X", "<b>", "en", vec![LastName]),
            ("X\u{7}Y", "X", "en", vec![FirstName]),
            ("X", "X", "xx", vec![Locale]),
            ("", "", "", vec![FirstName, LastName, Locale]),
        ] {
            assert_eq!(Profile::parse(first, last, locale), Err(wrong), "{first} {last} {locale}");
        }
        assert!(Profile::parse(&"長".repeat(100), "X", "en").is_ok());
        assert!(Profile::parse(&"長".repeat(101), "X", "en").is_err());
    }
}
