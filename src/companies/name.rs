//! When two company names are the same.

use unicode_normalization::UnicodeNormalization as _;

/// The longest name that counts, in characters.
const MAX_NAME: usize = 255;

/// A company name as it is compared: compatibility forms and letter case do not count, nor blanks,
/// nor the dots and commas of legal forms: `P.T. Contoh Awan, Tbk.` is `pt contoh awan tbk`.
///
/// None when nothing remains to compare.
#[must_use]
pub fn comparable_name(name: &str) -> Option<String> {
    let plain: String = name
        .nfkc()
        .filter(|c| *c != '.' && !is_invisible(*c))
        .map(|c| if c == ',' || c == ';' || c.is_control() { ' ' } else { c })
        .take(MAX_NAME)
        .collect();
    // Upper and then lower case folds also letters that have no pair, such as ß.
    let folded: String = plain.to_uppercase().to_lowercase().nfkc().collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Characters that take no room: two names that look alike must not differ by them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::comparable_name;

    #[test]
    fn writings_of_one_name_are_the_same() {
        let expected = Some("pt contoh awan tbk".to_owned());
        for name in [
            "PT Contoh Awan Tbk",
            "P.T. Contoh Awan, Tbk.",
            "  pt\u{a0}contoh   AWAN\ttbk ",
            "ＰＴ Contoh Awan Tbk",
            "PT Con\u{200b}toh Awan Tbk",
        ] {
            assert_eq!(comparable_name(name), expected, "{name}");
        }
        assert_eq!(comparable_name("Straße"), comparable_name("STRASSE"));
        assert_ne!(comparable_name("Contoh Awan"), comparable_name("Contohawan"));
    }

    #[test]
    fn a_name_of_nothing_is_none() {
        for name in ["", "   ", "...", ",.;", "\u{200b}"] {
            assert_eq!(comparable_name(name), None, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn comparing_twice_changes_nothing(name in "\\PC{0,40}") {
            if let Some(once) = comparable_name(&name) {
                prop_assert_eq!(comparable_name(&once), Some(once));
            }
        }
    }
}
