//! What a number says about itself.

use phonenumber::{Type, metadata::DATABASE};
use serde::Serialize;

/// Facts that are in a number, by the public plans of numbering (libphonenumber's).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhoneFacts {
    /// ISO 3166-1 alpha-2; none for numbers of no country.
    pub country: Option<String>,
    /// What kind of line.
    pub line_type: LineType,
}

/// The kind of line that a number leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineType {
    /// A mobile phone.
    Mobile,
    /// A fixed line.
    FixedLine,
    /// Either; the country's plan does not tell.
    FixedLineOrMobile,
    /// A number of the internet.
    Voip,
    /// Anything else.
    Other,
}

impl PhoneFacts {
    /// The facts of a number in E.164.
    #[must_use]
    pub fn of(e164: &str) -> Self {
        let Ok(number) = phonenumber::parse(None, e164) else {
            return Self { country: None, line_type: LineType::Other };
        };
        let line_type = match number.number_type(&DATABASE) {
            Type::Mobile => LineType::Mobile,
            Type::FixedLine => LineType::FixedLine,
            Type::FixedLineOrMobile => LineType::FixedLineOrMobile,
            Type::Voip => LineType::Voip,
            _ => LineType::Other,
        };
        Self { country: number.country().id().map(|country| country.as_ref().to_owned()), line_type }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_its_country_and_kind_of_line() {
        for (e164, country, line_type) in [
            ("+6281234567890", Some("ID"), LineType::Mobile),
            ("+6562211234", Some("SG"), LineType::FixedLine),
            ("+6581234567", Some("SG"), LineType::Mobile),
            ("+881612345678", None, LineType::Mobile),
            ("nonsense", None, LineType::Other),
        ] {
            let facts = PhoneFacts::of(e164);
            assert_eq!(facts.country.as_deref(), country, "{e164}");
            if country.is_some() {
                assert_eq!(facts.line_type, line_type, "{e164}");
            }
        }
    }
}
