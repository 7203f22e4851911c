//! Where a code may be sent: mobile numbers in allowed countries, and e-mail addresses.

use phonenumber::{Mode, PhoneNumber, Type, country, metadata::DATABASE};

use super::model::Channel;
use crate::platform::masked::Masked;

/// The longest destination, in bytes (RFC 5321, 4.5.3.1.3: 254 for an address).
pub const MAX_BYTES: usize = 254;

/// A place to send codes to, checked and in its one written form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The channel it is reached by.
    pub channel: Channel,
    /// E.164 for numbers; for addresses as typed, with the domain in lower case.
    pub address: Masked<String>,
    /// Enough for its owner to know it again, and no more: `+62 ••• 89`, `b•••@example.com`.
    pub hint: String,
    /// Only for numbers.
    pub phone: Option<Phone>,
}

/// What the limits ask about a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The number without its last four digits: what a fraudster rents in one piece.
    pub prefix: Masked<String>,
}

/// Why nothing can be sent there. The caller is told only that it is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// Not a number or address at all.
    Malformed,
    /// A country that is not on the allow-list.
    Country,
    /// Premium rate, shared cost, satellite, fixed line or another kind that takes no ordinary SMS.
    NumberType,
    /// Staff disabled it for this person.
    Barred,
    /// It was a factor of this person until a short while ago.
    Cooling,
}

impl Unusable {
    /// The stable name for logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Country => "country",
            Self::NumberType => "number_type",
            Self::Barred => "barred",
            Self::Cooling => "cooling",
        }
    }
}

/// Reads a destination. `countries` is the allow-list for numbers; empty means that no SMS is sent.
pub fn parse(channel: Channel, typed: &str, countries: &[country::Id]) -> Result<Destination, Unusable> {
    if typed.len() > MAX_BYTES {
        return Err(Unusable::Malformed);
    }
    match channel {
        Channel::Sms => phone(typed, countries),
        Channel::Email => email(typed.trim()),
    }
}

/// A number of any country and kind of line, as people write it, in E.164; in national form only when that is
/// a mobile number in exactly one of `countries`. None for what is no number, and for those that cost who calls
/// them. Nothing is sent there.
pub fn number(typed: &str, countries: &[country::Id]) -> Option<Masked<String>> {
    let digits = phone_digits(typed)?;
    let digits = digits.strip_prefix("00").map_or_else(|| digits.clone(), |rest| format!("+{rest}"));
    if !digits.starts_with('+') {
        return phone(&digits, countries).ok().map(|to| to.address);
    }
    let number = phonenumber::parse(None, &digits).ok().filter(PhoneNumber::is_valid)?;
    let is_costly = matches!(number.number_type(&DATABASE), Type::PremiumRate | Type::SharedCost);
    let is_somewhere = country_of(&number).is_some();
    (is_somewhere && !is_costly).then(|| Masked::new(number.format().mode(Mode::E164).to_string()))
}

/// Numbers in international form (`+62…`, `0062…`), or in national form when that is a mobile number
/// in exactly one allowed country.
fn phone(typed: &str, countries: &[country::Id]) -> Result<Destination, Unusable> {
    let digits = phone_digits(typed).ok_or(Unusable::Malformed)?;
    if digits.starts_with('+') {
        return international(&digits, countries);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return international(&format!("+{rest}"), countries);
    }
    let mut fitting = countries.iter().filter_map(|country| {
        let number = phonenumber::parse(Some(*country), &digits).ok()?;
        (country_of(&number) == Some(*country)).then(|| checked(&number, countries).ok())?
    });
    match (fitting.next(), fitting.next()) {
        (Some(number), None) => Ok(number),
        _ => Err(Unusable::Malformed),
    }
}

/// Digits and a leading plus; the signs that people put between groups go.
fn phone_digits(typed: &str) -> Option<String> {
    let mut digits = String::with_capacity(typed.len());
    for sign in typed.trim().chars() {
        match sign {
            '0'..='9' => digits.push(sign),
            '+' if digits.is_empty() => digits.push(sign),
            ' ' | '\u{a0}' | '-' | '\u{2010}'..='\u{2015}' | '(' | ')' | '.' | '/' => {}
            _ => return None,
        }
    }
    // E.164: at most 15 digits; the shortest subscriber numbers with a country code have 7. Two more
    // for the international prefix 00.
    (5..=18).contains(&digits.len()).then_some(digits)
}

fn international(digits: &str, countries: &[country::Id]) -> Result<Destination, Unusable> {
    let number = phonenumber::parse(None, digits).map_err(|_| Unusable::Malformed)?;
    checked(&number, countries)
}

fn checked(number: &PhoneNumber, countries: &[country::Id]) -> Result<Destination, Unusable> {
    if !number.is_valid() {
        return Err(Unusable::Malformed);
    }
    // Satellite and other numbers of no country (+870, +881, +979 …) have no region either.
    let country =
        country_of(number).filter(|country| countries.contains(country)).ok_or(Unusable::Country)?;
    if !matches!(number.number_type(&DATABASE), Type::Mobile | Type::FixedLineOrMobile) {
        return Err(Unusable::NumberType);
    }
    let address = number.format().mode(Mode::E164).to_string();
    let (prefix, last_two) = (&address[..address.len() - 4], &address[address.len() - 2..]);
    Ok(Destination {
        channel: Channel::Sms,
        hint: format!("+{} ••• {last_two}", number.code().value()),
        phone: Some(Phone { country: country.as_ref().to_owned(), prefix: Masked::new(prefix.to_owned()) }),
        address: Masked::new(address),
    })
}

fn country_of(number: &PhoneNumber) -> Option<country::Id> {
    number.country().id()
}

/// One `@`, a local part of 1 to 64 bytes and a domain with a dot (RFC 5321, 4.5.3.1). Quoted local
/// parts are refused: nobody has one, and they smuggle.
fn email(typed: &str) -> Result<Destination, Unusable> {
    let (local, domain) = typed.split_once('@').ok_or(Unusable::Malformed)?;
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|sign| sign.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(sign));
    if !local_fits || !is_domain(domain) {
        return Err(Unusable::Malformed);
    }
    let domain = domain.to_lowercase();
    let first = local.chars().next().unwrap_or_default();
    Ok(Destination {
        channel: Channel::Email,
        hint: format!("{first}•••@{domain}"),
        phone: None,
        address: Masked::new(format!("{local}@{domain}")),
    })
}

fn is_domain(text: &str) -> bool {
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
    };
    text.contains('.') && text.split('.').all(label_fits)
}

#[cfg(test)]
mod tests {
    use country::Id::{ID, MY, SG};
    use proptest::prelude::*;

    use super::*;

    const ALLOWED: &[country::Id] = &[ID, SG, MY];

    fn sms(typed: &str) -> Result<String, Unusable> {
        parse(Channel::Sms, typed, ALLOWED).map(|to| to.address.into_inner())
    }

    #[test]
    fn numbers_are_understood_as_people_write_them() {
        for (typed, meant) in [
            ("+62 812-3456-7890", "+6281234567890"),
            ("0062 812 3456 7890", "+6281234567890"),
            ("0812-3456-7890", "+6281234567890"),
            ("+65 8123 4567", "+6581234567"),
            ("+60 12-345 6789", "+60123456789"),
        ] {
            assert_eq!(sms(typed).as_deref(), Ok(meant), "{typed}");
        }
    }

    #[test]
    fn a_number_that_people_call_may_be_of_any_country_and_kind_of_line() {
        let number = |typed| number(typed, ALLOWED).map(Masked::into_inner);
        for (typed, meant) in [
            ("+62 21 5081 2345", "+622150812345"),
            ("0065 6221 1234", "+6562211234"),
            ("+49 30 123456", "+4930123456"),
            ("0812-3456-7890", "+6281234567890"),
        ] {
            assert_eq!(number(typed).as_deref(), Some(meant), "{typed}");
        }
        for typed in ["", "call me", "+62", "+881612345678", "+65 1900 123 4567", "021 5081 2345"] {
            assert_eq!(number(typed), None, "{typed}");
        }
    }

    #[test]
    fn a06_31_other_countries_and_costly_kinds_of_number_are_refused() {
        for (typed, reason) in [
            ("+4915123456789", Unusable::Country),
            ("+881612345678", Unusable::Country),
            ("+870773111632", Unusable::Country),
            ("+62 809 1234567", Unusable::NumberType),
            ("+65 1900 123 4567", Unusable::NumberType),
            ("+60 1600 123456", Unusable::NumberType),
            ("+65 6221 1234", Unusable::NumberType),
            ("+6512", Unusable::Malformed),
            ("+62", Unusable::Malformed),
            ("812", Unusable::Malformed),
            ("call me", Unusable::Malformed),
            ("+62 812 3456 7890 ext 5", Unusable::Malformed),
            ("", Unusable::Malformed),
            ("++6281234567890", Unusable::Malformed),
        ] {
            assert_eq!(sms(typed), Err(reason), "{typed}");
        }
        assert_eq!(
            parse(Channel::Sms, "+6281234567890", &[]).unwrap_err(),
            Unusable::Country,
            "an empty list allows nothing"
        );
    }

    #[test]
    fn a_hint_shows_enough_and_no_more() {
        let number = parse(Channel::Sms, "+6281234567889", ALLOWED).unwrap();
        assert_eq!(number.hint, "+62 ••• 89");
        let phone = number.phone.unwrap();
        assert_eq!((phone.country.as_str(), phone.prefix.expose().as_str()), ("ID", "+628123456"));
        let mail = parse(Channel::Email, " Budi.S@Example.COM ", ALLOWED).unwrap();
        assert_eq!(mail.hint, "B•••@example.com");
        assert_eq!(mail.address.expose(), "Budi.S@example.com");
    }

    #[test]
    fn addresses_that_cannot_be_are_refused() {
        for typed in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "a@b.c\r\nBcc: x@y.z",
            "a@@b.c",
            "\"a\"@b.c",
            ".a@b.c",
            "a..b@c.d",
            "<a@b.c>",
            "a@b.c,d@e.f",
        ] {
            let seen = parse(Channel::Email, typed, ALLOWED);
            assert_eq!(seen.unwrap_err(), Unusable::Malformed, "{typed}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert!(parse(Channel::Email, &long, ALLOWED).is_err());
    }

    proptest! {
        #[test]
        fn no_input_panics_and_the_written_form_is_stable(typed in "\\PC{0,40}|[+0-9 ()-]{0,24}") {
            for channel in [Channel::Sms, Channel::Email] {
                if let Ok(once) = parse(channel, &typed, ALLOWED) {
                    let again = parse(channel, once.address.expose(), ALLOWED);
                    prop_assert_eq!(again, Ok(once));
                }
            }
        }
    }
}
